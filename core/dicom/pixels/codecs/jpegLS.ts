// JPEG-LS by CharLS (wasm).
import charls from "@cornerstonejs/codec-charls";
import { restartable } from "./restart.ts";

type FrameInfo = { width: number; height: number; bitsPerSample: number; componentCount: number };

/** The part of the wasm module's interface that is used here; the package brings no types. */
type JpegLSDecoder = {
  getEncodedBuffer(size: number): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  /** 0: planes one after another, 1: by line, 2: by sample. The decoder gives 1 and 2 out by pixel. */
  getInterleaveMode(): number;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
};
type CharLS = { JpegLSDecoder: new () => JpegLSDecoder };

const withCharLS = restartable(() => (charls as unknown as () => Promise<CharLS>)());

/** Decodes a codestream. Samples take one byte up to 8 bits, else two, little endian. Throws on damage. */
export function decodeJPEGLS(
  encoded: Uint8Array,
): Promise<{ pixels: Uint8Array; planar: boolean; bits: number }> {
  return withCharLS(({ JpegLSDecoder }) => {
    const decoder = new JpegLSDecoder();
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const { componentCount, bitsPerSample } = decoder.getFrameInfo();
    const planar = componentCount > 1 && decoder.getInterleaveMode() === 0;
    const pixels = decoder.getDecodedBuffer().slice();
    decoder.delete();
    return { pixels, planar, bits: bitsPerSample };
  });
}
