// Colour frames as RGB with eight bits a sample, by pixel: palettes expanded (PS3.3 C.7.6.3.1.5, C.7.9), YBR
// converted (C.7.6.3.1.2, ITU-R BT.601 full range).
import { type Dataset, numbersOf, valueOf } from "../read/dataset.ts";
import type { DecodedFrame } from "./decode.ts";
import { greySamples } from "./grey.ts";
import type { ImageDescription } from "../describe/image.ts";
import { type Tag, tags } from "../read/tags.ts";
import { isUndecodable, type Undecodable, undecodable } from "./undecodable.ts";

/** The RGB bytes of a decoded colour frame. */
export function colourSamples(
  frame: DecodedFrame,
  image: ImageDescription,
  dataset: Dataset,
): Uint8Array | Undecodable {
  const photometric = frame.photometricInterpretation;
  if (photometric === "PALETTE COLOR") return expanded(frame, image, dataset);
  if (frame.bitsAllocated !== 8) return undecodable("colour of more than 8 bits is kept but not shown yet");
  if (photometric === "RGB") return frame.pixels;
  if (photometric === "YBR_FULL") return rgbOfYBR(frame.pixels);
  if (photometric === "YBR_FULL_422") {
    const full = frame.pixels.length === image.rows * image.columns * 3;
    return rgbOfYBR(full ? frame.pixels : withFullChroma(frame.pixels));
  }
  return undecodable(
    `photometric interpretation ${photometric.replace(/[^A-Z0-9_ ]/g, "")} is kept but not shown yet`,
  );
}

/** Y1 Y2 Cb Cr for each two pixels into Y Cb Cr for each. */
function withFullChroma(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.floor(bytes.length / 4) * 6);
  for (let from = 0, to = 0; from + 3 < bytes.length; from += 4, to += 6) {
    const [first = 0, second = 0, blue = 0, red = 0] = bytes.subarray(from, from + 4);
    result.set([first, blue, red, second, blue, red], to);
  }
  return result;
}

function rgbOfYBR(bytes: Uint8Array): Uint8Array {
  const result = new Uint8ClampedArray(bytes.length);
  for (let index = 0; index + 2 < bytes.length; index += 3) {
    const luminance = bytes[index] ?? 0;
    const blue = (bytes[index + 1] ?? 0) - 128;
    const red = (bytes[index + 2] ?? 0) - 128;
    result[index] = luminance + 1.402 * red;
    result[index + 1] = luminance - 0.344136 * blue - 0.714136 * red;
    result[index + 2] = luminance + 1.772 * blue;
  }
  return new Uint8Array(result.buffer);
}

const palettes: readonly { descriptor: Tag; data: Tag }[] = [
  { descriptor: tags.RedPaletteColorLookupTableDescriptor, data: tags.RedPaletteColorLookupTableData },
  { descriptor: tags.GreenPaletteColorLookupTableDescriptor, data: tags.GreenPaletteColorLookupTableData },
  { descriptor: tags.BluePaletteColorLookupTableDescriptor, data: tags.BluePaletteColorLookupTableData },
];

function expanded(frame: DecodedFrame, image: ImageDescription, dataset: Dataset): Uint8Array | Undecodable {
  const samples = greySamples(frame, image);
  if (isUndecodable(samples)) return samples;
  const tables = palettes.map(({ descriptor, data }) => paletteOf(dataset, descriptor, data));
  const result = new Uint8Array(samples.length * 3);
  for (const [channel, table] of tables.entries()) {
    if (!table) return undecodable("the palette is missing or segmented");
    const { first, levels } = table;
    const last = levels.length - 1;
    for (let index = 0; index < samples.length; index++) {
      const entry = Math.min(Math.max((samples[index] ?? 0) - first, 0), last);
      result[3 * index + channel] = levels[entry] ?? 0;
    }
  }
  return result;
}

/** A palette's entries as bytes. Sixteen-bit ones keep their upper byte, unless a writer left it empty. */
function paletteOf(
  dataset: Dataset,
  descriptor: Tag,
  data: Tag,
): { first: number; levels: Uint8Array } | undefined {
  const [count, first, bits] = numbersOf(dataset, descriptor, 3);
  const value = valueOf(dataset, data);
  if (count === undefined || first === undefined || !value || value.length === 0) return undefined;
  const entries = count === 0 ? 65536 : count;
  const wide = bits === 16 || value.length >= 2 * entries;
  if (value.length < entries * (wide ? 2 : 1)) return undefined;
  if (!wide) return { first, levels: value.subarray(0, entries) };
  const view = new DataView(value.buffer, value.byteOffset, 2 * entries);
  const words = Array.from(
    { length: entries },
    (_, index) => view.getUint16(2 * index, dataset.littleEndian),
  );
  const shift = words.some((word) => word > 255) ? 8 : 0;
  return { first, levels: Uint8Array.from(words, (word) => word >> shift) };
}
