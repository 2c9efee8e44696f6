// Reads a DICOM file (PS3.10) or a bare dataset. The preamble and the file meta information may be missing; the
// encoding is taken from what the first element looks like, because files that declare another one are common.
import { constants, inflateRawSync } from "node:zlib";
import { type Dataset, textOf } from "./dataset.ts";
import { type Encoding, type Fault, isVR, type PixelElement, walkDataset } from "./reader.ts";
import { type Tag, tags } from "./tags.ts";
import {
  explicitVRBigEndian,
  explicitVRLittleEndian,
  implicitVRLittleEndian,
  transferSyntaxOf,
} from "./transferSyntax.ts";

/** What one file says: its meta information, its elements, where its pixels stand, and why reading ended. */
export type DicomFile = {
  /** As declared; assumed from the bytes where nothing is declared, "" when these are no dataset. */
  readonly transferSyntaxUID: string;
  readonly fileMeta?: Dataset;
  readonly dataset: Dataset;
  /** Where the dataset begins in the bytes given: what a peer sent stands from here on. */
  readonly datasetOffset: number;
  readonly pixelData?: PixelElement;
  /** True when offsets count in the inflated bytes (`dataset.bytes`), not in the file. */
  readonly deflated: boolean;
  readonly fault?: Fault;
};

export type ReadOptions = {
  /** Set for a bare dataset, as one that came over an association. */
  readonly transferSyntaxUID?: string;
  /** Stop at the first tag not below this; `tags.PixelData` reads a header. */
  readonly until?: Tag;
  /** A deflated dataset may grow to this many bytes; without it 64 MiB, which holds any header. */
  readonly mostInflatedBytes?: number;
};

const headerInflatedBytes = 64 * 1024 * 1024;

/**
 * Reads bytes that may be a whole file or only its beginning. Never throws: with garbage the elements are few
 * and `fault` says why. Of a beginning read with `until: tags.PixelData` the header is whole when `pixelData` is there
 * (an absent `fault` alone does not tell it: the bytes may end between two elements).
 */
export function readPart10(bytes: Uint8Array, options: ReadOptions = {}): DicomFile {
  if (options.transferSyntaxUID !== undefined) {
    return readDataset(bytes, { ...options, offset: 0, declared: options.transferSyntaxUID });
  }
  const metaOffset = magicEnd(bytes);
  const meta = readFileMeta(bytes, metaOffset);
  if (meta?.cut) {
    return nothing(bytes, meta.dataset, { kind: "truncated", offset: bytes.length, reason: cutMeta });
  }
  const declared = meta && textOf(meta.dataset, tags.TransferSyntaxUID);
  const offset = meta?.end ?? metaOffset;
  return readDataset(bytes, {
    offset,
    declared: declared ?? "",
    until: options.until,
    fileMeta: meta?.dataset,
  });
}

const cutMeta = "the data ends inside the file meta information";

const magic = [..."DICM"].map((letter) => letter.charCodeAt(0));

/** The byte after "DICM": 132 with a preamble, 4 where it was cut off, 0 with neither. */
function magicEnd(bytes: Uint8Array): number {
  for (const offset of [128, 0]) {
    if (magic.every((letter, at) => bytes[offset + at] === letter)) return offset + 4;
  }
  return 0;
}

type FileMeta = { dataset: Dataset; end: number; cut: boolean };

/** Group 0002, always explicit VR little endian (PS3.10 §7.1); its group length is not trusted. */
function readFileMeta(bytes: Uint8Array, start: number): FileMeta | undefined {
  if (start + 8 > bytes.length || bytes[start] !== 0x02 || bytes[start + 1] !== 0x00) return undefined;
  const encoding = looksExplicit(bytes, start) ? littleEndianExplicit : littleEndianImplicit;
  const { dataset, fault } = walkDataset(bytes, { start, encoding, until: 0x00030000 });
  let end = start;
  for (const element of dataset.elements.values()) end = Math.max(end, element.offset + element.length);
  const cut = fault?.kind === "truncated" && isFileMeta(bytes, end);
  return { dataset, end, cut };
}

function isFileMeta(bytes: Uint8Array, offset: number): boolean {
  return offset + 2 > bytes.length || (bytes[offset] === 0x02 && bytes[offset + 1] === 0x00);
}

const littleEndianExplicit: Encoding = { explicitVR: true, littleEndian: true };
const littleEndianImplicit: Encoding = { explicitVR: false, littleEndian: true };

type DatasetPlace =
  & { offset: number; declared: string; fileMeta?: Dataset }
  & Omit<ReadOptions, "transferSyntaxUID">;

function readDataset(bytes: Uint8Array, options: DatasetPlace): DicomFile {
  const { offset, declared, until, fileMeta, mostInflatedBytes = headerInflatedBytes } = options;
  const syntax = transferSyntaxOf(declared);
  const inflated = syntax?.deflated && !looksPlain(bytes, offset)
    ? inflate(bytes.subarray(offset), mostInflatedBytes)
    : undefined;
  const body = inflated?.bytes ?? bytes;
  const start = inflated ? 0 : offset;
  const place = { fileMeta, datasetOffset: offset, deflated: inflated !== undefined };
  const encoding = encodingOf(body, start, syntax ?? littleEndianExplicit);
  if (!encoding) {
    const fault: Fault = start + 8 > body.length
      ? inflated?.fault ?? { kind: "truncated", offset: start, reason: "there is no dataset" }
      : { kind: "malformed", offset: start, reason: "these bytes are no DICOM dataset" };
    return { ...nothing(body, fileMeta, fault), ...place, transferSyntaxUID: declared };
  }
  const walk = walkDataset(body, { start, encoding, until });
  const fault = walk.fault ?? (until === undefined ? inflated?.fault : undefined);
  return { ...place, ...walk, fault, transferSyntaxUID: declared || assumed(encoding, walk.pixelData) };
}

function nothing(bytes: Uint8Array, fileMeta: Dataset | undefined, fault: Fault): DicomFile {
  const dataset: Dataset = { bytes, littleEndian: true, elements: new Map() };
  return { transferSyntaxUID: "", fileMeta, dataset, datasetOffset: bytes.length, deflated: false, fault };
}

/** Of encapsulated pixels without a declared syntax only the container is known, so none is assumed. */
function assumed(encoding: Encoding, pixelData: PixelElement | undefined): string {
  if (pixelData?.encapsulated) return "";
  if (!encoding.explicitVR) return implicitVRLittleEndian;
  return encoding.littleEndian ? explicitVRLittleEndian : explicitVRBigEndian;
}

/** The encoding that the first element shows; the declared one where both would do. */
function encodingOf(bytes: Uint8Array, start: number, declared: Encoding): Encoding | undefined {
  if (start + 8 > bytes.length) return undefined;
  const [first, second] = [bytes[start] ?? 0, bytes[start + 1] ?? 0];
  // The first group of a dataset is below 0100: its zero byte stands first only in big endian.
  const littleEndian = first === 0 && second === 0 ? declared.littleEndian : first !== 0;
  const explicitVR = looksExplicit(bytes, start) || (declared.explicitVR && !implicitFits(bytes, start));
  if (!explicitVR && !implicitFits(bytes, start)) return undefined;
  return { explicitVR, littleEndian };
}

function looksExplicit(bytes: Uint8Array, start: number): boolean {
  return isVR(bytes[start + 4], bytes[start + 5]);
}

/** An implicit header holds a length that is undefined or not absurd for the first element of a dataset. */
function implicitFits(bytes: Uint8Array, start: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 8);
  const length = view.getUint32(4, true);
  return length === 0xffffffff || length < 0x100000;
}

/** Some files declare the deflated syntax and are not: a first group 0008 with a VR is no deflate stream. */
function looksPlain(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 0x08 && bytes[start + 1] === 0x00 && looksExplicit(bytes, start);
}

function inflate(bytes: Uint8Array, maxOutputLength: number): { bytes: Uint8Array; fault?: Fault } {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength };
    return { bytes: inflateRawSync(bytes, options) };
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    const reason = tooLarge ? "the deflated dataset grows too large" : "the deflated dataset is damaged";
    return { bytes: new Uint8Array(0), fault: { kind: tooLarge ? "limit" : "malformed", offset: 0, reason } };
  }
}
