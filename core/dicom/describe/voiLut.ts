// The VOI LUT Sequence (PS3.3 C.11.2.1.1) as windows of the function LUT, in the 256 levels of a screen.
import type { VoiLut, Window } from "#core/contract/pixels.ts";
import { type Dataset, itemsOf, numbersOf, textOf, valueOf } from "../read/dataset.ts";
import { tags } from "../read/tags.ts";

/** A table that goes up and down more often than this is noise, and is left out. */
const mostRuns = 2048;
const mostTables = 8;

/** The tables of a dataset, in the order of the file; what is not whole is left out. */
export function voiLutsOf(dataset: Dataset): Window[] {
  return itemsOf(dataset, tags.VOILUTSequence).slice(0, mostTables).flatMap((item) => {
    const lut = lutOf(item);
    if (!lut) return [];
    const width = lut.runs.reduce((sum, [count]) => sum + count, 0);
    const explanation = textOf(item, tags.LUTExplanation, 64);
    return [{ center: lut.first + width / 2, width, explanation, function: "LUT", lut }];
  });
}

function lutOf(item: Dataset): VoiLut | undefined {
  const [entries, first, bits] = numbersOf(item, tags.LUTDescriptor, 3);
  const data = valueOf(item, tags.LUTData);
  if (entries === undefined || first === undefined || bits === undefined || !data) return undefined;
  // 0 stands for 2^16 (C.11.2.1.1).
  const count = entries === 0 ? 65_536 : entries;
  if (bits < 8 || bits > 16 || count < 2) return undefined;
  const value = valuesOf(item, data, count);
  return value && runsOf({ first, count, most: 2 ** bits - 1, value });
}

/** Eight-bit tables come packed or in words. */
function valuesOf(
  { littleEndian }: Dataset,
  data: Uint8Array,
  count: number,
): ((index: number) => number) | undefined {
  if (data.length >= 2 * count) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return (index) => view.getUint16(2 * index, littleEndian);
  }
  return data.length >= count ? (index) => data[index] ?? 0 : undefined;
}

type Table = {
  readonly first: number;
  readonly count: number;
  readonly most: number;
  readonly value: (index: number) => number;
};

function runsOf({ first, count, most, value }: Table): VoiLut | undefined {
  const runs: [number, number][] = [];
  for (let index = 0; index < count; index++) {
    const level = Math.min(255, Math.floor(value(index) * 256 / (most + 1)));
    const last = runs.at(-1);
    if (last?.[1] === level) last[0]++;
    else if (runs.length === mostRuns) return undefined;
    else runs.push([1, level]);
  }
  return { first, runs };
}
