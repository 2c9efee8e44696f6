// What is not /api: the built pages, their files, and what machines ask for.
import { sql } from "drizzle-orm";
import { Hono } from "hono";
import type { Context } from "hono";
import { metricsType } from "#core/contract/metrics.ts";
import { isWithin, parseAddress, parseAddressRange } from "../guard/addressRange.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { pagePolicy } from "../guard/headers.ts";
import { refusal } from "../guard/refusal.ts";
import { open } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import type { Asset } from "./assets.ts";
import { runChecks } from "./health.ts";
import { notThereStyle, notThereStylePath } from "./notThere.ts";

/** Pages by app. Pictures are decoded by WebAssembly in a worker, which has a policy of its own; no page needs it. */
const apps = ["clinic", "site", "viewer"] as const;

/** Scripts of workers that decode pictures. */
const decoder = /^(viewer|clinic)\/worker-[\w-]+\.js$/;

/** Addresses of the staff app; what they show is asked for by the page itself. */
export const clinicPages = [
  "/",
  "/studies",
  "/studies/:id",
  "/links",
  "/bin",
  "/storage",
  "/connections",
  "/team",
  "/roles",
  "/activity",
  "/mails",
  "/keys",
  "/practice",
  "/account",
  "/security",
];

/** Addresses of the public site. Those out of a mail carry their secret in the fragment, which is not sent here. */
export const sitePages = [
  "/welcome",
  "/sign-in",
  "/sign-up",
  "/confirm",
  "/reset",
  "/new-password",
  "/change-of-mail",
  "/invitation",
  "/cookies",
  "/policies",
  "/sub-processors",
  "/permissions",
  "/mailbox",
];

/** Routes of the pages. */
export function pages(parts: EdgeParts) {
  const app = (name: typeof apps[number]) => (c: Context<EdgeEnv>) => sendPage(parts, c, name);
  const routes = new Hono<EdgeEnv>();
  for (const path of clinicPages) routes.get(path, open("a page without data"), app("clinic"));
  for (const path of sitePages) routes.get(path, open("a page without data"), app("site"));
  return routes
    .get("/s", open("a page without data"), app("viewer"))
    .get("/assets/*", open("the pages' own files"), async (c) => {
      const path = c.req.path.slice("/assets/".length);
      const asset = await parts.assets(path);
      if (!asset || asset.type.startsWith("text/html")) return await c.notFound();
      const cache = asset.hashed ? "public, max-age=31536000, immutable" : "no-cache";
      return sendAsset(c, asset, { "cache-control": cache, ...workerPolicy(path, asset) });
    })
    .get(notThereStylePath, open("the style of the page for what is not there"), (c) => {
      return c.body(notThereStyle, 200, { "content-type": "text/css; charset=utf-8" });
    })
    .get("/robots.txt", open("machines ask for it"), (c) => c.text("User-agent: *\nDisallow: /\n"))
    .get("/healthz", open("the load balancer asks for it"), (c) => c.json({ status: "alive" }))
    .get("/readyz", open("the load balancer asks for it"), async (c) => {
      const { ready, checks } = await runChecks({
        database: () => parts.db.lookUp(sql`select 1`),
        core: parts.coreAlive,
      });
      return c.json({ status: ready ? "ready" : "waiting", checks }, ready ? 200 : 503);
    })
    .get("/metrics", open("told to this machine and private networks alone"), (c) => {
      if (!isInside(c.var.request.address)) return refusal(c, "not-found");
      return c.body(parts.metrics.text(), 200, { "content-type": metricsType });
    });
}

/** A worker does not take its page's policy, it has the one its script came with (CSP level 3, 4.2.2). */
function workerPolicy(path: string, asset: Asset): Record<string, string> {
  if (!asset.type.startsWith("text/javascript")) return {};
  return { "content-security-policy": pagePolicy({ wasm: decoder.test(path) }) };
}

async function sendPage(
  { assets }: EdgeParts,
  c: Context<EdgeEnv>,
  app: typeof apps[number],
): Promise<Response> {
  const page = await assets(`${app}/index.html`);
  if (!page) return refusal(c, "unavailable", { detail: "The pages are not built yet." });
  return sendAsset(c, page, {
    "content-security-policy": pagePolicy({ wasm: false }),
    "cache-control": "no-store",
  });
}

function sendAsset(c: Context<EdgeEnv>, asset: Asset, headers: Record<string, string>): Response {
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))/.test(c.req.header("accept-encoding") ?? "");
  const sent = { ...headers, "content-type": asset.type, "vary": "accept-encoding" };
  if (asset.gzip && takesGzip) return c.body(asset.gzip, 200, { ...sent, "content-encoding": "gzip" });
  return c.body(asset.bytes, 200, sent);
}

const inside = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7"]
  .flatMap((range) => parseAddressRange(range) ?? []);

function isInside(text: string | null): boolean {
  const address = text === null ? undefined : parseAddress(text);
  return address !== undefined && isWithin(address, inside);
}
