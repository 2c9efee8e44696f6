// Every cookie that the platform sets (PL-18): the page of cookies is made of this list, and nothing else is set.
import type { Product } from "#core/contract/sessions.ts";

/** The products that there are pages of; each has a token cookie. */
export const productsInUse = ["account", "vetpacs"] as const satisfies readonly Product[];

/** A cookie as people are told of it. */
export type CookieWords = { readonly name: string; readonly purpose: string; readonly lifetime: string };

/** The list. All are `__Host-`, Secure, HttpOnly and SameSite=Strict: sent to this site alone, and seen by no script. */
export const cookies: readonly CookieWords[] = [
  {
    name: "__Host-session",
    purpose: "Holds your sign-in. Its secret is changed each time it is used.",
    lifetime: "12 hours after the last use, 30 days at most",
  },
  ...productsInUse.map((product) => ({
    name: `__Host-${product}`,
    purpose: product === "account"
      ? "A short-lived token for your account and your practice."
      : "A short-lived token for VetPACS.",
    lifetime: "5 minutes",
  })),
  {
    name: "__Host-share-…",
    purpose: "Lets you go on looking at a study that was shared with you, one cookie for each opened link.",
    lifetime: "12 hours",
  },
];
