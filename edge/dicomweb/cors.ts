// Viewers of other origins (Fetch standard, CORS protocol): any origin may ask with a Bearer key that it was given.
// Cookies never count from there: no answer allows credentials, and a request with cookies from another site is turned
// away by the guard's own check before it changes anything.
import type { MiddlewareHandler } from "hono";
import type { EdgeEnv } from "../guard/env.ts";

const allowed = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, POST",
  "access-control-allow-headers": "authorization, content-type, accept, range, if-none-match",
  "access-control-max-age": "7200",
};

const exposed =
  "content-length, content-range, content-type, content-location, etag, link, retry-after, warning, www-authenticate, x-request-id";

/** Answers preflight requests, and lets other origins read the rest. */
export function crossOrigin(): MiddlewareHandler<EdgeEnv> {
  return async (c, next) => {
    if (c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined) {
      return new Response(null, { status: 204, headers: allowed });
    }
    await next();
    c.res.headers.set("access-control-allow-origin", "*");
    c.res.headers.set("access-control-expose-headers", exposed);
    c.res.headers.append("vary", "origin, authorization");
    return undefined;
  };
}
