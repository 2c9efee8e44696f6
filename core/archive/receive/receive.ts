// Takes one arrival from its first byte to the point where it may be acknowledged: bytes synced, then the journal.
// A refusal is a value; what the sender's stream throws (it broke off) passes through, with nothing left behind.
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { fileMetaInformation, mediaStorageDirectory } from "#core/dicom/mod.ts";
import { faultFields, type Log } from "#core/contract/log.ts";
import { type Journal, JournalRefusal } from "../journal/mod.ts";
import type { JournalRecord } from "../journal/mod.ts";
import { readFileHeader } from "../rows/header.ts";
import type { Arrival, ArrivingBytes, FileArrival, Received, Refusal } from "./arrival.ts";
import { openFile } from "./head.ts";
import { DiskRefusal, removeIncoming, TooLarge, writeIncoming, type WrittenFile } from "./incomingFile.ts";
import type { Room } from "./room.ts";

export type Receiving = {
  readonly journal: Journal;
  readonly incoming: string;
  readonly room: Room;
  /** Most bytes of one file. */
  readonly limit: number;
  readonly log: Log;
  readonly now: () => Date;
};

/** Identifiers of an instance as it goes into the journal. */
type Identified = Pick<JournalRecord, "sopClassUID" | "sopInstanceUID" | "transferSyntaxUID">;

type Prepared = {
  readonly prefix: Uint8Array;
  readonly dataset: ArrivingBytes;
  readonly limit: number;
  /** Reads what the journal must say from the finished file. */
  readonly identify: (path: string) => (Identified & Belonging) | Refusal;
};

/** What the header says of study and series. */
type Belonging = { readonly studyInstanceUID: string | null; readonly seriesInstanceUID: string | null };

const diskWords = "The archive cannot write at this moment. Nothing was kept; try again later.";

/** Receives one arrival; resolves with a receipt only when it would survive a power cut. */
export async function receive(receiving: Receiving, arrival: Arrival): Promise<Received> {
  const refused = await mayBegin(receiving);
  if (refused) return refused;
  const prepared = await prepare(receiving, arrival);
  if ("refusal" in prepared) return prepared;
  const object = uuidv7();
  const path = join(receiving.incoming, object);
  try {
    const written = await writeIncoming({ path, ...prepared });
    const identified = prepared.identify(path);
    if ("refusal" in identified) {
      await removeIncoming(path);
      return identified;
    }
    return await record(receiving, arrival, { object, path, written, identified });
  } catch (fault) {
    return refusalOf(receiving, fault);
  }
}

async function mayBegin({ journal, room }: Receiving): Promise<Refusal | undefined> {
  const refused = await room.refusal();
  if (refused) return refused;
  return await journal.isWritable() ? undefined : { refusal: "disk", words: diskWords };
}

async function prepare(receiving: Receiving, arrival: Arrival): Promise<Prepared | Refusal> {
  if (arrival.kind === "file") return await prepareFile(receiving, arrival);
  const { sopClassUID, sopInstanceUID, transferSyntaxUID } = arrival;
  return {
    prefix: fileMetaInformation({
      sopClassUID,
      sopInstanceUID,
      transferSyntaxUID,
      sourceApplicationEntityTitle: arrival.callingAeTitle,
    }),
    dataset: arrival.bytes,
    limit: receiving.limit,
    identify: () => ({
      sopClassUID,
      sopInstanceUID,
      transferSyntaxUID,
      studyInstanceUID: null,
      seriesInstanceUID: null,
    }),
  };
}

async function prepareFile(receiving: Receiving, arrival: FileArrival): Promise<Prepared | Refusal> {
  const opened = await openFile(arrival.bytes);
  if ("words" in opened) return { refusal: "content", words: opened.words };
  const limit = Math.min(receiving.limit, arrival.limit ?? receiving.limit);
  return {
    ...opened,
    limit,
    identify: (path) => identifyFile(path, opened.transferSyntaxUID, arrival.study),
  };
}

function identifyFile(
  path: string,
  transferSyntaxUID: string,
  study: string | undefined,
): ReturnType<Prepared["identify"]> {
  const { description } = readFileHeader(path);
  const { sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID } = description;
  if (sopClassUID === mediaStorageDirectory) {
    return {
      refusal: "content",
      words: "This is a DICOMDIR, a table of contents. Send the files beside it.",
    };
  }
  if (!sopInstanceUID || !sopClassUID) {
    return {
      refusal: "content",
      words: "This is not a DICOM file, or it lacks its SOP Class or SOP Instance UID.",
    };
  }
  if (study !== undefined && studyInstanceUID !== study) {
    return { refusal: "study", words: "The instance is of another study.", sopClassUID, sopInstanceUID };
  }
  return { sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID, transferSyntaxUID };
}

type Kept = {
  readonly object: string;
  readonly path: string;
  readonly written: WrittenFile;
  readonly identified: Identified & Belonging;
};

async function record(receiving: Receiving, arrival: Arrival, kept: Kept): Promise<Received> {
  const { object, path, written } = kept;
  const { studyInstanceUID, seriesInstanceUID, ...identified } = kept.identified;
  const instance = uuidv7();
  try {
    await receiving.journal.append({
      version: 1,
      practice: arrival.practice,
      source: arrival.source,
      instance,
      object,
      ...identified,
      ...written,
      incoming: object,
      key: `practice/${arrival.practice}/original/${object}`,
      receivedAt: receiving.now().toISOString(),
    });
  } catch (fault) {
    // where the record may still be on disk its bytes must stay; a later start sorts it out
    if (!(fault instanceof JournalRefusal) || fault.cut) await removeIncoming(path);
    throw fault;
  }
  const { sopClassUID, sopInstanceUID } = identified;
  return { instance, ...written, sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID };
}

function refusalOf({ log }: Receiving, fault: unknown): Refusal {
  if (fault instanceof TooLarge) {
    return { refusal: "large", words: "The instance is larger than the archive takes." };
  }
  if (fault instanceof DiskRefusal || fault instanceof JournalRefusal) {
    log("arrival_refused", faultFields(fault), "error");
    return { refusal: "disk", words: diskWords };
  }
  throw fault;
}
