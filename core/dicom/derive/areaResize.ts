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
  const [across, down] = [spans(from.columns, to.columns), spans(from.rows, to.rows)];
  const result = new Float32Array(to.columns * to.rows * components);
  const row = new Float64Array(from.columns * components);
  for (let index = 0; index < to.rows; index++) {
    const [begin = 0, end = 0] = [down.begins[index], down.begins[index + 1]];
    row.fill(0);
    for (let step = begin; step < end; step++) {
      const first = ((down.starts[index] ?? 0) + step - begin) * row.length;
      addWeighted(row, samples, { first, weight: down.weights[step] ?? 0 });
    }
    narrow(row, { across, components, result, first: index * to.columns * components });
  }
  return result;
}

/**
 * The source samples that each output sample covers, with their shares of it: output `n` begins at source sample
 * `starts[n]`, its shares are `weights` from `begins[n]` up to `begins[n + 1]`.
 */
type Spans = {
  readonly starts: Uint32Array;
  readonly begins: Uint32Array;
  readonly weights: Float64Array;
};

function spans(from: number, to: number): Spans {
  const ratio = from / to;
  const starts = new Uint32Array(to);
  const begins = new Uint32Array(to + 1);
  const weights: number[] = [];
  for (let index = 0; index < to; index++) {
    const [begin, end] = [index * ratio, Math.min((index + 1) * ratio, from)];
    const start = Math.floor(begin);
    starts[index] = start;
    const count = Math.max(1, Math.ceil(end - 1e-9) - start);
    for (let at = start; at < start + count; at++) {
      weights.push((Math.min(end, at + 1) - Math.max(begin, at)) / (end - begin));
    }
    begins[index + 1] = weights.length;
  }
  return { starts, begins, weights: Float64Array.from(weights) };
}

type Weighted = { readonly first: number; readonly weight: number };

/** Adds the row that begins at sample `first` to `row`. */
function addWeighted(row: Float64Array, samples: Samples | Float32Array, { first, weight }: Weighted): void {
  for (let at = 0; at < row.length; at++) row[at] = (row[at] ?? 0) + weight * (samples[first + at] ?? 0);
}

type Narrowing = { across: Spans; components: number; result: Float32Array; first: number };

/** Writes one row, made narrower, into `result` from sample `first` on. */
function narrow(row: Float64Array, { across, components, result, first }: Narrowing): void {
  const { starts, begins, weights } = across;
  for (let index = 0; index < starts.length; index++) {
    const [begin = 0, end = 0] = [begins[index], begins[index + 1]];
    for (let component = 0; component < components; component++) {
      let sum = 0;
      let at = (starts[index] ?? 0) * components + component;
      for (let step = begin; step < end; step++, at += components) {
        sum += (weights[step] ?? 0) * (row[at] ?? 0);
      }
      result[first + index * components + component] = sum;
    }
  }
}
