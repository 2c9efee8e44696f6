// Builds DICOM files for tests: grey pictures of any depth, ramps, encapsulated frames, and the phantom whose
// structures eight bits cannot show.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished, TestRunner } from "vitest";
import { element, fileMetaInformation, tags, type WritableElement, writeDataset } from "#core/dicom/mod.ts";

/** What a built picture is; every field has a plain default. */
export type Picture = {
  readonly rows?: number;
  readonly columns?: number;
  readonly frames?: number;
  readonly samplesPerPixel?: number;
  readonly photometricInterpretation?: string;
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly signed?: boolean;
  readonly transferSyntaxUID?: string;
  /** Native samples in little endian, or the encapsulated value made by `encapsulated()`. */
  readonly pixels: Uint8Array;
  readonly more?: readonly WritableElement[];
  /** Elements that stand in the place of those that every picture has, or beside them. */
  readonly replaced?: readonly WritableElement[];
  readonly sopInstanceUID?: string;
  readonly studyInstanceUID?: string;
  readonly seriesInstanceUID?: string;
};

export const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

/** A Part 10 file of a picture. */
export function dicomFile(picture: Picture): Uint8Array {
  const sopInstanceUID = picture.sopInstanceUID ?? "2.25.1001";
  const transferSyntaxUID = picture.transferSyntaxUID ?? "1.2.840.10008.1.2.1";
  const meta = fileMetaInformation({ sopClassUID: secondaryCapture, sopInstanceUID, transferSyntaxUID });
  return joined(meta, dicomDataset(picture));
}

/** The same without file meta information, as it comes over an association. */
export function dicomDataset(picture: Picture): Uint8Array {
  const bitsAllocated = picture.bitsAllocated ?? 16;
  const bitsStored = picture.bitsStored ?? bitsAllocated;
  const elements = [
    element(tags.SpecificCharacterSet, "ISO_IR 192"),
    element(tags.SOPClassUID, secondaryCapture),
    element(tags.SOPInstanceUID, picture.sopInstanceUID ?? "2.25.1001"),
    element(tags.StudyInstanceUID, picture.studyInstanceUID ?? "2.25.1002"),
    element(tags.SeriesInstanceUID, picture.seriesInstanceUID ?? "2.25.1003"),
    element(tags.Modality, "OT"),
    element(tags.PatientName, "Tester^Rex"),
    element(tags.PatientID, "TEST-1"),
    element(tags.SamplesPerPixel, picture.samplesPerPixel ?? 1),
    element(tags.PhotometricInterpretation, picture.photometricInterpretation ?? "MONOCHROME2"),
    element(tags.Rows, picture.rows ?? 16),
    element(tags.Columns, picture.columns ?? 16),
    element(tags.BitsAllocated, bitsAllocated),
    element(tags.BitsStored, bitsStored),
    element(tags.HighBit, bitsStored - 1),
    element(tags.PixelRepresentation, picture.signed ? 1 : 0),
    ...(picture.frames ? [element(tags.NumberOfFrames, picture.frames)] : []),
    ...(picture.more ?? []),
  ];
  const replaced = new Set(picture.replaced?.map(({ tag }) => tag));
  const all = [...elements.filter(({ tag }) => !replaced.has(tag)), ...(picture.replaced ?? [])];
  return joined(writeDataset(all), pixelElement(picture, bitsAllocated));
}

function pixelElement({ pixels, transferSyntaxUID = "" }: Picture, bitsAllocated: number): Uint8Array {
  if (!isEncapsulated(transferSyntaxUID)) {
    return writeDataset([element(tags.PixelData, pixels, bitsAllocated > 8 ? "OW" : "OB")]);
  }
  return joined(Uint8Array.of(0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff), pixels);
}

function isEncapsulated(uid: string): boolean {
  return uid.startsWith("1.2.840.10008.1.2.4.") || uid === "1.2.840.10008.1.2.5" ||
    uid === "1.2.840.10008.1.2.8.1";
}

/** The value of encapsulated pixel data: an offset table (empty unless given), fragments, the delimiter. */
export function encapsulated(fragments: readonly Uint8Array[], offsets: readonly number[] = []): Uint8Array {
  const table = new Uint8Array(Uint32Array.from(offsets).buffer);
  const items = [table, ...fragments].map((fragment) =>
    joined(item(fragment.length + fragment.length % 2), even(fragment))
  );
  return joined(...items, Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0));
}

function item(length: number): Uint8Array {
  const header = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(4, length, true);
  return header;
}

function even(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : joined(bytes, Uint8Array.of(0));
}

/** A frame of RLE Lossless of up to 128 samples of 8 bits: one segment, one literal run (PS3.5 G.3). */
export function literalRun(samples: Uint8Array): Uint8Array {
  const header = new Uint8Array(64);
  new DataView(header.buffer).setUint32(0, 1, true);
  new DataView(header.buffer).setUint32(4, 64, true);
  return Uint8Array.from([...header, samples.length - 1, ...samples, 0]);
}

/** Bytes one after another. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces));
}

/** Every value of `bits` once, in rising order, 256 columns wide: what a display rule does shows at a glance. */
export function ramp(bits: number, signed = false): { rows: number; columns: number; pixels: Uint8Array } {
  const count = 2 ** bits;
  const least = signed ? -count / 2 : 0;
  const pixels = new Uint8Array(2 * count);
  const view = new DataView(pixels.buffer);
  for (let index = 0; index < count; index++) view.setInt16(2 * index, least + index, true);
  return { rows: count / 256, columns: 256, pixels };
}

/**
 * A 16-bit phantom, `side` × `side`: a flat ground at 32,900 with sixteen squares that stand 12 to 192 above it.
 * Over the whole range all of them have one and the same level of 256: none shows without a narrow window.
 */
export function finePhantom(side = 512): Uint8Array {
  const samples = new Uint16Array(side * side).fill(32900);
  const cell = side / 4;
  for (let square = 0; square < 16; square++) {
    const [left, top] = [(square % 4 + 0.25) * cell, (Math.floor(square / 4) + 0.25) * cell];
    for (let row = Math.round(top); row < top + cell / 2; row++) {
      samples.fill(
        32900 + 12 * (square + 1),
        row * side + Math.round(left),
        row * side + Math.round(left + cell / 2),
      );
    }
  }
  return dicomFile({
    rows: side,
    columns: side,
    pixels: new Uint8Array(samples.buffer),
    sopInstanceUID: "2.25.16001",
    studyInstanceUID: "2.25.16002",
    seriesInstanceUID: "2.25.16003",
    more: [element(tags.WindowCenter, 32996), element(tags.WindowWidth, 256)],
  });
}

/** Repeatable bytes that no codec finds simple. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return state >>> 24;
  });
}

/** A folder of its own under the system's temporary one; gone when the test, or the tests, around the call are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vetware-dicom-"));
  const whenDone = TestRunner.getCurrentTest() ? onTestFinished : afterAll;
  whenDone(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes bytes into a folder and gives the path. */
export function written(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
