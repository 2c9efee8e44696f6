// A dataset as the reader leaves it: tags, VRs and where each value stands. Values are read when they are asked
// for, straight from the bytes, so that a header costs no copies. Nothing here throws on garbage: it gives null.
import { decodeText } from "./characterSets.ts";
import { vrOf } from "./dictionary.ts";
import { type Tag, tags } from "./tags.ts";

/** One data element: where its value stands in the dataset's bytes. `items` is there for sequences alone. */
export type Element = {
  readonly tag: Tag;
  /** The VR as written, or by dictionary where the syntax is implicit. "UN" where neither knows. */
  readonly vr: string;
  readonly offset: number;
  /** Bytes of the value; a sequence or encapsulated pixel data of undefined length gets the length read. */
  readonly length: number;
  readonly items?: Dataset[];
};

/** A dataset or an item of a sequence. */
export type Dataset = {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly elements: Map<Tag, Element>;
  /** The dataset around an item: its character set holds inside too (PS3.5 §6.1.2.5.3). */
  readonly parent?: Dataset;
};

/** The bytes of a value as a view; undefined when the element is not there. */
export function valueOf(dataset: Dataset, tag: Tag): Uint8Array | undefined {
  const element = dataset.elements.get(tag);
  return element && dataset.bytes.subarray(element.offset, element.offset + element.length);
}

/** The items of a sequence; none where there is no such sequence. */
export function itemsOf(dataset: Dataset, tag: Tag): readonly Dataset[] {
  return dataset.elements.get(tag)?.items ?? [];
}

/** The values of Specific Character Set that hold in this dataset. */
export function characterSetOf(dataset: Dataset): readonly string[] {
  for (let here: Dataset | undefined = dataset; here; here = here.parent) {
    const value = valueOf(here, tags.SpecificCharacterSet);
    if (value) return latin1(value.subarray(0, 512)).split("\\").map((term) => term.trim());
  }
  return [];
}

/**
 * The text of an element, decoded by Specific Character Set, without padding; null when absent or empty.
 * `limit` caps the bytes decoded (the header of a stranger may hold megabytes of text).
 */
export function textOf(dataset: Dataset, tag: Tag, limit = 4096): string | null {
  const value = valueOf(dataset, tag);
  if (!value || value.length === 0) return null;
  const isName = vrOf(tag) === "PN";
  const text = trimmed(decodeText(value.subarray(0, limit), characterSetOf(dataset), isName));
  return text === "" ? null : text;
}

/** The text values of an element, split at the backslash after decoding; empty when absent. */
export function textsOf(dataset: Dataset, tag: Tag, limit = 4096): string[] {
  return textOf(dataset, tag, limit)?.split("\\").map((value) => trimmed(value)) ?? [];
}

/** The numbers of an element of any numeric VR; values that are no numbers are left out. */
export function numbersOf(dataset: Dataset, tag: Tag, most = 4096): number[] {
  const element = dataset.elements.get(tag);
  if (!element) return [];
  const binary = binaryNumbers[numericVR(dataset, element)];
  if (!binary) return decimalNumbers(dataset, tag, most);
  const { bytes, littleEndian } = dataset;
  const count = Math.min(most, Math.floor(element.length / binary.size));
  const view = new DataView(bytes.buffer, bytes.byteOffset + element.offset, count * binary.size);
  return Array.from({ length: count }, (_, index) => binary.read(view, index * binary.size, littleEndian));
}

/** The first number of an element, or null. */
export function numberOf(dataset: Dataset, tag: Tag): number | null {
  return numbersOf(dataset, tag, 1)[0] ?? null;
}

type BinaryNumber = { size: number; read: (view: DataView, offset: number, littleEndian: boolean) => number };

const binaryNumbers: Record<string, BinaryNumber> = {
  US: { size: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  SS: { size: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  UL: { size: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  SL: { size: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  FL: { size: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  FD: { size: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
  UV: { size: 8, read: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
  OV: { size: 8, read: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
  SV: { size: 8, read: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
};

/** Some writers give a standard element VR UN, or letters that are no VR: then the dictionary decides. */
function numericVR(dataset: Dataset, element: Element): string {
  const known = element.vr in binaryNumbers || element.vr === "DS" || element.vr === "IS";
  const vr = known ? element.vr : vrOf(element.tag) ?? element.vr;
  if (vr !== "xs") return vr;
  const signed = numberOf(root(dataset), tags.PixelRepresentation) === 1;
  return signed ? "SS" : "US";
}

function root(dataset: Dataset): Dataset {
  let here = dataset;
  while (here.parent) here = here.parent;
  return here;
}

function decimalNumbers(dataset: Dataset, tag: Tag, most: number): number[] {
  const value = valueOf(dataset, tag)?.subarray(0, 64 * most);
  if (!value) return [];
  return latin1(value).split("\\").slice(0, most).map(decimal).filter((number) => number !== null);
}

/** A decimal string (PS3.5 table 6.2-1, DS and IS), with the comma that some writers put for the point. */
function decimal(text: string): number | null {
  const plain = trimmed(text).replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Without the padding that a value may carry: spaces, and the NUL that UIDs and careless writers use. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 0x20) start++;
  while (end > start && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0)) end--;
  return text.slice(start, end);
}
