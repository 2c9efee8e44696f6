// A ZIP of DICOM files: put on disk, judged as a whole, then each file received like one that came alone. What is
// answered as taken is durable; what is not taken is told with the reason. A ZIP in the ZIP is not opened, and a
// DICOMDIR is a table of contents: what it lists is compared with what came, nothing that it says is followed.
import { mostDirectoryBytes, readDirectory } from "#core/dicom/mod.ts";
import { faultFields, type Log } from "#core/contract/log.ts";
import type { ZipOutcome } from "#core/contract/studies.ts";
import type { ArrivingBytes, FileArrival, Received, Refusal, RefusalReason } from "../receive/arrival.ts";
import { DiskRefusal } from "../receive/incomingFile.ts";
import type { Room } from "../receive/room.ts";
import { openContents, type ZipContents, type ZipEntry } from "./contents.ts";
import { DamagedEntry, entryBytes } from "./entryBytes.ts";
import { type ZipLimits, zipLimits } from "./limits.ts";
import { spool } from "./spool.ts";

/** A ZIP on its way. `signal` ends when nobody waits for the answer: then no further file is taken. */
export type ZipArrival = Omit<FileArrival, "kind" | "limit"> & { readonly signal: AbortSignal };

export type ZipReceiving = {
  /** Where the ZIP stands while it is read. */
  readonly folder: string;
  readonly room: Room;
  readonly receive: (arrival: FileArrival) => Promise<Received>;
  /** Most bytes of one file. */
  readonly fileBytes: number;
  readonly limits?: ZipLimits;
  readonly log: Log;
};

/** Receives a ZIP. Rejects with what its bytes threw; then nothing of it was kept. */
export async function receiveZip(
  receiving: ZipReceiving,
  arrival: ZipArrival,
): Promise<ZipOutcome | Refusal> {
  try {
    const spooled = await spool(receiving.folder, receiving.room, arrival.bytes);
    if ("refusal" in spooled) return spooled;
    try {
      return await receiveSpooled(receiving, arrival, spooled.path);
    } finally {
      await spooled.remove();
    }
  } catch (fault) {
    if (!(fault instanceof DiskRefusal)) throw fault;
    receiving.log("arrival_refused", faultFields(fault), "error");
    return {
      refusal: "disk",
      words: "The archive cannot write at this moment. Nothing was kept; try again later.",
    };
  }
}

async function receiveSpooled(receiving: ZipReceiving, arrival: ZipArrival, path: string) {
  const contents = await openContents(path, receiving.limits ?? zipLimits);
  if ("refusal" in contents) return contents;
  try {
    return await receiving.room.refusal(contents.unpackedBytes) ??
      await receiveAll(receiving, arrival, contents);
  } finally {
    contents.close();
  }
}

/** What became of one file. */
type Fate =
  | { readonly taken: ZipOutcome["taken"][number] }
  | { readonly skipped: string }
  | { readonly refused: string; readonly because?: RefusalReason };

const filesAtOnce = 4;

async function receiveAll(
  receiving: ZipReceiving,
  arrival: ZipArrival,
  contents: ZipContents,
): Promise<ZipOutcome | Refusal> {
  const { entries } = contents;
  const fates = new Map<ZipEntry, Fate>();
  const waiting = entries.filter((entry) => !isDicomdir(entry)).values();
  const work = async () => {
    for (const entry of waiting) {
      if (arrival.signal.aborted) return;
      fates.set(entry, await receiveEntry(receiving, arrival, contents, entry));
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, work));
  const passing = [...fates.values()].find((fate) => "because" in fate && passes(fate.because));
  const taken = [...fates.values()].flatMap((fate) => "taken" in fate ? [fate.taken] : []);
  if (taken.length === 0 && passing && "because" in passing && passing.because) {
    return { refusal: passing.because, words: passing.refused };
  }
  for (const entry of entries.filter(isDicomdir)) {
    fates.set(entry, await lookInto(contents, entry, taken, receiving));
  }
  return outcomeOf(entries, fates);
}

/** Whether a later try may go better. */
function passes(reason: RefusalReason | undefined): boolean {
  return reason !== undefined && reason !== "content" && reason !== "large";
}

async function receiveEntry(
  { receive, fileBytes }: ZipReceiving,
  { practice, source }: ZipArrival,
  { zip }: ZipContents,
  { name, entry, fault }: ZipEntry,
): Promise<Fate> {
  if (fault !== undefined) return { refused: fault };
  if (entry.uncompressedSize > fileBytes) return { refused: `It is larger than ${fileBytes} bytes.` };
  const bytes: ArrivingBytes = entryBytes(zip, entry);
  try {
    const received = await receive({ kind: "file", practice, source, bytes });
    if (!("refusal" in received)) return { taken: takenOf(name, received) };
    const { refusal, words } = received;
    return refusal === "content" ? { skipped: skipWords(words) } : { refused: words, because: refusal };
  } catch (damage) {
    if (damage instanceof DamagedEntry) return { refused: damage.message };
    throw damage;
  }
}

function takenOf(name: string, received: Exclude<Received, Refusal>): ZipOutcome["taken"][number] {
  const { sopInstanceUID: sopInstanceUid, studyInstanceUID: studyInstanceUid, bytes } = received;
  return { name, sopInstanceUid, studyInstanceUid, bytes };
}

function skipWords(words: string): string {
  return words.startsWith("This is a ZIP") ? "This is a ZIP in the ZIP; those are not opened." : words;
}

function isDicomdir({ name, fault }: ZipEntry): boolean {
  return fault === undefined && name.split(/[/\\]/).at(-1)?.toUpperCase() === "DICOMDIR";
}

/** What a table of contents lists and did not come: the only use that is made of it. */
async function lookInto(
  { zip }: ZipContents,
  { entry }: ZipEntry,
  taken: ZipOutcome["taken"],
  { limits = zipLimits }: ZipReceiving,
): Promise<Fate> {
  const skipped = "This is a DICOMDIR, a table of contents.";
  if (entry.uncompressedSize > Math.min(limits.dicomdirBytes, mostDirectoryBytes)) return { skipped };
  try {
    const listed = readDirectory(Buffer.concat(await Array.fromAsync(entryBytes(zip, entry)))) ?? [];
    const came = new Set(taken.map(({ sopInstanceUid }) => sopInstanceUid));
    const missing = listed.filter(({ sopInstanceUID }) =>
      sopInstanceUID !== null && !came.has(sopInstanceUID)
    );
    const all = listed.length === 0 || missing.length === 0;
    return {
      skipped: all
        ? skipped
        : `${skipped} ${missing.length} of the ${listed.length} files that it lists did not come.`,
    };
  } catch (damage) {
    if (damage instanceof DamagedEntry) return { refused: damage.message };
    throw damage;
  }
}

function outcomeOf(entries: readonly ZipEntry[], fates: ReadonlyMap<ZipEntry, Fate>): ZipOutcome {
  const outcome: { [Kind in keyof ZipOutcome]: ZipOutcome[Kind] } = { taken: [], skipped: [], refused: [] };
  for (const entry of entries) {
    const fate = fates.get(entry) ?? { refused: "It was not reached: the upload was called off." };
    const { name } = entry;
    if ("taken" in fate) outcome.taken.push(fate.taken);
    else if ("skipped" in fate) outcome.skipped.push({ name, reason: fate.skipped });
    else outcome.refused.push({ name, reason: fate.refused });
  }
  return outcome;
}
