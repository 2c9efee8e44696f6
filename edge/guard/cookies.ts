// The cookies of the edge (PL-18), named here and nowhere else. All are `__Host-`: Secure, for this host alone and
// every path (RFC 6265bis 4.1.3.2). Browsers keep Secure cookies of http://127.0.0.1 and http://localhost too.
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Product } from "#core/contract/sessions.ts";
import type { EdgeEnv } from "./env.ts";

/** A cookie: `session` holds the sign-in, a product its token, `share-<id>` one opened link's visit. */
export type CookieName = "session" | Product | `share-${string}`;

/** What a request brought under a name. */
export function cookieOf<E extends EdgeEnv>(c: Context<E>, name: CookieName): string | undefined {
  return getCookie(c, name, "host");
}

/** Gives a cookie that lives for `seconds`. */
export function giveCookie<E extends EdgeEnv>(
  c: Context<E>,
  name: CookieName,
  value: string,
  seconds: number,
): void {
  setCookie(c, name, value, { ...attributes, maxAge: Math.floor(seconds) });
}

/** Takes a cookie back. */
export function takeCookie<E extends EdgeEnv>(c: Context<E>, name: CookieName): void {
  deleteCookie(c, name, attributes);
}

const attributes = { prefix: "host", path: "/", secure: true, httpOnly: true, sameSite: "Strict" } as const;
