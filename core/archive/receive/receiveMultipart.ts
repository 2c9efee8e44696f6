// A body of many files (STOW-RS, PS3.18 10.5): each part is received like a file of its own. While one is being synced
// the next is read already, a few at a time, so that the disk's waits overlap; the bytes of a part are never held.
import type { StoredPart, StoreOutcome } from "#core/contract/store.ts";
import type { Archive } from "../archive.ts";
import type { ArrivalSource } from "../journal/mod.ts";
import type { ArrivingBytes, Received } from "./arrival.ts";
import { boundaryOf, MultipartFault, type Part, partsOf } from "./multipart.ts";

/** A multipart body on its way. `study` is the one that all instances must be of, where the address names one. */
export type MultipartArrival = {
  readonly practice: string;
  readonly source: ArrivalSource;
  readonly contentType: string;
  readonly study: string | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
};

/** Parts that wait for the disk at once. */
const atOnce = 8;

const mediaType = "application/dicom";

/**
 * Receives all parts; what is told as stored is durable. A body that is not multipart to its end says so in `fault`,
 * and what came whole before is kept. Rejects with what the sender's stream threw, when nothing of it can be told.
 */
export async function receiveMultipart(
  archive: Pick<Archive, "receive">,
  arrival: MultipartArrival,
): Promise<StoreOutcome> {
  const boundary = boundaryOf(arrival.contentType);
  const pieces = arrival.bytes[Symbol.asyncIterator]();
  const body = { [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) };
  const outcome = boundary === undefined
    ? { parts: [], fault: "The content type names no boundary." }
    : await receiveParts(archive, arrival, partsOf(body, boundary));
  // what follows the last boundary means nothing (RFC 2046 5.1.1); the sender gets its answer when it is read
  for (let next = await pieces.next(); !next.done; next = await pieces.next());
  return outcome;
}

async function receiveParts(
  archive: Pick<Archive, "receive">,
  arrival: MultipartArrival,
  coming: AsyncIterable<Part>,
): Promise<StoreOutcome> {
  const running = new Set<Promise<void>>();
  const parts: StoredPart[] = [];
  const faults: unknown[] = [];
  try {
    for await (const part of coming) {
      const at = parts.length;
      parts.push(unread);
      const { received, taken } = receivePart(archive, arrival, part);
      const ended: Promise<void> = received
        .then((told) => void (parts[at] = told), (fault: unknown) => void faults.push(fault))
        .finally(() => running.delete(ended));
      running.add(ended);
      await taken;
      if (running.size >= atOnce) await Promise.race(running);
    }
  } catch (fault) {
    faults.push(fault);
  }
  await Promise.all(running);
  const whole = parts.filter((part) => part !== unread);
  const [fault] = faults;
  if (fault === undefined) return { parts: whole, fault: null };
  if (fault instanceof MultipartFault) return { parts: whole, fault: fault.message };
  throw fault;
}

const unread: StoredPart = { stored: false, reason: "content", words: "" };

/** A part on its way: `taken` when its bytes are read, `received` when it is durable or refused. */
function receivePart(
  archive: Pick<Archive, "receive">,
  { practice, source, study }: MultipartArrival,
  { headers, bytes }: Part,
): { readonly received: Promise<StoredPart>; readonly taken: Promise<unknown> } {
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? mediaType;
  if (type !== mediaType) {
    const refused: StoredPart = {
      stored: false,
      reason: "type",
      words: `Parts of type ${mediaType} are taken.`,
    };
    return { received: Promise.resolve(refused), taken: Promise.resolve() };
  }
  const watched = watchEnd(bytes);
  const received = archive.receive({ kind: "file", practice, source, study, bytes: watched.bytes }).then(
    told,
  );
  return { received, taken: Promise.race([watched.ended, received]) };
}

function told(received: Received): StoredPart {
  if ("refusal" in received) {
    const { refusal: reason, words, sopClassUID = null, sopInstanceUID = null } = received;
    return { stored: false, reason, words, sopClassUID, sopInstanceUID };
  }
  const { sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID } = received;
  return { stored: true, sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID };
}

/** The same bytes, and a promise that their reader has had the last of them. */
function watchEnd(bytes: ArrivingBytes): { readonly bytes: ArrivingBytes; readonly ended: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watched = async function* () {
    try {
      yield* bytes;
    } finally {
      resolve();
    }
  };
  return { bytes: watched(), ended: promise };
}
