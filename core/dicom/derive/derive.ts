// Derivatives of one instance: every frame as lossless HTJ2K in one file, a preview and a thumbnail. Each encoded
// frame is decoded again and compared sample by sample before it counts. Runs inside decoder processes.
import { createHash, type Hash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { FramePixels, FrameRange } from "#core/contract/pixels.ts";
import { decodeHTJ2K, encodeHTJ2K, type FrameInfo, tilePartEnds } from "../pixels/codecs/htj2k.ts";
import type { Dataset } from "../read/dataset.ts";
import { type DecodedFrames, decodedFramesOf } from "../pixels/decode.ts";
import { rangeOf, type Samples } from "../pixels/grey.ts";
import type { ImageDescription } from "../describe/image.ts";
import { type Picture, picturesOf } from "./preview.ts";
import { framePixels, isColour, samplesOf } from "./samples.ts";
import { fileSource, readForFrames } from "../read/source.ts";
import { isUndecodable, type Undecodable, undecodable } from "../pixels/undecodable.ts";

/** A file made in the output folder, flushed to disk. */
export type DerivedFile = { readonly path: string; readonly bytes: number; readonly sha256: string };

/** A derived picture with its size in pixels. */
export type DerivedPicture = DerivedFile & { readonly columns: number; readonly rows: number };

/** Where one frame stands in the file of codestreams, or why it is not there. */
export type DerivedFrame = FrameRange | Undecodable;

/** What was made of one instance. */
export type DerivedInstance = {
  readonly pixels: FramePixels;
  /** HTJ2K codestreams one after another. */
  readonly codestreams: DerivedFile;
  /** In order; a frame that could not be decoded says why and takes no bytes. */
  readonly frames: readonly DerivedFrame[];
  readonly preview: DerivedPicture;
  readonly thumbnail: DerivedPicture;
  /** SHA-256 over the samples of all decodable frames in the derivative's form. */
  readonly samplesSha256: string;
};

/**
 * Derives an instance from its file into `folder` (made when missing): `frames.j2c`, `preview.webp`,
 * `thumbnail.webp`. Gives a reason when no frame can be decoded. Throws the system's error when reading or
 * writing fails.
 */
export async function deriveInstance(path: string, folder: string): Promise<DerivedInstance | Undecodable> {
  const source = fileSource(path);
  try {
    const file = readForFrames(source);
    const decoded = decodedFramesOf(file, source);
    if (isUndecodable(decoded)) return decoded;
    mkdirSync(folder, { recursive: true });
    return await deriveFrames(decoded, file.dataset, folder);
  } finally {
    source.close();
  }
}

type Progress = {
  output: OutputFile;
  frames: DerivedFrame[];
  samples: Hash;
  minimum: number;
  maximum: number;
  shown?: Samples;
};

async function deriveFrames(
  decoded: DecodedFrames,
  dataset: Dataset,
  folder: string,
): Promise<DerivedInstance | Undecodable> {
  const { image } = decoded;
  const output = openOutput(join(folder, "frames.j2c"));
  const progress: Progress = {
    output,
    frames: [],
    samples: createHash("sha256"),
    minimum: Infinity,
    maximum: -Infinity,
  };
  try {
    for (let index = 0; index < image.frames; index++) {
      progress.frames.push(await deriveFrame(decoded, dataset, { index, progress }));
    }
  } finally {
    output.close();
  }
  const { shown } = progress;
  if (!shown) return firstReason(progress.frames);
  const pixels = framePixels(image, isColour(image), progress);
  const pictures = await picturesOf(shown, pixels);
  return {
    pixels,
    codestreams: output.file(),
    frames: progress.frames,
    preview: writePicture(join(folder, "preview.webp"), pictures.preview),
    thumbnail: writePicture(join(folder, "thumbnail.webp"), pictures.thumbnail),
    samplesSha256: progress.samples.digest("hex"),
  };
}

async function deriveFrame(
  { image, decode }: DecodedFrames,
  dataset: Dataset,
  { index, progress }: { index: number; progress: Progress },
): Promise<DerivedFrame> {
  const frame = await decode(index);
  if (isUndecodable(frame)) return frame;
  const samples = samplesOf(frame, image, dataset);
  if (isUndecodable(samples)) return samples;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const encoded = await encodeVerified(bytes, frameInfo(image));
  if (isUndecodable(encoded)) return encoded;
  const { minimum, maximum } = rangeOf(samples);
  progress.minimum = Math.min(progress.minimum, minimum);
  progress.maximum = Math.max(progress.maximum, maximum);
  progress.samples.update(bytes);
  // The picture is of the middle frame, or of the last one before it that could be decoded.
  if (!progress.shown || index <= Math.floor(image.frames / 2)) progress.shown = samples;
  const offset = progress.output.write(encoded.codestream);
  return { offset, length: encoded.codestream.length, tilePartEnds: encoded.tilePartEnds };
}

function frameInfo(image: ImageDescription): FrameInfo {
  const colour = isColour(image);
  return {
    width: image.columns,
    height: image.rows,
    bitsPerSample: colour ? 8 : Math.max(8, image.bitsStored),
    componentCount: colour ? 3 : 1,
    isSigned: !colour && image.signed,
    isUsingColorTransform: colour,
  };
}

async function encodeVerified(
  samples: Uint8Array,
  info: FrameInfo,
): Promise<{ codestream: Uint8Array; tilePartEnds: number[] } | Undecodable> {
  const codestream = await encodeHTJ2K(samples, info);
  const ends = tilePartEnds(codestream);
  const { pixels } = await decodeHTJ2K(codestream);
  if (!ends || Buffer.compare(pixels, samples) !== 0) {
    return undecodable("the derivative did not equal its source");
  }
  return { codestream, tilePartEnds: ends };
}

function firstReason(frames: readonly DerivedFrame[]): Undecodable {
  return frames.find(isUndecodable) ?? undecodable("there are no frames");
}

function writePicture(path: string, { bytes, columns, rows }: Picture): DerivedPicture {
  const output = openOutput(path);
  output.write(bytes);
  output.close();
  return { ...output.file(), columns, rows };
}

type OutputFile = {
  /** Appends and gives the offset at which the bytes begin. */
  write: (bytes: Uint8Array) => number;
  close: () => void;
  file: () => DerivedFile;
};

function openOutput(path: string): OutputFile {
  const descriptor = openSync(path, "w");
  const hash = createHash("sha256");
  let length = 0;
  return {
    write: (bytes) => {
      const offset = length;
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
      hash.update(bytes);
      length += bytes.length;
      return offset;
    },
    close: () => {
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
    file: () => ({ path, bytes: length, sha256: hash.copy().digest("hex") }),
  };
}
