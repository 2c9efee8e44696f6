// Server-Sent Events of a practice: doorbells relayed from the core's door, so that a page reads again what changed.
// The first event, `listening`, says that from here on everything is told: what a page read before is to be read again. A
// browser that comes back says where it was (Last-Event-ID); a stream ends with the session that opened it, and when the
// edge closes.
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { SSEStreamingApi } from "hono/streaming";
import { DomainEvent } from "#core/contract/events.ts";
import { faultFields } from "#core/contract/log.ts";
import type { ActedEnv, Actor } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** Milliseconds a browser waits before it comes back. */
const comeBackAfter = 2000;

/** Streams the events of the actor's practice. */
export function followEvents(parts: EdgeParts, c: Context<ActedEnv>): Response {
  const { actor, request } = c.var;
  const after = DomainEvent.shape.cursor.safeParse(c.req.header("last-event-id")).data;
  c.header("x-accel-buffering", "no");
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const ends = AbortSignal.any([gone.signal, parts.closing]);
    await stream.write(`retry: ${comeBackAfter}\n\n`);
    try {
      await relay(parts, actor, after, stream, ends);
    } catch (fault) {
      if (!ends.aborted) {
        parts.log("events_cut", { request: request.id, ...faultFields(fault) }, "warning");
      }
    }
  });
}

/** Relays until the door ends its stream (every few minutes), the session ends or the browser leaves. */
async function relay(
  { doors, revocations }: EdgeParts,
  actor: Actor,
  after: string | undefined,
  stream: SSEStreamingApi,
  signal: AbortSignal,
): Promise<void> {
  let stands = false;
  for await (const event of doors.events({ practice: actor.practiceId }, after, { signal })) {
    if (!await revocations.refresh() || (actor.kind === "account" && revocations.isRevoked(actor.token))) {
      return;
    }
    if (!stands) await stream.writeSSE({ event: "listening", data: "{}" });
    stands = true;
    if (event === "heartbeat") await stream.write(": still here\n\n");
    else await stream.writeSSE({ id: event.cursor, event: event.kind, data: JSON.stringify(event) });
  }
}
