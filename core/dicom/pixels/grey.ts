// Stored samples as plain numbers: bits stored cut out of the allocated word (overlay and padding bits fall
// away), the sign extended. Derivatives, previews and the viewer work on these.
import type { DecodedFrame } from "./decode.ts";
import type { ImageDescription } from "../describe/image.ts";
import { type Undecodable, undecodable } from "./undecodable.ts";

export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array;

/** The grey samples of a decoded frame. */
export function greySamples(frame: DecodedFrame, image: ImageDescription): Samples | Undecodable {
  const { bitsAllocated, pixels } = frame;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    return undecodable(`${bitsAllocated}-bit samples are kept but not shown yet`);
  }
  const bits = image.bitsStored;
  const count = image.rows * image.columns;
  const words = bitsAllocated === 8 ? pixels : wordsOf(pixels);
  const shift = bitsAllocated === 8 && image.bitsAllocated === 1 ? 0 : image.highBit + 1 - bits;
  const samples = room(bits, image.signed, count);
  if (bits === bitsAllocated) {
    // Typed arrays take the low bits of what they are given and read them as their own type.
    samples.set(words.subarray(0, count));
    return samples;
  }
  const mask = (1 << bits) - 1;
  const sign = image.signed ? 1 << (bits - 1) : 0;
  for (let index = 0; index < count; index++) {
    samples[index] = ((((words[index] ?? 0) >> shift) & mask) ^ sign) - sign;
  }
  return samples;
}

function room(bits: number, signed: boolean, count: number): Samples {
  if (bits <= 8) return signed ? new Int8Array(count) : new Uint8Array(count);
  return signed ? new Int16Array(count) : new Uint16Array(count);
}

/** Little-endian words, as this machine has them too (every platform of Node is little endian). */
function wordsOf(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 2));
}

/** The least and largest sample; both 0 where there is none. */
export function rangeOf(samples: Samples): { minimum: number; maximum: number } {
  let [minimum, maximum] = [samples[0] ?? 0, samples[0] ?? 0];
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] ?? 0;
    if (sample < minimum) minimum = sample;
    if (sample > maximum) maximum = sample;
  }
  return { minimum, maximum };
}
