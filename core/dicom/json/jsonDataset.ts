// A dataset in the DICOM JSON Model (PS3.18 Annex F): text in UTF-8 whatever it was, small binary values in place, large
// ones and the pixels by reference. What cannot be read is left out; nothing a file holds makes this throw.
import { type Dataset, type Element, numbersOf, textOf } from "../read/dataset.ts";
import { vrOf } from "../read/dictionary.ts";
import type { DicomFile } from "../read/part10.ts";
import { tags } from "../read/tags.ts";
import { tagHex } from "./tagHex.ts";

/** One attribute (PS3.18 F.2.2). */
export type JsonAttribute = {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly BulkDataURI?: string;
  readonly InlineBinary?: string;
};

export type JsonDataset = Record<string, JsonAttribute>;

/** Makes the address of a value by its place: tags and item numbers from the outside in, `/` between them. */
export type BulkAddress = (place: string) => string;

/** Binary values up to this many bytes stand in the dataset, as base64. */
const mostInline = 1024;
/** Text and numbers of more bytes than this are bulk data too. */
const mostValue = 64 * 1024;
const mostDepth = 64;

const binary = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "UN"]);
const numeric = new Set(["DS", "IS", "US", "SS", "UL", "SL", "FL", "FD", "UV", "SV"]);
const oneText = new Set(["LT", "ST", "UT", "UR"]);
const openVRs: Readonly<Record<string, string>> = { ox: "OW", lt: "OW", up: "UL" };

/** The dataset of a file whose header was read up to its pixels; those are told by reference. */
export function jsonDataset({ dataset, pixelData }: DicomFile, bulk: BulkAddress): JsonDataset {
  const json = elementsOf(dataset, { bulk, place: "", depth: 0 });
  if (pixelData) {
    const tag = tagHex(pixelData.tag);
    json[tag] = { vr: writtenVR(dataset, pixelData), BulkDataURI: bulk(tag) };
  }
  // the values are UTF-8 now (PS3.18 F.2)
  if (json["00080005"]) json["00080005"] = { vr: "CS", Value: ["ISO_IR 192"] };
  return json;
}

type Where = { readonly bulk: BulkAddress; readonly place: string; readonly depth: number };

function elementsOf(dataset: Dataset, where: Where): JsonDataset {
  const json: JsonDataset = {};
  for (const element of [...dataset.elements.values()].sort((one, other) => one.tag - other.tag)) {
    // group lengths are retired, and the pixels are told apart
    if ((element.tag & 0xffff) === 0 || element.tag === tags.PixelData) continue;
    json[tagHex(element.tag)] = attributeOf(dataset, element, where);
  }
  return json;
}

function attributeOf(dataset: Dataset, element: Element, where: Where): JsonAttribute {
  const place = where.place + tagHex(element.tag);
  const { items } = element;
  if (items) return sequence(items, { ...where, place });
  const vr = writtenVR(dataset, element);
  if (element.length === 0) return { vr };
  if (binary.has(vr)) {
    if (element.length > mostInline) return { vr, BulkDataURI: where.bulk(place) };
    const value = dataset.bytes.subarray(element.offset, element.offset + element.length);
    return { vr, InlineBinary: Buffer.from(value).toString("base64") };
  }
  if (element.length > mostValue) return { vr, BulkDataURI: where.bulk(place) };
  const Value = valuesOf(dataset, element, vr);
  return Value.length > 0 ? { vr, Value } : { vr };
}

function sequence(items: readonly Dataset[], where: Where): JsonAttribute {
  if (items.length === 0 || where.depth >= mostDepth) return { vr: "SQ" };
  return {
    vr: "SQ",
    Value: items.map((item, at) =>
      elementsOf(item, { ...where, place: `${where.place}/${at}/`, depth: where.depth + 1 })
    ),
  };
}

function valuesOf(dataset: Dataset, element: Element, vr: string): unknown[] {
  if (vr === "AT") return attributeTags(dataset, element);
  if (numeric.has(vr)) return numbers(dataset, element, vr);
  const text = textOf(dataset, element.tag, mostValue);
  if (text === null) return [];
  if (oneText.has(vr)) return [text];
  const values = text.split("\\").map((value) => value.trim());
  if (vr !== "PN") return values.map((value) => value === "" ? null : value);
  const names = values.map(personName);
  return names.some((name) => Object.keys(name).length > 0) ? names : [];
}

/** Decimal and integer strings that are no numbers stay text (PS3.18 table F.2.3-1). */
function numbers(dataset: Dataset, element: Element, vr: string): unknown[] {
  const read = numbersOf(dataset, element.tag, mostValue);
  if (vr !== "DS" && vr !== "IS") return read;
  const text = textOf(dataset, element.tag, mostValue)?.split("\\") ?? [];
  return text.length === read.length ? read : text.map((value) => value.trim() || null);
}

function attributeTags({ bytes, littleEndian }: Dataset, { offset, length }: Element): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
  return Array.from({ length: Math.floor(length / 4) }, (_, at) => {
    const [group, number] = [view.getUint16(4 * at, littleEndian), view.getUint16(4 * at + 2, littleEndian)];
    return tagHex(group * 0x10000 + number);
  });
}

const groups = ["Alphabetic", "Ideographic", "Phonetic"] as const;

function personName(text: string): Record<string, string> {
  const parts = text.split("=").flatMap((part, at) => {
    const group = groups[at];
    // components at the end that are empty say nothing (PS3.5 6.2.1.1)
    const told = part.replace(/\^+$/, "");
    return group && told !== "" ? [[group, told] as const] : [];
  });
  return Object.fromEntries(parts);
}

/** A VR of the standard: as written, else by the dictionary, which leaves some open. */
function writtenVR(dataset: Dataset, { tag, vr }: Pick<Element, "tag" | "vr">): string {
  const known = vr === "UN" ? vrOf(tag) ?? vr : vr;
  if (known === "xs") return numbersOf(dataset, tags.PixelRepresentation, 1)[0] === 1 ? "SS" : "US";
  const open = openVRs[known] ?? known;
  return /^[A-Z]{2}$/.test(open) ? open : "UN";
}
