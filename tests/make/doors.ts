// A core with only its doors, listening on loopback, in front of a store that lives in memory: what arrives is kept
// when it is whole, and what can be read is put there by the test.
import type { Thing } from "#core/contract/capability.ts";
import type { Acting } from "#core/contract/call.ts";
import { bytesCapability, ingestCapability } from "#core/contract/capability.ts";
import type { DomainEvent } from "#core/contract/events.ts";
import { openMetrics } from "#core/contract/metrics.ts";
import { refuse } from "#core/contract/problem.ts";
import { openInnerDoors } from "#core/doors/mod.ts";
import type { Arrival, InnerDoors, OpenedThing } from "#core/doors/mod.ts";
import { listenHttp } from "#core/http.ts";
import { openDoors, rememberNonces, systemRandom } from "#core/rpc/mod.ts";
import type { Nonces } from "#core/rpc/mod.ts";
import { audience, clockAt, coreServing, edgeKeys, keptLog, sharedNonces } from "./rpc.ts";

export const practice = "019abf00-0000-7000-8000-000000000001";
export const uploader: Acting = {
  account: "019abf00-0000-7000-8000-00000000000a",
  practice,
  permission: "study:upload",
};
export const reader: Acting = { ...uploader, permission: "study:read" };

/** An object that can be read, and how often and which part was read. */
export type Readable = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly practice: string;
};

/** Starts a core with doors, and an edge that knows it. */
export async function doorsListening(more: Partial<InnerDoors> & { singleUse?: Nonces } = {}) {
  const clock = clockAt();
  const { first } = await edgeKeys();
  const { log, lines } = keptLog();
  const kept: { who: Acting; bytes: Uint8Array; contentType: string }[] = [];
  const begun: Arrival[] = [];
  const readable = new Map<string, Readable>();
  const reads: unknown[] = [];
  const events: DomainEvent[] = [];
  const { dispatch, doorGate } = await coreServing([], { "edge-1": first.publicKey }, clock);

  const receive = async (arrival: Arrival) => {
    begun.push(arrival);
    const parts: Uint8Array[] = [];
    for await (const part of arrival.body) parts.push(part);
    const bytes = Buffer.concat(parts);
    kept.push({ who: arrival.who, bytes, contentType: arrival.contentType });
    return { kept: kept.length };
  };
  const open = (thing: Thing, who: Acting) => {
    const found = readable.get(JSON.stringify(thing));
    return Promise.resolve(
      found && found.practice === who.practice ? opened(found, reads) : refuse("not-found"),
    );
  };
  const doors = openInnerDoors({
    gate: doorGate,
    nonces: rememberNonces({ now: clock.now }),
    singleUse: sharedNonces(),
    now: clock.now,
    receive,
    open,
    newest: () => Promise.resolve(events.at(-1)?.cursor),
    eventsAfter: (_audience, after) => {
      const at = events.findIndex(({ cursor }) => cursor === after);
      return Promise.resolve(events.slice(at + 1));
    },
    pauseMs: 10,
    ...more,
  });
  const http = await listenHttp(
    { dispatch, doors, checks: {}, metrics: openMetrics(), log, now: Date.now, random: systemRandom },
    { host: "127.0.0.1", port: 0 },
  );
  const address = {
    url: http.url,
    key: first.privateKey,
    keyId: "edge-1",
    audience,
    fetch,
    now: clock.now,
    random: systemRandom,
  };
  const issuing = { now: clock.now, random: systemRandom };
  return {
    clock,
    http,
    lines,
    kept,
    begun,
    readable,
    reads,
    events,
    doors,
    address,
    edge: openDoors(address),
    mayIngest: (limit = 1000, who = uploader) => ingestCapability({ who, limit }, issuing),
    mayRead: (thing: Thing, who = reader) => bytesCapability({ who, thing }, issuing),
  };
}

export type DoorHouse = Awaited<ReturnType<typeof doorsListening>>;

function opened({ bytes, etag }: Readable, reads: unknown[]): OpenedThing {
  return {
    size: bytes.length,
    etag,
    mediaType: "application/dicom",
    read: (range) => {
      reads.push(range);
      const part = range ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
      return Promise.resolve(streamOf(part));
    },
  };
}

/** A body in pieces of at most `piece` bytes, each drawn when it is wanted. */
export function streamOf(
  bytes: Uint8Array<ArrayBuffer>,
  piece = 65_536,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + piece));
      at += piece;
    },
  }, { highWaterMark: 0 });
}

/** Bytes that differ everywhere, so that a part taken for another shows. */
export function countedBytes(count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, index) => (index * 31 + (index >> 8)) & 255);
}
