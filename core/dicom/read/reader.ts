// Walks the data elements of a dataset (PS3.5 §7) without recursion and without copying values. It trusts
// nothing: lengths, nesting and counts are capped, and where the bytes stop making sense it keeps what it has
// read and says why it stopped.
import type { Dataset, Element } from "./dataset.ts";
import { vrOf } from "./dictionary.ts";
import { type Tag, tags, tagText } from "./tags.ts";

/** Why reading ended early, and at which byte of the dataset. */
export type Fault = {
  /** "truncated": the bytes end too soon; "malformed": they break the standard; "limit": one of our caps. */
  readonly kind: "truncated" | "malformed" | "limit";
  readonly offset: number;
  readonly reason: string;
};

/** Where the pixels stand. Encapsulated ones begin with the item of the Basic Offset Table at `offset`. */
export type PixelElement = {
  readonly tag: Tag;
  readonly vr: string;
  readonly offset: number;
  /** Bytes of the value; undefined when encapsulated and not walked to its end. */
  readonly length?: number;
  readonly encapsulated: boolean;
};

export type Encoding = { readonly explicitVR: boolean; readonly littleEndian: boolean };

export type Walk = { readonly dataset: Dataset; readonly pixelData?: PixelElement; readonly fault?: Fault };

/** Nesting, elements and items that one dataset may have. Real reports stay under 20 levels. */
export const readerLimits = { depth: 64, elements: 500_000, fragments: 1_000_000 } as const;

const undefinedLength = 0xffffffff;
type VR = { readonly vr: string; readonly longForm: boolean };

/** By the number that a VR's two letters make (PS3.5 §7.1.2): no string is made for each element. */
const knownVRs = new Map<number, VR>([
  ..."OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" ").map((vr) => entryOf(vr, true)),
  ..."AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split(" ").map((vr) =>
    entryOf(vr, false)
  ),
]);

function entryOf(vr: string, longForm: boolean): [number, VR] {
  return [vr.charCodeAt(0) << 8 | vr.charCodeAt(1), { vr, longForm }];
}

const pixelTags: ReadonlySet<Tag> = new Set([tags.PixelData, tags.FloatPixelData, tags.DoubleFloatPixelData]);

/** A level of nesting: elements of one dataset, or items of one sequence. */
type Level =
  | {
    kind: "elements";
    dataset: Dataset;
    end: number;
    open: boolean;
    explicitVR: boolean;
    littleEndian: boolean;
  }
  | {
    kind: "items";
    element: OpenElement;
    end: number;
    open: boolean;
    explicitVR: boolean;
    littleEndian: boolean;
  };

/** A sequence whose length becomes known when its end is met. */
type OpenElement = { tag: Tag; vr: string; offset: number; length: number; items: Dataset[] };

type Header = { tag: Tag; vr: string; length: number; valueOffset: number };

/**
 * Reads elements from `start` to `end`, or at the root up to the first tag ≥ `until`. The value of pixel data
 * is never required to be there: a header alone can be read from the first bytes of a file.
 */
export function walkDataset(
  bytes: Uint8Array,
  { start, encoding, until }: { start: number; encoding: Encoding; until?: Tag },
): Walk {
  return new Walker(bytes, encoding, until).walk(start);
}

class Walker {
  private readonly view: DataView;
  private readonly root: Dataset;
  private readonly levels: Level[] = [];
  private readonly bytes: Uint8Array;
  private readonly until: Tag | undefined;
  private offset = 0;
  private count = 0;
  private pixelData: PixelElement | undefined;
  private fault: Fault | undefined;

  constructor(bytes: Uint8Array, encoding: Encoding, until: Tag | undefined) {
    this.bytes = bytes;
    this.until = until;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.root = { bytes, littleEndian: encoding.littleEndian, elements: new Map() };
    this.levels.push({ kind: "elements", dataset: this.root, end: bytes.length, open: false, ...encoding });
  }

  walk(start: number): Walk {
    this.offset = start;
    while (!this.fault) {
      const level = this.levels[this.levels.length - 1];
      if (!level) break;
      if (this.offset >= level.end) this.close();
      else if (level.kind === "items") this.readItem(level);
      else if (!this.readElement(level)) break;
    }
    while (this.levels.length > 0) this.close();
    return { dataset: this.root, pixelData: this.pixelData, fault: this.fault };
  }

  private stop(kind: Fault["kind"], reason: string): false {
    this.fault = { kind, offset: this.offset, reason };
    return false;
  }

  /** Leaves a level; one of undefined length that met the end of the bytes is truncated. */
  private close(): void {
    const level = this.levels.pop();
    if (!level) return;
    if (level.kind === "items") {
      level.element.length = Math.min(this.offset, level.end) - level.element.offset;
    }
    if (level.open && this.offset >= this.bytes.length) {
      this.fault ??= { kind: "truncated", offset: this.offset, reason: "the data ends inside a sequence" };
    }
  }

  private readItem(level: Level & { kind: "items" }): void {
    if (this.offset + 8 > this.bytes.length) {
      return void this.stop("truncated", "the data ends inside a sequence");
    }
    const tag = this.tagAt(this.offset, level.littleEndian);
    const length = this.view.getUint32(this.offset + 4, level.littleEndian);
    if (tag === tags.SequenceDelimitationItem) {
      this.offset += 8;
      this.levels.pop();
      level.element.length = this.offset - level.element.offset;
      return;
    }
    if (tag !== tags.Item) {
      return void this.stop(
        "malformed",
        `${tagText(tag)} where an item of ${tagText(level.element.tag)} is due`,
      );
    }
    if (++this.count > readerLimits.elements) return void this.stop("limit", "too many elements");
    const parent = this.nearestDataset();
    const dataset: Dataset = {
      bytes: this.bytes,
      littleEndian: level.littleEndian,
      elements: new Map(),
      parent,
    };
    level.element.items.push(dataset);
    this.offset += 8;
    const open = length === undefinedLength;
    const end = open ? level.end : Math.min(this.offset + length, level.end);
    const { explicitVR, littleEndian } = level;
    this.levels.push({ kind: "elements", dataset, end, open, explicitVR, littleEndian });
  }

  private nearestDataset(): Dataset {
    for (let index = this.levels.length - 1; index >= 0; index--) {
      const level = this.levels[index];
      if (level?.kind === "elements") return level.dataset;
    }
    return this.root;
  }

  /** Reads one element; false ends the walk. */
  private readElement(level: Level & { kind: "elements" }): boolean {
    const header = this.headerAt(level);
    if (!header) return this.stop("truncated", "the data ends inside an element's header");
    if (header.tag === tags.ItemDelimitationItem) return this.endItem(header);
    if (header.tag === tags.SequenceDelimitationItem) return this.endItemWithSequence();
    const atRoot = this.levels.length === 1;
    if (atRoot && header.tag >= tags.FloatPixelData && pixelTags.has(header.tag)) {
      return this.readPixels(level, header);
    }
    if (atRoot && this.until !== undefined && header.tag >= this.until) return false;
    if (++this.count > readerLimits.elements) return this.stop("limit", "too many elements");
    if (header.length === undefinedLength) {
      if (header.tag === tags.PixelData) return this.readFragments(level, header);
      return this.openSequence(level, header, level.end, true);
    }
    const end = header.valueOffset + header.length;
    if (end > level.end) {
      const kind = end > this.bytes.length ? "truncated" : "malformed";
      return this.stop(kind, `${tagText(header.tag)} is longer than what is left`);
    }
    if (header.vr === "SQ") return this.openSequence(level, header, end, false);
    const { tag, vr, length } = header;
    level.dataset.elements.set(tag, { tag, vr, offset: header.valueOffset, length });
    this.offset = end;
    return true;
  }

  private endItem(header: Header): boolean {
    this.offset = header.valueOffset;
    if (this.levels.length > 1) this.levels.pop();
    return true;
  }

  /** A sequence delimiter inside an item: the item's own delimiter was forgotten. */
  private endItemWithSequence(): boolean {
    if (this.levels.length > 1) {
      this.levels.pop();
      return true;
    }
    this.offset += 8;
    return true;
  }

  private openSequence(
    level: Level & { kind: "elements" },
    header: Header,
    end: number,
    open: boolean,
  ): boolean {
    if (this.levels.length >= readerLimits.depth) return this.stop("limit", "nested too deeply");
    const element: OpenElement = {
      tag: header.tag,
      vr: "SQ",
      offset: header.valueOffset,
      length: 0,
      items: [],
    };
    level.dataset.elements.set(header.tag, element satisfies Element);
    // A sequence written as UN is implicit VR little endian inside, whatever is around it (PS3.5 §6.2.2, CP-246).
    const unknown = header.vr === "UN" && level.explicitVR;
    const explicitVR = unknown ? false : level.explicitVR;
    const littleEndian = unknown ? true : level.littleEndian;
    this.offset = header.valueOffset;
    this.levels.push({ kind: "items", element, end, open, explicitVR, littleEndian });
    return true;
  }

  private readPixels(level: Level & { kind: "elements" }, header: Header): boolean {
    const { tag, vr, length, valueOffset } = header;
    const encapsulated = length === undefinedLength;
    const known = encapsulated ? undefined : length;
    this.pixelData = { tag, vr, offset: valueOffset, length: known, encapsulated };
    if (this.until !== undefined && tag >= this.until) return false;
    if (encapsulated) return this.readFragments(level, header);
    if (valueOffset + length > level.end) {
      return this.stop("truncated", `${tagText(tag)} is longer than what is left`);
    }
    level.dataset.elements.set(tag, { tag, vr, offset: valueOffset, length });
    this.offset = valueOffset + length;
    return true;
  }

  /** Steps over the fragments of encapsulated pixel data (PS3.5 annex A.4). */
  private readFragments(level: Level & { kind: "elements" }, header: Header): boolean {
    let offset = header.valueOffset;
    for (let fragment = 0; fragment <= readerLimits.fragments; fragment++) {
      if (offset + 8 > level.end) return this.stop("truncated", "the data ends inside the pixel data");
      const tag = this.tagAt(offset, level.littleEndian);
      const length = this.view.getUint32(offset + 4, level.littleEndian);
      if (tag === tags.SequenceDelimitationItem) return this.endFragments(level, header, offset);
      if (tag !== tags.Item) return this.stop("malformed", `${tagText(tag)} where a fragment is due`);
      offset += 8 + length;
    }
    return this.stop("limit", "too many fragments");
  }

  private endFragments(
    level: Level & { kind: "elements" },
    { tag, vr, valueOffset }: Header,
    end: number,
  ): true {
    const length = end - valueOffset;
    level.dataset.elements.set(tag, { tag, vr, offset: valueOffset, length });
    if (this.levels.length === 1) {
      this.pixelData = { tag, vr, offset: valueOffset, length, encapsulated: true };
    }
    this.offset = end + 8;
    return true;
  }

  private tagAt(offset: number, littleEndian: boolean): Tag {
    const group = this.view.getUint16(offset, littleEndian);
    return (group * 0x10000) + this.view.getUint16(offset + 2, littleEndian);
  }

  private headerAt({ explicitVR, littleEndian }: Encoding): Header | undefined {
    const { offset, view } = this;
    const left = this.bytes.length - offset;
    if (left < 8) return undefined;
    const tag = this.tagAt(offset, littleEndian);
    if (tag >>> 16 === 0xfffe || !explicitVR) {
      const length = view.getUint32(offset + 4, littleEndian);
      return { tag, vr: implicitVR(tag, length), length, valueOffset: offset + 8 };
    }
    const letters = view.getUint16(offset + 4);
    const { vr, longForm } = knownVRs.get(letters) ?? unknownVR(letters);
    if (!longForm) {
      return { tag, vr, length: view.getUint16(offset + 6, littleEndian), valueOffset: offset + 8 };
    }
    if (left < 12) return undefined;
    return { tag, vr, length: view.getUint32(offset + 8, littleEndian), valueOffset: offset + 12 };
  }
}

function implicitVR(tag: Tag, length: number): string {
  if (length === undefinedLength) return tag === tags.PixelData ? "OW" : "SQ";
  return vrOf(tag) ?? "UN";
}

/** Future VRs have the long form (PS3.5 §7.1.2); letters that cannot be a VR are taken as the short one. */
function unknownVR(letters: number): VR {
  const vr = String.fromCharCode(letters >> 8, letters & 0xff);
  return { vr, longForm: /^[A-Z]{2}$/.test(vr) };
}

/** Whether two bytes are the letters of a VR. */
export function isVR(first = 0, second = 0): boolean {
  return knownVRs.has(first << 8 | second);
}
