// The core's HTTP server on CORE_PORT: calls, doors, and what an operator's watch asks for. Only the edge has
// business here; every call and door wants its signature, /healthz /readyz /metrics want none and tell no secrets.
import type { Log } from "#core/contract/log.ts";
import { faultFields } from "#core/contract/log.ts";
import type { Metrics } from "#core/contract/metrics.ts";
import { problem, problemResponse } from "#core/contract/problem.ts";
import type { Problem } from "#core/contract/problem.ts";
import { continueTrace, randomUuid, RequestId } from "#core/contract/trace.ts";
import type { RandomBytes } from "#core/contract/trace.ts";
import type { Door, Passage } from "#core/doors/mod.ts";
import type { Dispatch } from "#core/rpc/mod.ts";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { requestOf, sendResponse } from "./http/exchange.ts";
import { alive, numbers, ready } from "./http/health.ts";
import type { ReadyChecks } from "./http/health.ts";
import { watchRequests } from "./http/watch.ts";
import type { Watch } from "./http/watch.ts";

export { forgetCalls } from "./http/forget.ts";
export type { ReadyCheck, ReadyChecks } from "./http/health.ts";
export { forgetWrites, keptWrites } from "./http/keptWrites.ts";
export { forgetNonces, spentNonces } from "./http/spentNonces.ts";
export type { LookUp } from "./http/spentNonces.ts";

/** What the server answers with. `now` in milliseconds since 1970. */
export type CoreHttp = {
  readonly dispatch: Dispatch;
  readonly doors: { readonly [Name in "ingest" | "bytes" | "events"]: Door };
  readonly checks: ReadyChecks;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => number;
  readonly random: RandomBytes;
  /** Names the faults that have a kinder answer than 500, e.g. a database that is away (503). */
  readonly kindly?: ((fault: unknown) => Problem | undefined) | undefined;
};

/** A listening server. `close` ends streams, lets answers finish for up to `graceMs` and then cuts. */
export type ListeningHttp = {
  readonly url: string;
  readonly port: number;
  close(graceMs?: number): Promise<void>;
};

/** Times in milliseconds: a peer that dawdles over its headers is cut off (slow loris). */
const limits = {
  headersTimeout: 5000,
  requestTimeout: 0, // bodies have their own clock: a large upload may take long, a silent one may not
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};

/** Listens; port 0 takes a free one. @throws when the address cannot be had. */
export async function listenHttp(core: CoreHttp, at: { host: string; port: number }): Promise<ListeningHttp> {
  const watch = watchRequests(core.metrics, core.log);
  const closing = new AbortController();
  const server = createServer(limits, (incoming, outgoing) => {
    void answer(core, watch, closing.signal, incoming, outgoing);
  });
  server.maxConnections = 2000;
  server.listen(at.port, at.host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : at.port;
  const host = at.host.includes(":") ? `[${at.host}]` : at.host;
  return { url: `http://${host}:${port}`, port, close: (graceMs = 5000) => close(server, closing, graceMs) };
}

async function close(server: Server, closing: AbortController, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  closing.abort();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

async function answer(
  core: CoreHttp,
  watch: Watch,
  closing: AbortSignal,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const began = core.now();
  const gone = new AbortController();
  const stop = () => gone.abort();
  closing.addEventListener("abort", stop, { once: true });
  outgoing.once("close", () => outgoing.writableFinished || gone.abort());
  const passage = passageOf(core, incoming, gone.signal);
  outgoing.setHeader("x-request-id", passage.requestId);
  watch.begun();
  const request = requestOf(incoming);
  const path = request ? new URL(request.url).pathname : "";
  const route = routeOf(path);
  const response = request ? await answered(core, { route, path, request }, passage) : unreadable(passage);
  try {
    await sendResponse(outgoing, response);
  } catch (fault) {
    if (!gone.signal.aborted) told(core.log, "answer_broke", fault, passage);
  }
  closing.removeEventListener("abort", stop);
  const status = outgoing.destroyed && !outgoing.writableFinished ? 499 : response.status;
  const { requestId, trace } = passage;
  const seconds = (core.now() - began) / 1000;
  watch.ended({ route: named(route, path, status), status, seconds, requestId, traceId: trace.traceId });
}

function passageOf({ random }: CoreHttp, { headers }: IncomingMessage, signal: AbortSignal): Passage {
  const given = RequestId.safeParse(headers["x-request-id"]);
  const traceparent = headers.traceparent;
  return {
    requestId: given.success ? given.data : randomUuid(random),
    trace: continueTrace(typeof traceparent === "string" ? traceparent : undefined, random),
    signal,
  };
}

type Route = "rpc" | "ingest" | "bytes" | "events" | "watch" | "none";

function routeOf(pathname: string): Route {
  if (pathname.startsWith("/rpc/")) return "rpc";
  if (pathname.startsWith("/ingest/")) return "ingest";
  if (pathname.startsWith("/bytes/")) return "bytes";
  if (pathname === "/events") return "events";
  return ["/healthz", "/readyz", "/metrics"].includes(pathname) ? "watch" : "none";
}

/** The route with the call's name, once the answer shows that the name is one of ours. */
function named(route: Route, path: string, status: number): string {
  return route !== "rpc" || [401, 404, 499].includes(status) ? route : `rpc ${path.slice("/rpc/".length)}`;
}

type Asked = { readonly route: Route; readonly path: string; readonly request: Request };

async function answered(
  core: CoreHttp,
  { route, path, request }: Asked,
  passage: Passage,
): Promise<Response> {
  try {
    if (route === "rpc") return await core.dispatch(request, passage);
    if (route === "watch") return await watched(core, path);
    if (route === "none") return problemResponse(problem("not-found", { request: passage.requestId }));
    return await core.doors[route](request, passage);
  } catch (fault) {
    told(core.log, "request_failed", fault, passage);
    return problemResponse({ ...(core.kindly?.(fault) ?? problem("fault")), request: passage.requestId });
  }
}

async function watched(core: CoreHttp, path: string): Promise<Response> {
  if (path === "/healthz") return alive();
  return path === "/readyz" ? await ready(core.checks) : numbers(core.metrics);
}

function unreadable({ requestId }: Passage): Response {
  return problemResponse(problem("malformed", { request: requestId }));
}

function told(log: Log, event: string, fault: unknown, { requestId, trace }: Passage): void {
  log(event, { request: requestId, trace: trace.traceId, ...faultFields(fault) }, "error");
}
