// GET and HEAD /bytes/{capability}: one thing, whole or a range of it, streamed from where it is kept. The door
// knows sizes, tags and ranges; what a thing is and who may see it is the opener's business.
import type { Thing } from "#core/contract/capability.ts";
import type { Acting } from "#core/contract/call.ts";
import { problem, problemResponse, refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { admit, capabilityOf } from "./admit.ts";
import type { Admitting, Passage } from "./admit.ts";
import { isKnown, mayBePartial, partOf } from "./range.ts";
import type { ByteRange } from "./range.ts";

/**
 * A thing ready to be read. `size` in bytes is absent when it is made while it is sent; then there are no ranges.
 * `etag` is a strong entity tag with its quotes, of the bytes. `read` is called once at most; HEAD never calls it.
 */
export type OpenedThing = {
  readonly size?: number | undefined;
  /** Whether a part may be asked for; false for what is made while it is sent, though its size is known. */
  readonly ranges?: boolean;
  readonly etag?: string | undefined;
  readonly mediaType: string;
  readonly read: (range?: ByteRange) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Called when `read` is not, to let go of what was prepared. */
  readonly discard?: (() => Promise<void>) | undefined;
};

/** Finds a thing within the practice of `who`; `refuse("not-found")` for every other practice's. */
export type OpenThing = (thing: Thing, who: Acting, signal: AbortSignal) => Promise<OpenedThing | Refused>;

export type BytesDoor = Admitting & { readonly open: OpenThing };

/** Answers the bytes door: 200, 206, 304, 416 or a problem. Rejects only on faults of our own. */
export async function bytes(door: BytesDoor, request: Request, passage: Passage): Promise<Response> {
  const found = await wanted(door, request, passage);
  if ("refused" in found) return problemResponse({ ...found.refused, request: passage.requestId });
  const { thing, limit } = found;
  const plan = planOf(request, thing);
  const unread = plan.silent || plan.status === 416;
  if (unread) await thing.discard?.();
  if (plan.status === 416) {
    const refusal = problem("range-not-satisfiable", { request: passage.requestId });
    return problemResponse(refusal, { "content-range": `bytes */${thing.size}` });
  }
  if (plan.bytes !== undefined && limit !== undefined && plan.bytes > limit) {
    return problemResponse(
      problem("too-large", { detail: `At most ${limit} bytes.`, request: passage.requestId }),
    );
  }
  const body = plan.silent ? null : await thing.read(plan.range);
  return new Response(body, { status: plan.status, headers: plan.headers });
}

async function wanted(
  door: BytesDoor,
  request: Request,
  passage: Passage,
): Promise<{ readonly thing: OpenedThing; readonly limit: number | undefined } | Refused> {
  const refused = await admit(door, request);
  if (refused) return refused;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse("method-not-allowed", { detail: "This door answers GET and HEAD." });
  }
  const capability = capabilityOf(door, "bytes", request);
  if ("refused" in capability) return capability;
  const thing = await door.open(capability.thing, capability.who, passage.signal);
  return "refused" in thing ? thing : { thing, limit: capability.limit };
}

/** How a request is answered: `bytes` is the length of the body, `silent` sends none of it. */
type Plan = {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Headers;
  readonly range?: ByteRange;
  readonly bytes?: number | undefined;
  readonly silent?: boolean;
};

function planOf(
  { method, headers: asked }: Request,
  { size, etag, mediaType, ranges = true }: OpenedThing,
): Plan {
  const headers = new Headers({ "content-type": mediaType, "cache-control": "no-store" });
  if (etag !== undefined) headers.set("etag", etag);
  if (isKnown(asked.get("if-none-match"), etag)) return { status: 304, headers, silent: true };
  if (size === undefined) return { status: 200, headers, silent: method === "HEAD" };

  headers.set("accept-ranges", ranges ? "bytes" : "none");
  const ranged = ranges && method === "GET" && mayBePartial(asked.get("if-range"), etag);
  const part = ranged ? partOf(asked.get("range"), size) : "whole";
  if (part === "outside") return { status: 416, headers };
  if (part === "whole") {
    headers.set("content-length", String(size));
    return { status: 200, headers, bytes: size, silent: method === "HEAD" };
  }
  headers.set("content-length", String(part.length));
  headers.set("content-range", `bytes ${part.offset}-${part.offset + part.length - 1}/${size}`);
  return { status: 206, headers, range: part, bytes: part.length };
}
