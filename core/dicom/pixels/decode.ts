// From stored frames to samples: chooses the codec by transfer syntax, compares the codestream's size with the
// header before any codec runs, and brings what comes out into one form. Runs inside decoder processes.
import { inflateRawSync } from "node:zlib";
import { decodeHTJ2K } from "./codecs/htj2k.ts";
import { type CodecFrame, decodeJPEG, decodeJPEG2000 } from "./codecs/jpeg.ts";
import { decodeJPEGLS } from "./codecs/jpegLS.ts";
import { codestreamSize } from "./codestream.ts";
import { type Frames, framesOf, nativeFrameBytes } from "./frames.ts";
import type { ImageDescription } from "../describe/image.ts";
import type { DicomFile } from "../read/part10.ts";
import { decodeRLE } from "./rle.ts";
import { interleaved, inWidth, unpackedBits } from "./samples.ts";
import type { ByteSource } from "../read/source.ts";
import { type TransferSyntax, transferSyntaxOf } from "../read/transferSyntax.ts";
import { isUndecodable, type Undecodable, undecodable } from "./undecodable.ts";

/** Samples of one frame: allocated width, little endian, interleaved by pixel. */
export type DecodedFrame = {
  readonly pixels: Uint8Array;
  /** 8, 16, 32 or 64; one-bit frames come out as bytes. */
  readonly bitsAllocated: number;
  readonly samplesPerPixel: number;
  /** As decoded: lossy YBR codestreams become RGB, JPEG 2000 transforms are undone. */
  readonly photometricInterpretation: string;
};

/** A frame beyond this many pixels is not decoded. */
export const mostPixels = 100_000_000;

/** The frames of a file, decoded one at a time. */
export type DecodedFrames = {
  readonly image: ImageDescription;
  readonly decode: (index: number) => Promise<DecodedFrame | Undecodable>;
};

/** Opens the frames of a file for decoding; see framesOf for `source`. */
export function decodedFramesOf(file: DicomFile, source?: ByteSource): DecodedFrames | Undecodable {
  const syntax = transferSyntaxOf(file.transferSyntaxUID);
  if (!syntax || syntax.frames === "none") {
    return undecodable(`transfer syntax ${syntax?.name ?? "unknown"} is kept but not decoded yet`);
  }
  const frames = framesOf(file, source);
  if (isUndecodable(frames)) return frames;
  const { rows, columns } = frames.image;
  if (rows * columns > mostPixels) return undecodable(`${columns} × ${rows} pixels are more than we decode`);
  // A native value under an encapsulated syntax (or the reverse) is taken as what it is.
  const native = !file.pixelData?.encapsulated;
  return {
    image: frames.image,
    decode: async (index) =>
      native ? decodeNative(frames, index) : await decodeEncapsulated(frames, index, syntax),
  };
}

function decodeNative(frames: Frames, index: number): DecodedFrame | Undecodable {
  const bytes = frames.read(index);
  if (isUndecodable(bytes)) return bytes;
  const { image } = frames;
  return image.bitsAllocated === 1 ? oneBit(bytes, image, index) : arranged(bytes, image);
}

function oneBit(bytes: Uint8Array, image: ImageDescription, index: number): DecodedFrame {
  const count = image.rows * image.columns * image.samplesPerPixel;
  const pixels = unpackedBits(bytes, (index * count) % 8, count);
  const { samplesPerPixel, photometricInterpretation } = image;
  return { pixels, bitsAllocated: 8, samplesPerPixel, photometricInterpretation };
}

function arranged(bytes: Uint8Array, image: ImageDescription): DecodedFrame {
  const { samplesPerPixel, bitsAllocated, photometricInterpretation } = image;
  const planar = image.planarConfiguration === 1 && samplesPerPixel > 1;
  const pixels = planar ? interleaved(bytes, samplesPerPixel, bitsAllocated / 8) : bytes;
  return { pixels, bitsAllocated, samplesPerPixel, photometricInterpretation };
}

async function decodeEncapsulated(
  frames: Frames,
  index: number,
  syntax: TransferSyntax,
): Promise<DecodedFrame | Undecodable> {
  const encoded = frames.read(index);
  if (isUndecodable(encoded)) return encoded;
  const { image } = frames;
  if (syntax.frames === "RLE") return fromRLE(encoded, image);
  if (syntax.frames === "deflated frames") return inflated(encoded, image);
  const misfit = sizeMisfit(encoded, image);
  if (misfit) return undecodable(misfit);
  try {
    return checked(await runCodec(encoded, image, syntax), image);
  } catch {
    // What a codec throws is a number or its own words: the reason that matters is that the frame is damaged.
    return undecodable(`the ${syntax.frames} codestream is damaged`);
  }
}

function fromRLE(encoded: Uint8Array, image: ImageDescription): DecodedFrame | Undecodable {
  const { samplesPerPixel, bitsAllocated, photometricInterpretation } = image;
  if (bitsAllocated % 8 !== 0) return undecodable("one-bit RLE is kept but not decoded yet");
  const size = {
    pixels: image.rows * image.columns,
    samples: samplesPerPixel,
    bytesPerSample: bitsAllocated / 8,
  };
  const pixels = decodeRLE(encoded, size);
  return isUndecodable(pixels)
    ? pixels
    : { pixels, bitsAllocated, samplesPerPixel, photometricInterpretation };
}

/** PS3.5 annex A.4.14: each frame is a raw deflate stream of its native bytes. */
function inflated(encoded: Uint8Array, image: ImageDescription): DecodedFrame | Undecodable {
  const size = Math.ceil(nativeFrameBytes(image));
  try {
    const bytes = new Uint8Array(inflateRawSync(encoded, { maxOutputLength: size + 1 }));
    return bytes.length < size
      ? undecodable("the deflated frame is too short")
      : arranged(bytes.subarray(0, size), image);
  } catch {
    return undecodable("the deflated frame is damaged");
  }
}

/** Why the codestream does not fit its header; undefined when it does. */
function sizeMisfit(encoded: Uint8Array, image: ImageDescription): string | undefined {
  const size = codestreamSize(encoded);
  if (!size) return "the frame is no codestream of its transfer syntax";
  if (size.columns !== image.columns || size.rows !== image.rows) {
    return `the codestream is ${size.columns} × ${size.rows}, the header says ${image.columns} × ${image.rows}`;
  }
  if (size.components !== image.samplesPerPixel) {
    return `the codestream has ${size.components} components, the header says ${image.samplesPerPixel}`;
  }
  return size.bits > image.bitsAllocated ? `the codestream has ${size.bits} bits a sample` : undefined;
}

function runCodec(encoded: Uint8Array, image: ImageDescription, syntax: TransferSyntax): Promise<CodecFrame> {
  if (syntax.frames === "JPEG") return decodeJPEG(encoded, image);
  if (syntax.frames === "JPEG 2000") return decodeJPEG2000(encoded, image);
  return syntax.frames === "HTJ2K" ? fromHTJ2K(encoded, image) : fromJPEGLS(encoded, image);
}

async function fromJPEGLS(encoded: Uint8Array, image: ImageDescription): Promise<CodecFrame> {
  const { pixels, planar, bits } = await decodeJPEGLS(encoded);
  const { samplesPerPixel, photometricInterpretation } = image;
  return { pixels, planar, bitsAllocated: bits > 8 ? 16 : 8, samplesPerPixel, photometricInterpretation };
}

async function fromHTJ2K(encoded: Uint8Array, image: ImageDescription): Promise<CodecFrame> {
  const { pixels, info } = await decodeHTJ2K(encoded);
  return {
    pixels,
    planar: false,
    bitsAllocated: info.bitsPerSample > 8 ? 16 : 8,
    samplesPerPixel: info.componentCount,
    photometricInterpretation: withoutTransform(image.photometricInterpretation),
  };
}

/** The reversible and irreversible colour transforms belong to the codestream: what is decoded is RGB. */
function withoutTransform(photometricInterpretation: string): string {
  return ["YBR_RCT", "YBR_ICT"].includes(photometricInterpretation) ? "RGB" : photometricInterpretation;
}

function checked(frame: CodecFrame, image: ImageDescription): DecodedFrame | Undecodable {
  const { samplesPerPixel, planar } = frame;
  const from = frame.bitsAllocated / 8;
  const samples = image.rows * image.columns * samplesPerPixel;
  if (frame.pixels.length !== samples * from) {
    return undecodable("the codestream ends before the frame is full");
  }
  const byPixel = planar && samplesPerPixel > 1
    ? interleaved(frame.pixels, samplesPerPixel, from)
    : frame.pixels;
  const bitsAllocated = image.bitsAllocated <= 8 ? 8 : image.bitsAllocated;
  const pixels = inWidth(byPixel, { from, to: bitsAllocated / 8 });
  const photometricInterpretation = withoutTransform(frame.photometricInterpretation);
  return { pixels, bitsAllocated, samplesPerPixel, photometricInterpretation };
}
