// Exact area averaging of samples in their own depth: each output sample is the mean of the source area it
// covers, with fractional edges. Windowing afterwards keeps what eight bits would have lost.
import type { Samples } from "../pixels/grey.ts";

export type Size = { readonly columns: number; readonly rows: number };

/** The size that fits `longest` on the longer side; never enlarged, never less than one pixel. */
export function fitted({ columns, rows }: Size, longest: number): Size {
  const scale = Math.min(1, longest / Math.max(columns, rows));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { columns: side(columns), rows: side(rows) };
}

/** Resizes samples of `components` a pixel. `to` must not be larger than `from`. */
export function areaResize(
  samples: Samples | Float32Array,
  { from, to, components }: { from: Size; to: Size; components: number },
): Float32Array {
  const across = spans(from.columns, to.columns);
  const result = new Float32Array(to.columns * to.rows * components);
  const row = new Float32Array(to.columns * components);
  for (const { start, weights, index } of spans(from.rows, to.rows)) {
    const target = result.subarray(index * row.length, (index + 1) * row.length);
    for (const [step, weight] of weights.entries()) {
      narrow(samples, { first: (start + step) * from.columns * components, across, components, row });
      for (let column = 0; column < row.length; column++) {
        target[column] = (target[column] ?? 0) + weight * (row[column] ?? 0);
      }
    }
  }
  return result;
}

/** The source samples that one output sample covers, with their shares of it. */
type Span = { readonly index: number; readonly start: number; readonly weights: Float64Array };

function spans(from: number, to: number): Span[] {
  const ratio = from / to;
  return Array.from({ length: to }, (_, index) => {
    const [begin, end] = [index * ratio, Math.min((index + 1) * ratio, from)];
    const start = Math.floor(begin);
    const weights = new Float64Array(Math.max(1, Math.ceil(end - 1e-9) - start));
    for (let step = 0; step < weights.length; step++) {
      weights[step] = (Math.min(end, start + step + 1) - Math.max(begin, start + step)) / (end - begin);
    }
    return { index, start, weights };
  });
}

type Narrowing = { first: number; across: readonly Span[]; components: number; row: Float32Array };

function narrow(samples: Samples | Float32Array, { first, across, components, row }: Narrowing): void {
  for (const { index, start, weights } of across) {
    for (let component = 0; component < components; component++) {
      let sum = 0;
      let at = first + start * components + component;
      for (let step = 0; step < weights.length; step++, at += components) {
        sum += (weights[step] ?? 0) * (samples[at] ?? 0);
      }
      row[index * components + component] = sum;
    }
  }
}
