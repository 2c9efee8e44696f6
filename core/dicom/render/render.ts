// A frame as a picture for people (PS3.18 10.4.1.1.3, 8.3.5): decoded, cut to a region, made smaller, windowed. Runs
// inside decoder processes; sharp only ever encodes raw bytes made here.
import { writeFileSync } from "node:fs";
import sharp, { type Sharp } from "sharp";
import type { Window } from "#core/contract/pixels.ts";
import { areaResize, fitted, type Size } from "../derive/areaResize.ts";
import { isColour, samplesOf, type ShownPixels, shownPixels } from "../derive/samples.ts";
import { levelsOf } from "../derive/preview.ts";
import { decodedFramesOf, mostPixels } from "../pixels/decode.ts";
import type { Samples } from "../pixels/grey.ts";
import { isUndecodable, type Undecodable, undecodable } from "../pixels/undecodable.ts";
import { fileSource, readForFrames } from "../read/source.ts";

sharp.cache(false);
sharp.concurrency(1);

/** A part of the frame, in pixels of it. */
export type Region = {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
};

/** What is wanted: `frame` from 1, 0 for the middle one; `fit` the size into which the picture is made to fit. */
export type RenderWish = {
  readonly frame: number;
  readonly mediaType: "image/jpeg" | "image/png" | "image/webp";
  /** 1 to 100, for lossy types. */
  readonly quality: number;
  readonly fit?: Size;
  readonly region?: Region;
  readonly window?: Pick<Window, "center" | "width" | "function">;
};

/** The picture that was written. */
export type Rendered = Size & { readonly bytes: number };

/** Renders a frame of `path` into `target`. */
export async function renderFrame(
  path: string,
  target: string,
  wish: RenderWish,
): Promise<Rendered | Undecodable> {
  const source = fileSource(path);
  try {
    const file = readForFrames(source);
    const decoded = decodedFramesOf(file, source);
    if (isUndecodable(decoded)) return decoded;
    const { image } = decoded;
    const number = wish.frame === 0 ? Math.floor(image.frames / 2) + 1 : wish.frame;
    if (number > image.frames) return undecodable(`there is no frame ${number} of ${image.frames}`);
    const frame = await decoded.decode(number - 1);
    if (isUndecodable(frame)) return frame;
    const samples = samplesOf(frame, image, file.dataset);
    if (isUndecodable(samples)) return samples;
    const pixels = shownPixels(image, isColour(image));
    const windows = wish.window ? [{ ...wish.window, explanation: null }] : pixels.windows;
    const picture = pictured(samples, { ...pixels, windows }, wish);
    if (isUndecodable(picture)) return picture;
    const bytes = await encoded(picture, wish);
    writeFileSync(target, bytes, { mode: 0o600 });
    return { columns: picture.columns, rows: picture.rows, bytes: bytes.length };
  } finally {
    source.close();
  }
}

type Picture = Size & { readonly levels: Uint8Array; readonly channels: 1 | 3 };

function pictured(
  samples: Samples,
  pixels: ShownPixels,
  { fit, region }: RenderWish,
): Picture | Undecodable {
  const components = pixels.samplesPerPixel;
  const cut = region ? cropped(samples, pixels, { region, components }) : { samples, size: pixels };
  if (isUndecodable(cut)) return cut;
  const size = fit ? fittedInto(cut.size, fit) : { columns: cut.size.columns, rows: cut.size.rows };
  const same = size.columns === cut.size.columns && size.rows === cut.size.rows;
  const reduced = same
    ? Float32Array.from(cut.samples)
    : areaResize(cut.samples, { from: cut.size, to: size, components });
  return { ...size, channels: components, levels: levelsOf(pixels, samples)(reduced) };
}

/** The size inside both sides, never larger than it is. */
function fittedInto(size: Size, into: Size): Size {
  const scale = Math.min(1, into.columns / size.columns, into.rows / size.rows);
  return fitted(size, Math.max(1, Math.round(Math.max(size.columns, size.rows) * scale)));
}

function cropped(
  samples: Samples,
  { columns, rows }: Size,
  { region, components }: { readonly region: Region; readonly components: number },
): { samples: Samples; size: Size } | Undecodable {
  const { left, top } = region;
  const size = {
    columns: Math.min(region.columns, columns - left),
    rows: Math.min(region.rows, rows - top),
  };
  if (size.columns < 1 || size.rows < 1) return undecodable("the region lies outside the picture");
  const cut = samples.slice(0, size.columns * size.rows * components);
  for (let row = 0; row < size.rows; row++) {
    const from = ((top + row) * columns + left) * components;
    cut.set(samples.subarray(from, from + size.columns * components), row * size.columns * components);
  }
  return { samples: cut, size };
}

async function encoded({ levels, columns, rows, channels }: Picture, wish: RenderWish): Promise<Uint8Array> {
  const raw = { width: columns, height: rows, channels };
  const picture = sharp(levels, { raw, limitInputPixels: mostPixels });
  const { quality } = wish;
  if (wish.mediaType === "image/png") return await grey(picture, channels).png().toBuffer();
  if (wish.mediaType === "image/webp") return await picture.webp({ quality }).toBuffer();
  return await grey(picture, channels).jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** Grey stays one channel; by itself sharp makes three of it. */
function grey(picture: Sharp, channels: 1 | 3): Sharp {
  return channels === 1 ? picture.toColourspace("b-w") : picture;
}
