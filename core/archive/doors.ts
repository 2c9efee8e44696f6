// What stands behind the core's doors: uploads in, bytes and events out (PL-7: always of the actor's practice).
import type { Acting } from "#core/contract/call.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import type { UploadReceipt } from "#core/contract/studies.ts";
import type {
  Arrival as ArrivingBody,
  EventsAfter,
  OpenedThing,
  OpenThing,
  Receive,
} from "#core/doors/mod.ts";
import type { Archive } from "./archive.ts";
import type { StudyZip } from "./export/studyZip.ts";
import type { ArrivalSource } from "./journal/mod.ts";
import type { Readable } from "./reading.ts";
import type { Refusal, RefusalReason } from "./receive/arrival.ts";
import { receiveMultipart } from "./receive/receiveMultipart.ts";

/** The archive as the ingest door sees it. */
export function receiveUpload(archive: Pick<Archive, "receive" | "receiveZip">): Receive {
  return async (body) => {
    const { practice } = body.who;
    if (practice === undefined) return refuse("forbidden", { detail: "An upload is for a practice." });
    const arrival = { practice, source: sourceOf(body), bytes: body.body };
    if (body.form === "zip") {
      const outcome = await archive.receiveZip({ ...arrival, signal: body.signal });
      return "refusal" in outcome ? refusalOf(outcome) : outcome;
    }
    if (body.form === "multipart") {
      const { contentType, study } = body;
      return await receiveMultipart(archive, { ...arrival, contentType, study });
    }
    const received = await archive.receive({ kind: "file", ...arrival });
    if ("refusal" in received) return refusalOf(received);
    const { fileSha256: sha256, bytes, studyInstanceUID: studyInstanceUid, sopInstanceUID: sopInstanceUid } =
      received;
    return { sha256, bytes, studyInstanceUid, sopInstanceUid } satisfies UploadReceipt;
  };
}

function refusalOf({ refusal, words }: Refusal): Refused {
  return refuse(kinds[refusal], { detail: words });
}

const kinds = {
  disk: "unavailable",
  space: "unavailable",
  backlog: "unavailable",
  closing: "unavailable",
  large: "too-large",
  content: "unsupported-type",
  study: "conflict",
} as const satisfies Record<RefusalReason, Parameters<typeof refuse>[0]>;

function sourceOf({ who }: ArrivingBody): ArrivalSource {
  if ("account" in who) return { kind: "upload", actor: "account", id: who.account };
  if ("apiKey" in who) return { kind: "upload", actor: "api_key", id: who.apiKey };
  return { kind: "upload", actor: "system", id: null };
}

/** The archive as the bytes door sees it. */
export function openThing(
  archive: Pick<Archive, "openOriginal" | "openDerivative" | "openZip" | "retrieve">,
): OpenThing {
  return async (thing, { practice }: Acting): Promise<OpenedThing | Refused> => {
    if (practice === undefined) return nothing;
    if ("original" in thing) return opened(await archive.openOriginal(practice, thing.original));
    if ("derivative" in thing) {
      return opened(await archive.openDerivative(practice, thing.derivative, "htj2k"));
    }
    if ("dicomweb" in thing) return await archive.retrieve(practice, thing.dicomweb, thing.as);
    if ("zip" in thing) return zip(await archive.openZip(practice, thing));
    const kind = thing.size === 256 ? "thumbnail" : "preview";
    return opened(await archive.openDerivative(practice, thing.preview, kind));
  };
}

const nothing = refuse("not-found", { detail: "There is no such thing." });

function opened(found: Readable | undefined): OpenedThing | Refused {
  if (!found) return nothing;
  const { size, sha256, mediaType, read } = found;
  return { size, etag: `"${sha256}"`, mediaType, read };
}

function zip(found: StudyZip | Refused | undefined): OpenedThing | Refused {
  if (!found) return nothing;
  if ("refused" in found) return found;
  const read = () => Promise.resolve(found.read());
  return { size: found.size, mediaType: "application/zip", ranges: false, read };
}

/** The archive as the events door sees it. */
export function eventsDoor(archive: Pick<Archive, "eventsAfter" | "newestEvent">) {
  const eventsAfter: EventsAfter = (audience, after) => archive.eventsAfter(audience, after);
  return { eventsAfter, newest: archive.newestEvent };
}
