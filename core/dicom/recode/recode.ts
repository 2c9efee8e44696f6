// The dataset of a file in another little endian transfer syntax without compression, for a peer that does not take
// the stored one. Only what loses nothing is done: lossy pictures go as they are or not at all. Runs inside decoder
// processes.
import { closeSync, openSync, writeSync } from "node:fs";
import { decodedFramesOf } from "../pixels/decode.ts";
import { isUndecodable, type Undecodable, undecodable } from "../pixels/undecodable.ts";
import { type Dataset, itemsOf } from "../read/dataset.ts";
import type { DicomFile } from "../read/part10.ts";
import type { PixelElement } from "../read/reader.ts";
import { type ByteSource, bytesSource, fileSource, readForFrames } from "../read/source.ts";
import { tags } from "../read/tags.ts";
import { type TransferSyntax, transferSyntaxOf } from "../read/transferSyntax.ts";
import { elementHeader, encodeDataset, type Replacement } from "./encode.ts";

/** A dataset file that was written. */
export type RecodedDataset = { readonly bytes: number };

const pieceBytes = 1024 * 1024;
const longestValue = 0xfffffffe;
/** They tell where compressed frames begin (PS3.3 C.7.6.3.1.8). */
const offsetTables = [tags.ExtendedOffsetTable, tags.ExtendedOffsetTableLengths];

/**
 * Writes the dataset of the file at `path` to `target` in explicit or implicit VR little endian, or says why that is
 * not possible. What stands behind the pixels (padding, signatures that no longer hold) is left out.
 */
export async function recodeFile(
  path: string,
  target: string,
  transferSyntaxUID: string,
): Promise<RecodedDataset | Undecodable> {
  const wanted = transferSyntaxOf(transferSyntaxUID);
  if (!wanted || wanted.encapsulated || wanted.deflated || !wanted.littleEndian) {
    return undecodable("this transfer syntax is not written");
  }
  const source = fileSource(path);
  const output = openSync(target, "w", 0o600);
  let bytes = 0;
  const write = (piece: Uint8Array) => {
    for (let at = 0; at < piece.length;) at += writeSync(output, piece, at);
    bytes += piece.length;
  };
  try {
    const file = readForFrames(source);
    const from = file.deflated ? bytesSource(file.dataset.bytes) : source;
    const refused = reasonAgainst(file) ?? await writeDataset({ file, from, write, wanted });
    return refused ?? { bytes };
  } finally {
    closeSync(output);
    source.close();
  }
}

function reasonAgainst({ fault, transferSyntaxUID, dataset, pixelData }: DicomFile): Undecodable | undefined {
  const syntax = transferSyntaxOf(transferSyntaxUID);
  if (fault) return undecodable(`the header cannot be read to its end: ${fault.reason}`);
  if (!syntax || !dataset.littleEndian) return undecodable("the stored transfer syntax cannot be rewritten");
  if (pixelData?.encapsulated && !syntax.lossless) {
    return undecodable(`${syntax.name} is lossy: decoding it would not give the picture as it was sent`);
  }
  const hasNestedPicture = itemsOf(dataset, tags.IconImageSequence).some((item) =>
    item.elements.has(tags.PixelData)
  );
  return syntax.encapsulated && hasNestedPicture ? undecodable("its icon is compressed as well") : undefined;
}

type Writing = {
  readonly file: DicomFile;
  readonly from: ByteSource;
  readonly write: (piece: Uint8Array) => void;
  readonly wanted: TransferSyntax;
};

async function writeDataset(writing: Writing): Promise<Undecodable | undefined> {
  const { file, write, wanted } = writing;
  const { pixelData, dataset } = file;
  if (pixelData?.encapsulated) return await writeDecoded(writing, dataset);
  write(encodeDataset(dataset, { explicitVR: wanted.explicitVR }));
  return pixelData ? copyPixels(writing, pixelData) : undefined;
}

function copyPixels({ from, write, wanted }: Writing, pixels: PixelElement): Undecodable | undefined {
  const { offset, length = 0 } = pixels;
  if (offset + length > from.size) return undecodable("the pixel data is cut off");
  const vr = /^O[A-Z]$/.test(pixels.vr) ? pixels.vr : "OW";
  write(elementHeader({ tag: pixels.tag, vr }, length, wanted.explicitVR));
  for (let at = 0; at < length; at += pieceBytes) {
    write(from.read(offset + at, Math.min(pieceBytes, length - at)));
  }
  return undefined;
}

async function writeDecoded(
  { file, from, write, wanted }: Writing,
  dataset: Dataset,
): Promise<Undecodable | undefined> {
  const decoded = decodedFramesOf(file, from);
  if (isUndecodable(decoded)) return decoded;
  const { frames } = decoded.image;
  for (let index = 0; index < frames; index++) {
    const frame = await decoded.decode(index);
    if (isUndecodable(frame)) return frame;
    const length = frame.pixels.length * frames;
    if (index === 0) {
      if (length > longestValue) return undecodable("it is too large without compression");
      const { explicitVR } = wanted;
      write(encodeDataset(dataset, { explicitVR, replaced: replacements(frame), without: offsetTables }));
      const vr = frame.bitsAllocated > 8 ? "OW" : "OB";
      write(elementHeader({ tag: tags.PixelData, vr }, length + length % 2, wanted.explicitVR));
    }
    write(frame.pixels);
    if (index === frames - 1 && length % 2 === 1) write(new Uint8Array(1));
  }
  return undefined;
}

/** What the header must say of the pixels as they are decoded. */
function replacements(
  frame: { photometricInterpretation: string; samplesPerPixel: number; bitsAllocated: number },
): Replacement[] {
  const name = frame.photometricInterpretation;
  const photometric = Buffer.from(name.length % 2 === 0 ? name : `${name} `, "latin1");
  const number = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
  return [
    { tag: tags.PhotometricInterpretation, vr: "CS", value: photometric },
    { tag: tags.BitsAllocated, vr: "US", value: number(frame.bitsAllocated) },
    ...(frame.samplesPerPixel > 1 ? [{ tag: tags.PlanarConfiguration, vr: "US", value: number(0) }] : []),
  ];
}
