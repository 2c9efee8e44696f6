// One codestream prefix to samples, with the checks that keep a wrong or hostile one from being shown or from
// taking the memory. Runs in the worker, and under Node in tests.
import { Undecodable } from "../faults.ts";
import { type Samples, sizeAt } from "../samples.ts";
import type { Expected } from "./messages.ts";
import type { CodestreamInfo, HTJ2KDecoder } from "./openjph.ts";

/** More samples than this are refused before memory is taken for them (100 Mpx). */
const mostSamples = 100_000_000;

function check(info: CodestreamInfo, expected: Expected): void {
  if (!(info.width > 0 && info.height > 0)) throw new Undecodable("its data is damaged");
  if (info.width * info.height > mostSamples) throw new Undecodable("it is too large");
  const fits = info.width === expected.columns && info.height === expected.rows &&
    info.componentCount === expected.samplesPerPixel && info.isSigned === expected.signed;
  if (!fits) throw new Undecodable("it is not the picture that was announced");
  if (info.bitsPerSample > 16) throw new Undecodable("it has more than 16 bits a sample");
}

/** Decodes a prefix at a level. Throws Undecodable, or what the decoder throws. */
export function decodeFrame(
  decoder: HTJ2KDecoder,
  codestream: Uint8Array,
  level: number,
  expected: Expected,
): Samples {
  decoder.getEncodedBuffer(codestream.length).set(codestream);
  decoder.readHeader();
  const info = decoder.getFrameInfo();
  check(info, expected);
  decoder.decodeSubResolution(level);
  const columns = sizeAt(info.width, level);
  const rows = sizeAt(info.height, level);
  const decoded = decoder.getDecodedBuffer();
  const count = columns * rows * info.componentCount;
  const wide = info.bitsPerSample > 8;
  if (decoded.byteLength < count * (wide ? 2 : 1)) throw new Undecodable("it ends too early");
  // A copy: the decoder's memory is used again for the next frame.
  const bytes = decoded.slice(0, count * (wide ? 2 : 1));
  const values = wide ? new Uint16Array(bytes.buffer) : bytes;
  if (info.componentCount === 1) return { level, columns, rows, channels: 1, data: values };
  return { level, columns, rows, channels: 3, data: eightBits(values, info.bitsPerSample) };
}

/** Colour is shown with eight bits a sample. */
function eightBits(values: Uint8Array | Uint16Array, bits: number): Uint8Array {
  if (values instanceof Uint8Array && bits === 8) return values;
  const most = 2 ** bits - 1;
  return Uint8Array.from(values, (value) => Math.round(value * 255 / most));
}
