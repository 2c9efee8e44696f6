// Writes small explicit VR little endian datasets (PS3.5 §7.1) and the file meta information (PS3.10 §7.1) that
// is put before a dataset received from a peer, whose bytes are never re-encoded.
import { vrOf } from "./read/dictionary.ts";
import { type Tag, tags, tagText } from "./read/tags.ts";
import { explicitVRLittleEndian } from "./read/transferSyntax.ts";

/** This software among implementations (PS3.7 D.3.3.2): a UUID-derived UID under 2.25 (PS3.5 annex B.2). */
export const implementationClassUID = "2.25.196487262033547892305171806310298403117";
export const implementationVersionName = "VETWARE";

/**
 * A value to write: text (several values joined by a backslash), numbers, bytes as they are, or items. `null`
 * writes an element of length zero (type 2).
 */
export type WritableValue =
  | string
  | readonly number[]
  | number
  | Uint8Array
  | readonly WritableElement[][]
  | null;

/** An element to write; the VR comes from the dictionary unless given. */
export type WritableElement = { readonly tag: Tag; readonly value: WritableValue; readonly vr?: string };

/** Makes an element: `element(tags.Rows, 512)`. */
export function element(tag: Tag, value: WritableValue, vr?: string): WritableElement {
  return { tag, value, vr };
}

/** What the file meta information says. */
export type FileMetaInformation = {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly sourceApplicationEntityTitle?: string;
};

/** Preamble, "DICM" and group 0002: the bytes that make a file of a dataset received over the network. */
export function fileMetaInformation(meta: FileMetaInformation): Uint8Array {
  const title = meta.sourceApplicationEntityTitle;
  const group = writeDataset([
    element(tags.FileMetaInformationVersion, Uint8Array.of(0, 1)),
    element(tags.MediaStorageSOPClassUID, meta.sopClassUID),
    element(tags.MediaStorageSOPInstanceUID, meta.sopInstanceUID),
    element(tags.TransferSyntaxUID, meta.transferSyntaxUID),
    element(tags.ImplementationClassUID, implementationClassUID),
    element(tags.ImplementationVersionName, implementationVersionName),
    ...(title ? [element(tags.SourceApplicationEntityTitle, title.slice(0, 16))] : []),
  ]);
  const length = writeDataset([element(tags.FileMetaInformationGroupLength, group.length)]);
  const preamble = new Uint8Array(132);
  preamble.set([0x44, 0x49, 0x43, 0x4d], 128);
  return joined([preamble, length, group]);
}

/**
 * Writes elements in the order of their tags, explicit VR little endian, text in UTF-8 (say so in Specific
 * Character Set). Pixel values are given as bytes. Throws on a value that its VR cannot hold.
 */
export function writeDataset(elements: readonly WritableElement[]): Uint8Array {
  return joined([...elements].sort((one, other) => one.tag - other.tag).flatMap(elementBytes));
}

/** A whole file in explicit VR little endian, or of another syntax when `dataset` bytes are already encoded so. */
export function writePart10(
  elements: readonly WritableElement[],
  meta: Omit<FileMetaInformation, "transferSyntaxUID"> & { transferSyntaxUID?: string },
): Uint8Array {
  return joined([
    fileMetaInformation({ transferSyntaxUID: explicitVRLittleEndian, ...meta }),
    writeDataset(elements),
  ]);
}

const longForm = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

function elementBytes({ tag, value, vr = writtenVR(tag, value) }: WritableElement): Uint8Array[] {
  const bytes = padded(valueBytes(value, vr), vr);
  const long = longForm.has(vr);
  if (!long && bytes.length > 0xffff) throw new RangeError(`${tagText(tag)} is too long for VR ${vr}`);
  const header = new Uint8Array(long ? 12 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  header.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4);
  if (long) view.setUint32(8, bytes.length, true);
  else view.setUint16(6, bytes.length, true);
  return [header, bytes];
}

function writtenVR(tag: Tag, value: WritableValue): string {
  const vr = vrOf(tag);
  if (vr === "xs") return typeof value === "number" && value < 0 ? "SS" : "US";
  if (vr === undefined || !/^[A-Z]{2}$/.test(vr)) throw new TypeError(`${tagText(tag)} needs a VR`);
  return vr;
}

const numberWriters: Record<string, [number, (view: DataView, offset: number, value: number) => void]> = {
  US: [2, (view, offset, value) => view.setUint16(offset, value, true)],
  SS: [2, (view, offset, value) => view.setInt16(offset, value, true)],
  UL: [4, (view, offset, value) => view.setUint32(offset, value, true)],
  SL: [4, (view, offset, value) => view.setInt32(offset, value, true)],
  FL: [4, (view, offset, value) => view.setFloat32(offset, value, true)],
  FD: [8, (view, offset, value) => view.setFloat64(offset, value, true)],
};

function valueBytes(value: WritableValue, vr: string): Uint8Array {
  if (value === null) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (isItems(value)) return joined(value.flatMap(itemBytes));
  const numbers = typeof value === "number" ? [value] : value;
  if (vr === "AT") return attributeTags(numbers);
  const writer = numberWriters[vr];
  if (!writer) return new TextEncoder().encode(numbers.map(decimalText).join("\\"));
  const [size, write] = writer;
  const bytes = new Uint8Array(size * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, index) => write(view, index * size, number));
  return bytes;
}

function isItems(value: WritableValue): value is readonly WritableElement[][] {
  return Array.isArray(value) && (value.length === 0 || Array.isArray(value[0]));
}

function itemBytes(elements: readonly WritableElement[]): Uint8Array[] {
  const body = writeDataset(elements);
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, 0xe000, true);
  view.setUint32(4, body.length, true);
  return [header, body];
}

function attributeTags(values: readonly Tag[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((tag, index) => {
    view.setUint16(4 * index, tag >>> 16, true);
    view.setUint16(4 * index + 2, tag & 0xffff, true);
  });
  return bytes;
}

/** A decimal string holds 16 characters (PS3.5 table 6.2-1). */
function decimalText(value: number): string {
  const text = String(value);
  return text.length <= 16 ? text : value.toPrecision(9).slice(0, 16);
}

/** Values have even length: UIDs and bytes end in NUL, text in a space (PS3.5 §6.2). */
function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const result = new Uint8Array(bytes.length + 1);
  result.set(bytes);
  result[bytes.length] = vr === "UI" || vr === "OB" || vr === "UN" ? 0 : 0x20;
  return result;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    result.set(piece, offset);
    offset += piece.length;
  }
  return result;
}
