// RLE Lossless (PS3.5 annex G): up to 15 PackBits segments a frame, one for each byte of each sample, most
// significant byte first. Every offset and run is checked against the bytes that are there.
import { type Undecodable, undecodable } from "./undecodable.ts";

/**
 * Decodes one frame to interleaved little-endian samples.
 * `pixels` is rows × columns, `bytesPerSample` the allocated width.
 */
export function decodeRLE(
  encoded: Uint8Array,
  { pixels, samples, bytesPerSample }: { pixels: number; samples: number; bytesPerSample: number },
): Uint8Array | Undecodable {
  const planes = samples * bytesPerSample;
  if (encoded.length < 64) return undecodable("the RLE header is cut off");
  const header = new DataView(encoded.buffer, encoded.byteOffset, 64);
  const segments = header.getUint32(0, true);
  if (segments !== planes) return undecodable(`there are ${segments} RLE segments where ${planes} are due`);
  const output = new Uint8Array(pixels * planes);
  for (let segment = 0; segment < segments; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? header.getUint32(8 + 4 * segment, true) : encoded.length;
    if (start < 64 || start > end || end > encoded.length) {
      return undecodable("an RLE segment lies outside the frame");
    }
    const sample = Math.floor(segment / bytesPerSample);
    const significance = bytesPerSample - 1 - segment % bytesPerSample;
    const first = sample * bytesPerSample + significance;
    const filled = unpack(encoded, { start, end, output, first, step: planes, count: pixels });
    if (filled < pixels) return undecodable("an RLE segment ends before its plane is full");
  }
  return output;
}

type Plane = { start: number; end: number; output: Uint8Array; first: number; step: number; count: number };

/** Unpacks one segment into every `step`-th byte; gives the number of bytes written, at most `count`. */
function unpack(encoded: Uint8Array, { start, end, output, first, step, count }: Plane): number {
  const stop = first + count * step;
  let to = first;
  let from = start;
  while (from < end && to < stop) {
    const control = encoded[from++] ?? 0;
    if (control < 128) {
      const last = Math.min(from + control + 1, end);
      for (; from < last && to < stop; to += step) output[to] = encoded[from++] ?? 0;
    } else if (control > 128 && from < end) {
      const value = encoded[from++] ?? 0;
      const run = Math.min(stop, to + (257 - control) * step);
      for (; to < run; to += step) output[to] = value;
    }
  }
  return (to - first) / step;
}
