// Cross-site request forgery: what changes state must come from our own pages, or from a program that brings its
// key itself. Cookies are sent by browsers unasked, an Authorization header is not.
import type { Context, MiddlewareHandler } from "hono";
import type { EdgeEnv } from "./env.ts";
import { refusal } from "./refusal.ts";

const safe = ["GET", "HEAD", "OPTIONS"];

/**
 * Refuses a state-changing request unless the browser says that it is of the same origin (Sec-Fetch-Site) or its
 * Origin is exactly ours. A request without cookies passes when it bears a key or carries no sign of a browser:
 * there is nothing in it to misuse.
 */
export function originCheck(origin: string): MiddlewareHandler<EdgeEnv> {
  return async (c, next) => {
    if (safe.includes(c.req.method) || isOwn(c, origin) || isProgram(c)) return await next();
    return refusal(c, "forbidden", {
      detail: `A change must come from ${origin}: the request has another Origin, or none.`,
    });
  };
}

function isOwn(c: Context<EdgeEnv>, origin: string): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  return c.req.header("origin") === origin;
}

function isProgram(c: Context<EdgeEnv>): boolean {
  if (c.req.header("cookie") !== undefined) return false;
  if (c.req.header("authorization")?.startsWith("Bearer ")) return true;
  return c.req.header("sec-fetch-site") === undefined && c.req.header("origin") === undefined;
}
