// Small pictures of a frame: resized in full depth, windowed by the display rule, written as WebP. sharp only
// ever encodes raw bytes made here; it decodes nothing.
import sharp from "sharp";
import { displayTable, leastStored, minMaxWindow } from "../../domain/window.ts";
import { areaResize, fitted, type Size } from "./areaResize.ts";
import { rangeOf, type Samples } from "../pixels/grey.ts";
import type { ShownPixels } from "./samples.ts";

sharp.cache(false);
sharp.concurrency(1);

/** Longer sides in pixels. */
export const previewSides = { preview: 1024, thumbnail: 256 } as const;

/** A picture as WebP. */
export type Picture = Size & { readonly bytes: Uint8Array };

/** Preview and thumbnail of one frame. Grey takes the first stored window, else min-max of this frame. */
export async function picturesOf(
  samples: Samples,
  pixels: ShownPixels,
): Promise<{ preview: Picture; thumbnail: Picture }> {
  const components = pixels.samplesPerPixel;
  const large = fitted(pixels, previewSides.preview);
  const small = fitted(pixels, previewSides.thumbnail);
  const reduced = areaResize(samples, { from: pixels, to: large, components });
  const levels = levelsOf(pixels, samples);
  const preview = await webp(levels(reduced), large, components);
  const further = areaResize(reduced, { from: large, to: small, components });
  return { preview, thumbnail: await webp(levels(further), small, components) };
}

/** From samples, resized or not, to the 256 levels of a screen. `samples` are all of the frame. */
export function levelsOf(pixels: ShownPixels, samples: Samples): (values: Float32Array) => Uint8Array {
  if (pixels.samplesPerPixel === 3) return (values) => mapped(values, Math.round);
  const rescale = { slope: pixels.rescaleSlope, intercept: pixels.rescaleIntercept };
  const window = pixels.windows[0] ?? minMaxWindow(rangeOf(samples), rescale);
  const invert = pixels.photometricInterpretation === "MONOCHROME1";
  const table = displayTable({ ...pixels, rescale, window, invert });
  const least = leastStored(pixels);
  return (values) => mapped(values, (value) => table[Math.round(value) - least] ?? 0);
}

/** By index: from() would walk an iterator and box every sample, ten times slower. */
function mapped(values: Float32Array, level: (value: number) => number): Uint8Array {
  const levels = new Uint8Array(values.length);
  for (let index = 0; index < levels.length; index++) levels[index] = level(values[index] ?? 0);
  return levels;
}

async function webp(levels: Uint8Array, { columns, rows }: Size, channels: 1 | 3): Promise<Picture> {
  const raw = { width: columns, height: rows, channels };
  const bytes = await sharp(levels, { raw, limitInputPixels: previewSides.preview ** 2 })
    .webp({ quality: 80, effort: 4 })
    .toBuffer();
  return { columns, rows, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}
