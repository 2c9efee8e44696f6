// The first and last thing that happens to a request: it gets an id and its place in the journey (traceparent),
// and when it is answered a line on stdout with ids alone, a row in the request log and a count in the metrics.
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Log } from "#core/contract/log.ts";
import { requestSeconds } from "#core/contract/metrics.ts";
import type { Histogram, Metrics } from "#core/contract/metrics.ts";
import { continueTrace, randomUuid } from "#core/contract/trace.ts";
import type { RandomBytes } from "#core/contract/trace.ts";
import type { AddressRange } from "./addressRange.ts";
import { clientAddress } from "./clientAddress.ts";
import type { EdgeEnv, RequestFacts } from "./env.ts";
import type { RequestLog } from "./requestLog.ts";

/** What watching needs. */
export type Watching = {
  readonly trustedProxies: readonly AddressRange[];
  readonly now: () => Date;
  readonly random: RandomBytes;
  readonly newId: () => string;
  readonly log: Log;
  readonly requestLog: RequestLog;
  readonly metrics: Metrics;
};

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Watches every request. */
export function watch(watching: Watching): MiddlewareHandler<EdgeEnv> {
  const seconds = watching.metrics.histogram(
    "vetware_edge_request_seconds",
    "From a request's head to its answer's head.",
    requestSeconds,
  );
  return async (c, next) => {
    const startedAt = watching.now();
    c.set("request", factsOf(c, watching));
    // Made before any handler: headers set on the way (renewed cookies) then join whatever Response comes back.
    void c.res;
    await next();
    record(c, watching, startedAt, seconds);
  };
}

function factsOf(c: Context<EdgeEnv>, { random, trustedProxies }: Watching): RequestFacts {
  return {
    id: randomUuid(random),
    trace: continueTrace(c.req.header("traceparent"), random),
    // Outside a server (hono's own app.request) there are no bindings.
    address: clientAddress(c.env?.address, c.req.header("x-forwarded-for"), trustedProxies),
    userAgent: c.req.header("user-agent")?.slice(0, 400) ?? null,
  };
}

function record(
  c: Context<EdgeEnv>,
  { now, newId, log, requestLog }: Watching,
  at: Date,
  seconds: Histogram,
): void {
  const { id, trace, address, userAgent } = c.var.request;
  const method = methods.includes(c.req.method) ? c.req.method : "OTHER";
  const { status } = c.res;
  const milliseconds = Math.max(0, now().getTime() - at.getTime());
  const answeredBy = matchedRoutes(c).at(c.req.routeIndex);
  const route = answeredBy && answeredBy.method !== "ALL" ? answeredBy.path : "(none)";
  seconds.observe(milliseconds / 1000, { method, route, status: String(status) });
  log("request", { request: id, trace: trace.traceId, method, route, status, milliseconds });
  const path = pathForLog(new URL(c.req.url).pathname, route, status);
  requestLog.add({ id: newId(), at, method, path, status, milliseconds, ip: address, userAgent });
}

/**
 * The path as it may be kept: percent-encoded as it came, without query, with ids, never a secret. A path that leads
 * nowhere may hold anything, a link cut in two for instance, so only that it led nowhere is kept.
 */
export function pathForLog(path: string, route: string, status: number): string {
  const nowhere = status === 404 && (route === "(none)" || route.includes("*"));
  if (nowhere) return "(nothing there)";
  return path.replace(/[A-Za-z0-9_-]{40,}/g, "(secret)").slice(0, 300);
}
