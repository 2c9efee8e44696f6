// Under which study, series and instance UID an arrival goes into the rows. The dataset's own UIDs hold; where it
// names none, the command's do, and a study that cannot be named gets a UID made from the bytes (PS3.5 B.2), so
// that the same bytes always come to the same place and nothing that was acknowledged is lost.
import type { JournalRecord } from "../journal/mod.ts";
import type { ReadHeader } from "./header.ts";

export type Identity = {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** What is wrong with the header, for the practice; null when nothing is. */
  readonly fault: string | null;
};

/** Finds the identity of an arrival. */
export function identify(record: JournalRecord, { description, fault }: ReadHeader): Identity {
  const made = uidOf(record.datasetSha256);
  const faults = [
    fault,
    description.studyInstanceUID ? null : "The header names no study.",
    description.seriesInstanceUID ? null : "The header names no series.",
  ].filter((one) => one !== null);
  const studyInstanceUID = description.studyInstanceUID ?? `${made}.1`;
  return {
    sopClassUID: description.sopClassUID ?? record.sopClassUID,
    sopInstanceUID: description.sopInstanceUID ?? record.sopInstanceUID,
    studyInstanceUID,
    seriesInstanceUID: description.seriesInstanceUID ?? `${made}.2`,
    fault: faults.length > 0 ? faults.join(" ") : null,
  };
}

/** A UID under 2.25 from the first 128 bits of a hash. */
function uidOf(sha256: string): string {
  return `2.25.${BigInt(`0x${sha256.slice(0, 32)}`)}`;
}
