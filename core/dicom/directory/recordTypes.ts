// Which directory record a stored instance gets (PS3.3 table F.4-1): by its SOP class, most are IMAGE.

/** Types of the records that refer to files. */
export type RecordType =
  | "IMAGE"
  | "SR DOCUMENT"
  | "KEY OBJECT DOC"
  | "PRESENTATION"
  | "WAVEFORM"
  | "ENCAP DOC"
  | "RT DOSE"
  | "RT STRUCTURE SET"
  | "RT PLAN"
  | "RT TREAT RECORD"
  | "RAW DATA"
  | "REGISTRATION"
  | "FIDUCIAL"
  | "VALUE MAP";

const storage = "1.2.840.10008.5.1.4.1.1.";

/** SOP classes below 1.2.840.10008.5.1.4.1.1 (PS3.4 B.5), each with what hangs below it, whose record is no IMAGE. */
const others: readonly (readonly [below: string, type: RecordType])[] = [
  ["88.59", "KEY OBJECT DOC"],
  ["88", "SR DOCUMENT"],
  ["11", "PRESENTATION"],
  ["9", "WAVEFORM"],
  ["104", "ENCAP DOC"],
  ["481.2", "RT DOSE"],
  ["481.3", "RT STRUCTURE SET"],
  ["481.5", "RT PLAN"],
  ["481.8", "RT PLAN"],
  ["481.4", "RT TREAT RECORD"],
  ["481.6", "RT TREAT RECORD"],
  ["481.7", "RT TREAT RECORD"],
  ["481.9", "RT TREAT RECORD"],
  ["66.1", "REGISTRATION"],
  ["66.3", "REGISTRATION"],
  ["66.2", "FIDUCIAL"],
  ["66", "RAW DATA"],
  ["67", "VALUE MAP"],
];

/** Segmentations have pixels and are IMAGE, though their number stands below that of raw data. */
const images = new Set(["66.4"]);

/**
 * The record type of a SOP class; undefined for one that is neither known nor an image (`hasPixels`), which then
 * stands in the file set without a record.
 */
export function recordTypeOf(sopClassUID: string, hasPixels: boolean): RecordType | undefined {
  if (!sopClassUID.startsWith(storage)) return hasPixels ? "IMAGE" : undefined;
  const below = sopClassUID.slice(storage.length);
  if (images.has(below)) return "IMAGE";
  const other = others.find(([start]) => below === start || below.startsWith(`${start}.`));
  if (other) return other[1];
  return hasPixels ? "IMAGE" : undefined;
}
