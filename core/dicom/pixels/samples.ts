// Arrangements of samples: byte order, planes, widths. The decoded form everywhere in this house is samples of
// the allocated width, little endian, interleaved by pixel.

/** Swaps the bytes of each whole word of `width` bytes. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start + width <= bytes.length; start += width) {
    for (let byte = 0; byte < width; byte++) result[start + byte] = bytes[start + width - 1 - byte] ?? 0;
  }
  return result;
}

/** Planes one after another into samples by pixel (Planar Configuration 1 into 0). */
export function interleaved(bytes: Uint8Array, samples: number, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  const pixels = Math.floor(bytes.length / (samples * width));
  for (let sample = 0; sample < samples; sample++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let byte = 0; byte < width; byte++) {
        result[(pixel * samples + sample) * width + byte] = bytes[(sample * pixels + pixel) * width + byte] ??
          0;
      }
    }
  }
  return result;
}

/** Eight-bit samples as sixteen-bit ones, or back, for codecs that choose the width themselves. */
export function inWidth(bytes: Uint8Array, { from, to }: { from: number; to: number }): Uint8Array {
  if (from === to) return bytes;
  const count = bytes.length / from;
  const result = new Uint8Array(count * to);
  const kept = Math.min(from, to);
  for (let index = 0; index < count; index++) {
    for (let byte = 0; byte < kept; byte++) result[index * to + byte] = bytes[index * from + byte] ?? 0;
  }
  return result;
}

/** One-bit samples from bit `first` on, least significant bit first (PS3.5 §8.1.1), as bytes 0 and 1. */
export function unpackedBits(bytes: Uint8Array, first: number, count: number): Uint8Array {
  const result = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const bit = first + index;
    result[index] = ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
  }
  return result;
}
