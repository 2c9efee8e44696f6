// GET /events?practice=… or ?account=…, &after=cursor: what happened, as lines of JSON (NDJSON) from the durable
// event table, oldest first; an empty line is a heartbeat. The edge relays them as Server-Sent Events. The table is
// asked again after a pause; `changed` shortens the pause when this process knows of news.
import { EventAudience } from "#core/contract/capability.ts";
import { DomainEvent } from "#core/contract/events.ts";
import { problemResponse, refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { z } from "zod";
import { admit } from "./admit.ts";
import type { Admitting, Passage } from "./admit.ts";

/** Events of an audience after a cursor, in order of visibility, a bounded number; without cursor: none, only new ones. */
export type EventsAfter = (
  audience: EventAudience,
  after: string | undefined,
) => Promise<readonly DomainEvent[]>;

/** `newest` is the cursor to start from when none is given. Times in milliseconds. */
export type EventsDoor = Admitting & {
  readonly eventsAfter: EventsAfter;
  readonly newest: (audience: EventAudience) => Promise<string | undefined>;
  /** Resolves when there may be news for the audience, or when `signal` ends. */
  readonly changed?: ((audience: EventAudience, signal: AbortSignal) => Promise<void>) | undefined;
  readonly pauseMs?: number;
  readonly heartbeatMs?: number;
  readonly lifeMs?: number;
};

const After = DomainEvent.shape.cursor.optional();

/** Answers the events door with a stream that ends after `lifeMs` (5 minutes), so that leave is asked for anew. */
export async function events(door: EventsDoor, request: Request, passage: Passage): Promise<Response> {
  const wanted = await wantedEvents(door, request);
  if ("refused" in wanted) return problemResponse({ ...wanted.refused, request: passage.requestId });
  const { audience, after } = wanted;
  const stream = streamOf(door, audience, after ?? await door.newest(audience), passage.signal);
  return new Response(stream, {
    headers: { "content-type": "application/x-ndjson", "cache-control": "no-store" },
  });
}

type Wanted = { readonly audience: EventAudience; readonly after: string | undefined };

async function wantedEvents(door: EventsDoor, request: Request): Promise<Wanted | Refused> {
  const refused = await admit(door, request);
  if (refused) return refused;
  if (request.method !== "GET") return refuse("method-not-allowed", { detail: "This door answers GET." });
  const { after, ...rest } = Object.fromEntries(new URL(request.url).searchParams);
  const parsed = z.object({ audience: EventAudience, after: After }).safeParse({ audience: rest, after });
  if (!parsed.success) return refuse("invalid", { detail: "One practice or account, and a cursor." });
  return { audience: parsed.data.audience, after: parsed.data.after };
}

function streamOf(
  door: EventsDoor,
  audience: EventAudience,
  start: string | undefined,
  gone: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { pauseMs = 1000, heartbeatMs = 15_000, lifeMs = 300_000, now } = door;
  const over = new AbortController();
  const signal = AbortSignal.any([gone, over.signal]);
  const ends = now() + lifeMs;
  let cursor = start;
  let said = now();

  const nextLines = async (): Promise<string | undefined> => {
    while (!signal.aborted && now() < ends) {
      const found = await door.eventsAfter(audience, cursor);
      cursor = found.at(-1)?.cursor ?? cursor;
      if (found.length > 0) return found.map((event) => `${JSON.stringify(event)}\n`).join("");
      if (now() - said >= heartbeatMs) return "\n";
      await news(door, audience, pauseMs, signal);
    }
    return undefined;
  };
  // A first empty line goes out at once, so that the edge knows that the stream stands.
  const begin = (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) =>
    controller.enqueue(encoder.encode("\n"));
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const lines = await nextLines();
    if (lines === undefined) return controller.close();
    said = now();
    controller.enqueue(encoder.encode(lines));
  };
  return new ReadableStream({ start: begin, pull, cancel: () => over.abort() }, { highWaterMark: 0 });
}

const encoder = new TextEncoder();

/** Waits until there may be news: the doorbell, the pause, or the end of the stream. */
async function news(
  door: EventsDoor,
  audience: EventAudience,
  pauseMs: number,
  gone: AbortSignal,
): Promise<void> {
  const waiting = new AbortController();
  const signal = AbortSignal.any([gone, waiting.signal]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, pauseMs);
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (door.changed) door.changed(audience, signal).then(resolve, resolve);
  await promise;
  clearTimeout(timer);
  waiting.abort();
}
