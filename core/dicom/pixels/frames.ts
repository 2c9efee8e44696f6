// Where each frame of an instance stands: by arithmetic for native pixels, by the Extended or Basic Offset Table
// or the fragments themselves for encapsulated ones (PS3.5 §8.2, annex A.4). Offset tables are hints: one that
// does not fit the fragments is ignored.
import { numbersOf } from "../read/dataset.ts";
import { type ImageDescription, imageOf } from "../describe/image.ts";
import type { DicomFile } from "../read/part10.ts";
import { readerLimits } from "../read/reader.ts";
import { swapped } from "./samples.ts";
import { type ByteSource, bytesSource } from "../read/source.ts";
import { tags } from "../read/tags.ts";
import { isUndecodable, type Undecodable, undecodable } from "./undecodable.ts";

/** The frames of one instance as they are stored. */
export type Frames = {
  readonly image: ImageDescription;
  /** The bytes of frame `index` (from 0): native samples in little endian, or the codestream with its fragments joined. */
  readonly read: (index: number) => Uint8Array | Undecodable;
};

type Piece = { readonly offset: number; readonly length: number };

/**
 * Finds the frames of a file. `source` is where the file's bytes are read from when `file` was made from its
 * beginning alone; without it, and for deflated datasets, the bytes of `file` are taken.
 */
export function framesOf(
  file: DicomFile,
  source: ByteSource = bytesSource(file.dataset.bytes),
): Frames | Undecodable {
  const { pixelData } = file;
  const image = imageOf(file);
  if (!pixelData) return undecodable("there is no pixel data");
  if (!image) return undecodable("the header gives no image size");
  const bytes = file.deflated ? bytesSource(file.dataset.bytes) : source;
  if (pixelData.tag !== tags.PixelData) return undecodable("float pixel data is kept but not decoded yet");
  return pixelData.encapsulated ? encapsulatedFrames(file, image, bytes) : nativeFrames(file, image, bytes);
}

/** Bytes of one native frame; a YBR_FULL_422 pixel pair shares its chroma (PS3.3 C.7.6.3.1.2). */
export function nativeFrameBytes(image: ImageDescription): number {
  const samples = image.photometricInterpretation === "YBR_FULL_422" ? 2 : image.samplesPerPixel;
  return image.rows * image.columns * samples * image.bitsAllocated / 8;
}

function nativeFrames(file: DicomFile, image: ImageDescription, source: ByteSource): Frames | Undecodable {
  if (image.bitsAllocated !== 1 && image.bitsAllocated % 8 !== 0) {
    return undecodable(`${image.bitsAllocated} bits allocated are kept but not decoded yet`);
  }
  const { offset = 0, length = 0, vr } = file.pixelData ?? {};
  const size = nativeFrameBytes(image);
  const end = Math.min(source.size, offset + length);
  // In big endian, bytes packed into 16-bit words (OW) are swapped too (PS3.5 §8.1.1).
  const word = file.dataset.littleEndian ? 1 : Math.max(image.bitsAllocated / 8, vr === "OW" ? 2 : 1);
  return {
    image,
    read: (index) => {
      // One-bit frames follow each other without padding: take every byte that holds a bit of this one.
      const start = Math.floor(index * size);
      const stop = Math.ceil((index + 1) * size);
      if (index < 0 || index >= image.frames || offset + stop > end) return undecodable(cutOff);
      if (word === 1) return source.read(offset + start, stop - start);
      const aligned = start - start % word;
      const words = source.read(offset + aligned, Math.ceil((stop - aligned) / word) * word);
      return swapped(words, word).subarray(start - aligned, stop - aligned);
    },
  };
}

const cutOff = "the pixel data ends before this frame";

function encapsulatedFrames(
  file: DicomFile,
  image: ImageDescription,
  source: ByteSource,
): Frames | Undecodable {
  const fragments = fragmentsOf(file, source);
  if (isUndecodable(fragments)) return fragments;
  const groups = groupFragments(file, image, fragments, source);
  if (isUndecodable(groups)) return groups;
  return {
    image,
    read: (index) => {
      const group = groups[index];
      return group && group.length > 0 ? join(group, source) : undecodable("this frame has no fragments");
    },
  };
}

type Fragments = { readonly table: Piece; readonly pieces: readonly Piece[] };

/** The items of the pixel data: the offset table first, then the fragments. A cut-off end keeps what is there. */
function fragmentsOf({ pixelData }: DicomFile, source: ByteSource): Fragments | Undecodable {
  const pieces: Piece[] = [];
  let offset = pixelData?.offset ?? 0;
  while (pieces.length <= readerLimits.fragments && offset + 8 <= source.size) {
    const header = source.read(offset, 8);
    const view = new DataView(header.buffer, header.byteOffset, 8);
    if (view.getUint16(0, true) !== 0xfffe || view.getUint16(2, true) !== 0xe000) break;
    const length = view.getUint32(4, true);
    pieces.push({ offset: offset + 8, length: Math.min(length, source.size - offset - 8) });
    offset += 8 + length;
  }
  const [table, ...rest] = pieces;
  return table && rest.length > 0 ? { table, pieces: rest } : undecodable("the pixel data has no fragments");
}

function groupFragments(
  file: DicomFile,
  { frames }: ImageDescription,
  { table, pieces }: Fragments,
  source: ByteSource,
): Piece[][] | Undecodable {
  if (frames === 1) return [[...pieces]];
  const extended = numbersOf(file.dataset, tags.ExtendedOffsetTable, readerLimits.fragments);
  const starts = [extended, basicOffsets(table, source)].map((offsets) => startsOf(offsets, frames, pieces))
    .find((found) => found !== undefined);
  if (starts) return split(pieces, starts);
  if (pieces.length === frames) return pieces.map((piece) => [piece]);
  const marked = pieces.flatMap((piece, index) =>
    beginsCodestream(source.read(piece.offset, 4)) ? [index] : []
  );
  if (marked.length === frames && marked[0] === 0) return split(pieces, marked);
  if (pieces.length < frames) return pieces.map((piece) => [piece]);
  return undecodable("the fragments cannot be told apart into frames");
}

function basicOffsets(table: Piece, source: ByteSource): number[] {
  const bytes = source.read(table.offset, table.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => view.getUint32(4 * index, true));
}

/** Offsets count from the first fragment's item; each must meet one, in rising order. */
function startsOf(
  offsets: readonly number[],
  frames: number,
  pieces: readonly Piece[],
): number[] | undefined {
  if (offsets.length !== frames) return undefined;
  const base = pieces[0]?.offset ?? 0;
  const indexes = new Map(pieces.map((piece, index) => [piece.offset - base, index]));
  const starts = offsets.map((offset) => indexes.get(offset) ?? -1);
  const rising = starts.every((start, index) => index === 0 ? start === 0 : start > (starts[index - 1] ?? 0));
  return rising ? starts : undefined;
}

function split(pieces: readonly Piece[], starts: readonly number[]): Piece[][] {
  return starts.map((start, index) => pieces.slice(start, starts[index + 1] ?? pieces.length));
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000. */
function beginsCodestream([first, second, third]: Uint8Array): boolean {
  return first === 0xff && ((second === 0xd8 && third === 0xff) || (second === 0x4f && third === 0xff));
}

function join(pieces: readonly Piece[], source: ByteSource): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return source.read(only.offset, only.length);
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(source.read(piece.offset, piece.length), offset);
    offset += piece.length;
  }
  return joined;
}
