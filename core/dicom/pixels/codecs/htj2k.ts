// High-Throughput JPEG 2000 by OpenJPH (wasm): decoding, and the lossless encoding that the viewer reads by
// ranges: RPCL, so that each resolution follows the smaller one, in tile parts that the TLM marker lists.
import openjph from "@cornerstonejs/codec-openjph";
import { restartable } from "./restart.ts";

/** What OpenJPH says and wants to know of a codestream. */
export type FrameInfo = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
  readonly isUsingColorTransform: boolean;
};

/** The part of the wasm module's interface that is used here; the package brings no types. */
type Decoder = {
  getEncodedBuffer(size: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
};
type Encoder = {
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  setProgressionOrder(order: number): void;
  setDecompositions(levels: number): void;
  setTLMMarker(wanted: boolean): void;
  setTilePartDivisionsAtResolutions(wanted: boolean): void;
  setQuality(reversible: boolean, step: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
};
type OpenJPH = { HTJ2KDecoder: new () => Decoder; HTJ2KEncoder: new () => Encoder };

const withOpenJPH = restartable(() => (openjph as unknown as () => Promise<OpenJPH>)());

/** Resolutions of a derivative: full, ½, ¼, ⅛, 1⁄16, 1⁄32. */
export const decompositions = 5;
const RPCL = 2;

/** Decodes a codestream. Samples take one byte up to 8 bits, else two, little endian, by pixel. Throws on damage. */
export function decodeHTJ2K(encoded: Uint8Array): Promise<{ pixels: Uint8Array; info: FrameInfo }> {
  return withOpenJPH(({ HTJ2KDecoder }) => {
    const decoder = new HTJ2KDecoder();
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const info = { ...decoder.getFrameInfo() };
    const pixels = decoder.getDecodedBuffer().slice();
    decoder.delete();
    return { pixels, info };
  });
}

/** Encodes without loss. `pixels` as decodeHTJ2K gives them. */
export function encodeHTJ2K(pixels: Uint8Array, info: FrameInfo): Promise<Uint8Array> {
  return withOpenJPH(({ HTJ2KEncoder }) => {
    const encoder = new HTJ2KEncoder();
    encoder.getDecodedBuffer(info).set(pixels);
    encoder.setQuality(true, 0);
    encoder.setProgressionOrder(RPCL);
    encoder.setDecompositions(decompositions);
    encoder.setTLMMarker(true);
    encoder.setTilePartDivisionsAtResolutions(true);
    encoder.encode();
    const encoded = encoder.getEncodedBuffer().slice();
    encoder.delete();
    return encoded;
  });
}

/**
 * The byte after each tile part, counted from the start of the codestream, read from its TLM marker segments
 * (ITU-T T.800 A.7.1): decoding the first `ends[n]` bytes gives resolution n of 0 (smallest) to 5 (full).
 * Undefined when there is no index or it does not fill the codestream.
 */
export function tilePartEnds(codestream: Uint8Array): number[] | undefined {
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
  const lengths: number[] = [];
  let offset = 2;
  while (offset + 4 <= codestream.length && view.getUint16(offset) !== 0xff90) {
    const length = view.getUint16(offset + 2);
    if (view.getUint16(offset) === 0xff55) {
      lengths.push(...tilePartLengths(view, offset + 4, offset + 2 + length));
    }
    offset += 2 + length;
  }
  const ends: number[] = [];
  for (const length of lengths) ends.push(offset = offset + length);
  const endOfCodestream = 2;
  return ends.length > 0 && offset + endOfCodestream === codestream.length ? ends : undefined;
}

/** Ztlm, Stlm, then for each tile part its tile's index (0, 1 or 2 bytes) and its length (2 or 4 bytes). */
function tilePartLengths(view: DataView, start: number, end: number): number[] {
  const sizes = view.getUint8(start + 1);
  const indexBytes = (sizes >> 4) & 3;
  const long = (sizes & 0x40) !== 0;
  const step = indexBytes + (long ? 4 : 2);
  const lengths: number[] = [];
  for (let offset = start + 2; offset + step <= end; offset += step) {
    lengths.push(long ? view.getUint32(offset + indexBytes) : view.getUint16(offset + indexBytes));
  }
  return lengths;
}
