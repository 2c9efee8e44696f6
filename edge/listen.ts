// HTTP for a self-hosted edge, through node:http under Deno: Deno.serve closes no slow client, node:http does. Bodies
// stream both ways; a client that dawdles over headers or falls silent in a body is cut off.
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";

/** Answers a request; `address` is the socket's. */
export type Fetch = (request: Request, bindings: { address?: string }) => Response | Promise<Response>;

/** Where and how to listen. With a certificate and key (PEM) it speaks TLS 1.2 or later. */
export type Listening = {
  readonly host: string;
  readonly port: number;
  readonly origin: string;
  readonly tls?: { readonly cert: string; readonly key: string };
};

/** A listening server. `close` lets answers finish for up to `graceMs`, then cuts. */
export type Listener = { readonly port: number; close(graceMs?: number): Promise<void> };

/** Milliseconds that a peer may be silent in the middle of a body. */
export const silence = 30_000;

/** Milliseconds that the rest of a body is still read after its answer. */
const lingering = 2000;

const limits = {
  headersTimeout: 8000,
  requestTimeout: 0, // a large upload over a thin line takes long; what is silent is cut by `silence`
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
};

/** Listens; port 0 takes a free one. */
export async function listen(fetch: Fetch, { host, port, origin, tls }: Listening): Promise<Listener> {
  const onRequest: RequestListener = (incoming, outgoing) => {
    void exchange(fetch, origin, incoming, outgoing);
  };
  const server = tls
    ? createSecureServer({ ...limits, ...tls, minVersion: "TLSv1.2" }, onRequest)
    : createServer(limits, onRequest);
  server.maxConnections = 4000;
  server.maxHeadersCount = 100;
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(port, host, listening);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: (graceMs = 5000) => close(server, graceMs),
  };
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

/** One request and its answer. Faults end the connection: a client must not take a part for the whole. */
async function exchange(
  fetch: Fetch,
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => outgoing.writableFinished || gone.abort());
  const request = requestOf(origin, incoming, gone.signal);
  try {
    if (!request) return void outgoing.writeHead(400, { connection: "close" }).end();
    const address = incoming.socket.remoteAddress;
    await send(
      await fetch(request, address === undefined ? {} : { address }),
      incoming,
      outgoing,
      gone.signal,
    );
  } catch {
    outgoing.destroy(); // told by the app where it is ours; else the client went away in the middle
  }
}

function requestOf(origin: string, incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = "GET", url = "/", headers: given } = incoming;
  if (!url.startsWith("/") || given.host === undefined) return undefined;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  try {
    const body = method === "GET" || method === "HEAD" ? null : bodyOf(incoming);
    const init = { method, headers, body, signal, duplex: "half" };
    return new Request(origin + url, init);
  } catch {
    return undefined; // a method or an address that Fetch forbids (TRACE, CONNECT)
  }
}

function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  return new ReadableStream({
    async pull(controller) {
      const timer = setTimeout(() => incoming.destroy(new Error("the body fell silent")), silence);
      try {
        const next: IteratorResult<Uint8Array<ArrayBuffer>> = await chunks.next();
        if (next.done) return controller.close();
        controller.enqueue(new Uint8Array(next.value));
      } finally {
        clearTimeout(timer);
      }
    },
  }, { highWaterMark: 0 });
}

/** Hop-by-hop headers (RFC 9110 7.6.1) are the server's own business. */
const hopByHop = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

async function send(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const headers = [...response.headers].filter(([name]) => !hopByHop.includes(name));
  outgoing.writeHead(response.status, headers.flat());
  if (!response.body || incoming.method === "HEAD") {
    await response.body?.cancel();
    return end(incoming, outgoing);
  }
  const reader = response.body.getReader();
  gone.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return end(incoming, outgoing);
    if (!outgoing.write(value)) await drained(outgoing);
  }
}

/** Ends an answer. The unread rest of a refused body is drained for a moment, so that its sender reads our answer. */
function end(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.end();
  if (incoming.complete) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), lingering);
  incoming.once("close", () => clearTimeout(timer));
}

async function drained(outgoing: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => outgoing.destroy(), silence);
  outgoing.once("drain", resolve).once("close", resolve);
  await promise;
  outgoing.off("drain", resolve).off("close", resolve);
  clearTimeout(timer);
  if (outgoing.destroyed) throw new Error("the client is gone");
}
