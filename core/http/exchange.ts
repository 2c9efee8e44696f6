// Between node:http and the Fetch types the rest of the core speaks. Bodies stream both ways, a chunk is drawn only
// when the other side has taken the one before, and a peer that stalls or goes away ends the exchange.
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a peer may be silent in the middle of a body, in milliseconds. */
export const idleMs = 30_000;

/** How long an unread rest of a request is drained so that its sender can read our answer, in milliseconds. */
const lingerMs = 2000;

/** The request as Fetch knows it, or undefined when it is none (`OPTIONS *`, absolute form, TRACE). */
export function requestOf(incoming: IncomingMessage): Request | undefined {
  const { url = "", method = "GET" } = incoming;
  if (!url.startsWith("/")) return undefined;
  try {
    const body = method === "GET" || method === "HEAD" ? null : bodyOf(incoming);
    const init = { method, headers: headersOf(incoming), body, duplex: "half" };
    return new Request(`http://core${url}`, init);
  } catch {
    return undefined; // a method or header that Fetch forbids; the server answers 400
  }
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const timer = setTimeout(() => incoming.destroy(new Error("the body stalled")), idleMs);
    try {
      const next: IteratorResult<Uint8Array<ArrayBuffer>> = await chunks.next();
      if (next.done) return controller.close();
      controller.enqueue(next.value);
    } finally {
      clearTimeout(timer);
    }
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

/**
 * Sends a response. Resolves when its last byte is handed to the system, or when the peer is gone (then the
 * source of the body is cancelled). A body that fails half way breaks the connection: the peer must not take a
 * part for the whole.
 */
export async function sendResponse(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.strictContentLength = true;
  outgoing.writeHead(response.status, [...response.headers].flat());
  const reader = response.body?.getReader();
  try {
    if (!reader) return void outgoing.end();
    if (outgoing.req.method !== "HEAD") await pump(reader, outgoing);
    if (outgoing.destroyed) return await reader.cancel();
    outgoing.end();
  } catch (fault) {
    outgoing.destroy();
    await reader?.cancel(fault);
    throw fault;
  } finally {
    linger(outgoing.req);
  }
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  outgoing: ServerResponse,
): Promise<void> {
  while (!outgoing.destroyed) {
    const next = await reader.read();
    if (next.done) return;
    if (!outgoing.write(next.value)) await drained(outgoing);
  }
}

async function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return;
  const timer = setTimeout(() => outgoing.destroy(), idleMs);
  const done = new AbortController();
  const { signal } = done;
  try {
    await Promise.race([once(outgoing, "drain", { signal }), once(outgoing, "close", { signal })]);
  } finally {
    clearTimeout(timer);
    done.abort();
  }
}

function linger(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), lingerMs);
  incoming.once("close", () => clearTimeout(timer));
}
