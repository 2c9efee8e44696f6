// Headers of every answer. Pages get a policy of their own; everything else may load nothing at all.
import type { MiddlewareHandler } from "hono";
import type { EdgeEnv } from "./env.ts";

/** What a page may do (CSP level 3). No inline script anywhere; `wasm` for pages that decode pictures. */
export function pagePolicy({ wasm }: { wasm: boolean }): string {
  return [
    "default-src 'none'",
    `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ""}`,
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const twoYears = "max-age=63072000; includeSubDomains";
const features = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "usb",
].map((feature) => `${feature}=()`).join(", ");

/** Sets the headers that no answer goes without. A handler's own policy, cache and referrer stay. */
export function securityHeaders({ https }: { https: boolean }): MiddlewareHandler<EdgeEnv> {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", nothing);
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-opener-policy", "same-origin");
    headers.set("cross-origin-resource-policy", "same-origin");
    headers.set("permissions-policy", features);
    headers.set("x-frame-options", "DENY");
    headers.set("x-robots-tag", "noindex, nofollow");
    headers.set("x-request-id", c.var.request.id);
    if (https) headers.set("strict-transport-security", twoYears);
  };
}
