// Dangerous acts ask that the person proved who they are a short while ago, not that a browser was left open
// (OWASP ASVS 5.0 V7.5.1).
import type { MiddlewareHandler } from "hono";
import type { Actor, EdgeEnv, SignedIn } from "./env.ts";
import { refusal } from "./refusal.ts";
import { noted } from "./route.ts";

/** How long a proof is recent, in milliseconds. */
export const recentFor = 10 * 60_000;

type ProvedEnv = EdgeEnv & { Variables: { actor?: Actor; self?: SignedIn } };

/** Refuses (403, `unproved`) unless the person behind `may` or `self` proved who they are within ten minutes. */
export function proved(now: () => Date): MiddlewareHandler<ProvedEnv> {
  return noted({ proof: true }, async (c, next) => {
    const someone = c.var.self ?? c.var.actor;
    if (someone?.kind !== "account") {
      return refusal(c, "forbidden", { detail: "This is for people, not for API keys." });
    }
    if (now().getTime() - someone.provedAt.getTime() > recentFor) {
      return refusal(c, "unproved", { detail: "Type your password again, or use your passkey, to go on." });
    }
    return await next();
  });
}
