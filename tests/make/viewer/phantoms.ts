// Pictures with a known truth, as DICOM files made by the product's own writer.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { element, tags, type WritableElement, writePart10 } from "#core/dicom/mod.ts";

export type Phantom = {
  readonly columns: number;
  readonly rows: number;
  readonly frames?: number;
  readonly bitsStored?: number;
  readonly signed?: boolean;
  readonly samplesPerPixel?: 1 | 3;
  readonly photometric?: string;
  readonly window?: { readonly center: number; readonly width: number };
  readonly intercept?: number;
  readonly frameTime?: number;
  /** Stored value at a place; for colour once a channel. */
  readonly value: (x: number, y: number, frame: number, channel: number) => number;
};

const digitalXRay = "1.2.840.10008.5.1.4.1.1.1.1";

function samplesOf(
  { columns, rows, frames = 1, bitsStored = 16, samplesPerPixel = 1, value }: Phantom,
): Uint8Array {
  const count = columns * rows * frames * samplesPerPixel;
  const samples = bitsStored > 8 ? new Uint16Array(count) : new Uint8Array(count);
  let index = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let channel = 0; channel < samplesPerPixel; channel++) {
          samples[index++] = value(x, y, frame, channel);
        }
      }
    }
  }
  return new Uint8Array(samples.buffer);
}

function uidOf(name: string): string {
  return `2.25.${BigInt("0x" + createHash("sha256").update(name).digest("hex").slice(0, 30))}`;
}

/** Writes a phantom as a Part 10 file in explicit VR little endian. */
export function writePhantom(path: string, phantom: Phantom): void {
  const { columns, rows, frames, bitsStored = 16, signed = false, samplesPerPixel = 1, window } = phantom;
  const wide = bitsStored > 8;
  const elements: WritableElement[] = [
    element(tags.SOPClassUID, digitalXRay),
    element(tags.SOPInstanceUID, uidOf(path)),
    element(tags.StudyInstanceUID, uidOf("study")),
    element(tags.SeriesInstanceUID, uidOf("series")),
    element(tags.Modality, "DX"),
    element(tags.SamplesPerPixel, samplesPerPixel),
    element(
      tags.PhotometricInterpretation,
      phantom.photometric ?? (samplesPerPixel === 3 ? "RGB" : "MONOCHROME2"),
    ),
    element(tags.Rows, rows),
    element(tags.Columns, columns),
    element(tags.BitsAllocated, wide ? 16 : 8),
    element(tags.BitsStored, bitsStored),
    element(tags.HighBit, bitsStored - 1),
    element(tags.PixelRepresentation, signed ? 1 : 0),
    ...(samplesPerPixel === 3 ? [element(tags.PlanarConfiguration, 0)] : []),
    ...(frames ? [element(tags.NumberOfFrames, frames)] : []),
    ...(phantom.frameTime ? [element(tags.FrameTime, phantom.frameTime)] : []),
    ...(window ? [element(tags.WindowCenter, window.center), element(tags.WindowWidth, window.width)] : []),
    ...(phantom.intercept === undefined
      ? []
      : [element(tags.RescaleIntercept, phantom.intercept), element(tags.RescaleSlope, 1)]),
    element(tags.PixelData, samplesOf(phantom), wide ? "OW" : "OB"),
  ];
  writeFileSync(path, writePart10(elements, { sopClassUID: digitalXRay, sopInstanceUID: uidOf(path) }));
}

/** Noise without state: the same at the same place, 0..1. */
export function noise(x: number, y: number, seed = 0): number {
  let value = Math.imul(x + 1, 374761393) ^ Math.imul(y + 1, 668265263) ^ Math.imul(seed + 1, 1274126177);
  value = Math.imul(value ^ (value >>> 13), 1274126177);
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * A 16-bit picture whose checks and letters differ by 40 of 65,536 values, a sixth of one 8-bit step, on a slope
 * through the whole range, so that an 8-bit copy cannot hold them.
 */
export function faintPhantom(window: { center: number; width: number }): Phantom {
  const [columns, rows] = [1000, 640];
  const value = (x: number, y: number) => {
    const slope = Math.round(x / columns * 60_000 + y / rows * 4000);
    const check = (Math.floor(x / 24) + Math.floor(y / 24)) % 2 === 0 ? 40 : 0;
    return slope + check + Math.floor(noise(x, y) * 8);
  };
  return { columns, rows, window, value };
}

const inEllipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number) =>
  Math.max(0, 1 - ((x - cx) / rx) ** 2 - ((y - cy) / ry) ** 2);

/** Something like a chest radiograph from the side, 14 bits, with film noise: for looks, sizes and times. */
export function chestPhantom(columns: number, rows: number): Phantom {
  const value = (x: number, y: number) => {
    const [u, v] = [x / columns, y / rows];
    const body = inEllipse(u, v, 0.5, 0.52, 0.52, 0.42) ** 0.5;
    const lung = inEllipse(u, v, 0.52, 0.5, 0.34, 0.24) ** 0.5;
    const heart = inEllipse(u, v, 0.44, 0.58, 0.13, 0.15) ** 0.5;
    const ribs = lung * Math.max(0, Math.sin(u * 58 + v * 9)) ** 6;
    const spine = Math.max(0, 1 - Math.abs(v - 0.22 - (u - 0.5) ** 2 * 0.25) / 0.045) ** 0.5;
    const vertebrae = spine * (0.7 + 0.3 * Math.sign(Math.sin(u * 64)));
    const absorbed = body * 0.55 - lung * 0.3 + heart * 0.28 + ribs * 0.12 +
      vertebrae * 0.3 * Math.sign(body);
    return Math.round(900 + 12_500 * Math.min(Math.max(absorbed, 0), 1.05) + noise(x, y) * 90);
  };
  return { columns, rows, bitsStored: 14, window: { center: 6500, width: 11_500 }, value };
}

/** One slice of a stack, signed, Hounsfield-like. */
export function slicePhantom(slice: number, slices: number): Phantom {
  const side = 256;
  const size = 0.25 + 0.2 * Math.sin(slice / slices * Math.PI);
  const value = (x: number, y: number) => {
    const [u, v] = [x / side, y / side];
    const body = inEllipse(u, v, 0.5, 0.5, size + 0.12, size);
    const bone = inEllipse(u, v, 0.5, 0.5 - size * 0.6, 0.06, 0.06);
    const air = inEllipse(u, v, 0.5 + 0.1 * Math.cos(slice / 4), 0.55, 0.12, 0.1);
    const hounsfield = body === 0 ? -1000 : bone > 0 ? 700 : air > 0 ? -850 : 40 + 30 * body;
    return Math.round(hounsfield + (noise(x, y, slice) - 0.5) * 40) & 0xffff;
  };
  return { columns: side, rows: side, signed: true, window: { center: 40, width: 400 }, value };
}

/** A colour cine: a disc that goes round. */
export function cinePhantom(frames: number): Phantom {
  const [columns, rows] = [320, 240];
  const value = (x: number, y: number, frame: number, channel: number) => {
    const angle = frame / frames * 2 * Math.PI;
    const near = Math.hypot(x - 160 - 70 * Math.cos(angle), y - 120 - 70 * Math.sin(angle)) < 30;
    if (near) return channel === 0 ? 210 : 60;
    return Math.floor(noise(x, y, frame) * 60) + (channel === 2 ? 30 : 0);
  };
  return { columns, rows, frames, bitsStored: 8, samplesPerPixel: 3, frameTime: 50, value };
}
