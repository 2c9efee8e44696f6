// The hash by which two files are known to hold the same picture, whatever their transfer syntax.
import { createHash } from "node:crypto";
import { decodedFramesOf } from "./decode.ts";
import { nativeFrameBytes } from "./frames.ts";
import type { ImageDescription } from "../describe/image.ts";
import type { DicomFile } from "../read/part10.ts";
import { type ByteSource, bytesSource } from "../read/source.ts";
import { tags } from "../read/tags.ts";
import { isUndecodable, type Undecodable } from "./undecodable.ts";

export type PixelDigest = {
  readonly sha256: string;
  readonly bytes: number;
  readonly photometricInterpretation: string;
};

/**
 * SHA-256 of the decoded pixels: native little-endian samples in allocated width, interleaved by pixel, all
 * frames, padding byte removed; one-bit pixels stay packed. The reason of the first frame that cannot be decoded
 * otherwise.
 */
export async function pixelDigest(file: DicomFile, source?: ByteSource): Promise<PixelDigest | Undecodable> {
  if (isEmpty(file)) return emptyDigest;
  const decoded = decodedFramesOf(file, source);
  if (isUndecodable(decoded)) return decoded;
  const { image } = decoded;
  if (image.bitsAllocated === 1 && !file.pixelData?.encapsulated) return packedDigest(file, image, source);
  const hash = createHash("sha256");
  let bytes = 0;
  let { photometricInterpretation } = image;
  for (let index = 0; index < image.frames; index++) {
    const frame = await decoded.decode(index);
    if (isUndecodable(frame)) return frame;
    hash.update(frame.pixels);
    bytes += frame.pixels.length;
    photometricInterpretation = frame.photometricInterpretation;
  }
  return { sha256: hash.digest("hex"), bytes, photometricInterpretation };
}

/** A native Pixel Data element stands in a dataset that declares neither rows nor columns: it holds no samples. */
function isEmpty({ pixelData, dataset }: DicomFile): boolean {
  const declared = dataset.elements.has(tags.Rows) || dataset.elements.has(tags.Columns);
  return pixelData !== undefined && !pixelData.encapsulated && !declared;
}

const emptyDigest: PixelDigest = {
  sha256: createHash("sha256").digest("hex"),
  bytes: 0,
  photometricInterpretation: "",
};

function packedDigest(file: DicomFile, image: ImageDescription, source: ByteSource | undefined): PixelDigest {
  const from = file.deflated || !source ? bytesSource(file.dataset.bytes) : source;
  const value = from.read(file.pixelData?.offset ?? 0, Math.ceil(image.frames * nativeFrameBytes(image)));
  const sha256 = createHash("sha256").update(value).digest("hex");
  return { sha256, bytes: value.length, photometricInterpretation: image.photometricInterpretation };
}
