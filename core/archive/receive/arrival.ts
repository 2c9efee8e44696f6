// What comes in, and what becomes of it.
import type { ArrivalSource } from "../journal/mod.ts";

/** Bytes on their way. Slices are kept for a while, so their sender gives them away. An error means: not whole. */
export type ArrivingBytes = AsyncIterable<Uint8Array | readonly Uint8Array[]>;

/** A dataset that came over an association, without file meta information (PS3.7 9.1.1). */
export type DatasetArrival = {
  readonly kind: "dataset";
  readonly practice: string;
  readonly source: ArrivalSource;
  /** What the command and its context say; the file meta information is written from it. */
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly callingAeTitle?: string;
  readonly bytes: ArrivingBytes;
};

/** A file that someone uploads: a Part 10 file, or a dataset that can be read without its meta information. */
export type FileArrival = {
  readonly kind: "file";
  readonly practice: string;
  readonly source: ArrivalSource;
  readonly bytes: ArrivingBytes;
  /** The Study Instance UID that it must have, where there is one. */
  readonly study?: string;
  /** Most bytes of this file; the archive's own bound where absent. */
  readonly limit?: number;
};

export type Arrival = DatasetArrival | FileArrival;

/** The instance is durable. Rows follow; its study and series are known for files alone. */
export type Receipt = {
  readonly instance: string;
  readonly bytes: number;
  readonly fileSha256: string;
  readonly datasetSha256: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly studyInstanceUID: string | null;
  readonly seriesInstanceUID: string | null;
};

/**
 * `disk` the disk or the journal does not take it · `space` too little room is left · `backlog` too much waits for
 * the database or the object store · `large` more bytes than allowed · `content` not a DICOM instance ·
 * `study` of another study than it must be · `closing` the archive is being shut. All but `large`, `content` and `study` pass with time.
 */
export type RefusalReason = "disk" | "space" | "backlog" | "large" | "content" | "study" | "closing";

/** Nothing was kept, and `words` say why, for the one who sent it. */
export type Refusal = {
  readonly refusal: RefusalReason;
  readonly words: string;
  /** Of a file that could be read: what was refused. */
  readonly sopClassUID?: string | null;
  readonly sopInstanceUID?: string | null;
};

export type Received = Receipt | Refusal;
