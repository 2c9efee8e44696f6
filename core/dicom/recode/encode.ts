// A dataset that was read, written again in little endian with explicit or implicit VRs (PS3.5 7.1): values byte for
// byte as they stand, sequences with their lengths, without the retired group lengths, which would no longer fit.
import { type Dataset, type Element, numberOf } from "../read/dataset.ts";
import { vrOf } from "../read/dictionary.ts";
import { type Tag, tags } from "../read/tags.ts";

/** An element whose value is replaced by these bytes, already of even length. */
export type Replacement = { readonly tag: Tag; readonly vr: string; readonly value: Uint8Array };

/** The encoding wanted, elements that are written instead of or beside those read, and elements left out. */
export type Encoding = {
  readonly explicitVR: boolean;
  readonly replaced?: readonly Replacement[];
  readonly without?: readonly Tag[];
};

const longForm = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const undefinedLength = 0xffffffff;

/** The bytes of all elements. */
export function encodeDataset(
  dataset: Dataset,
  { explicitVR, replaced = [], without = [] }: Encoding,
): Uint8Array {
  const signed = numberOf(dataset, tags.PixelRepresentation) === 1;
  const left = new Set([...without, ...replaced.map(({ tag }) => tag)]);
  const kept = [...dataset.elements.values()].filter(({ tag }) => !left.has(tag));
  return Buffer.concat(
    [...kept, ...replaced].sort((one, other) => one.tag - other.tag)
      .flatMap((one) =>
        "value" in one ? written(one, explicitVR) : elementPieces(dataset, one, { explicitVR, signed })
      ),
  );
}

/** The header of an element with a value of `length` bytes. */
export function elementHeader(
  { tag, vr }: { readonly tag: Tag; readonly vr: string },
  length: number,
  explicitVR: boolean,
): Uint8Array {
  const short = explicitVR && !longForm.has(vr);
  const header = Buffer.alloc(explicitVR && !short ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  if (explicitVR) header.write(vr, 4, 2, "latin1");
  if (short) header.writeUInt16LE(length, 6);
  else header.writeUInt32LE(length, header.length - 4);
  return header;
}

type Terms = { readonly explicitVR: boolean; readonly signed: boolean };

function elementPieces(dataset: Dataset, element: Element, terms: Terms): Uint8Array[] {
  const { tag, items, offset, length } = element;
  if ((tag & 0xffff) === 0) return [];
  if (items) return sequencePieces(tag, items, terms);
  const value = dataset.bytes.subarray(offset, offset + length);
  return written({ tag, vr: writtenVR(element, length, terms), value }, terms.explicitVR);
}

/** Without a VR only an undefined length tells that a private element is a sequence (PS3.5 7.5.1). */
function sequencePieces(tag: Tag, items: readonly Dataset[], terms: Terms): Uint8Array[] {
  const value = Buffer.concat(items.flatMap((item) => itemPieces(item, terms)));
  const sequence = { tag, vr: "SQ" };
  if (terms.explicitVR || vrOf(tag) === "SQ") return written({ ...sequence, value }, terms.explicitVR);
  const delimiter = elementHeader({ tag: tags.SequenceDelimitationItem, vr: "" }, 0, false);
  return [elementHeader(sequence, undefinedLength, false), value, delimiter];
}

function itemPieces(item: Dataset, terms: Terms): Uint8Array[] {
  const pieces = [...item.elements.values()].sort((one, other) => one.tag - other.tag)
    .flatMap((element) => elementPieces(item, element, terms));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [elementHeader({ tag: tags.Item, vr: "" }, length, false), ...pieces];
}

function written({ tag, vr, value }: Replacement, explicitVR: boolean): Uint8Array[] {
  return [elementHeader({ tag, vr }, value.length, explicitVR), value];
}

/** What the dictionary leaves open, as it is written when nothing else tells. */
const openVRs: Readonly<Record<string, string>> = { xs: "US", ox: "OW", lt: "OW", up: "UL" };

/** A VR that can be written: the dictionary leaves some open, and a long value has no room in a short one (PS3.5 6.2.2). */
function writtenVR({ vr }: Element, length: number, { signed }: Terms): string {
  const left = openVRs[vr];
  const known = vr === "xs" && signed ? "SS" : left ?? (/^[A-Z]{2}$/.test(vr) ? vr : "UN");
  return length > 0xffff && !longForm.has(known) ? "UN" : known;
}
