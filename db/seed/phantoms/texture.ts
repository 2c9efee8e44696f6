// What solids alone do not have: a little scatter that softens every edge, and the uneven grain of tissue.
import type { Absorber } from "./absorber.ts";
import type { Random } from "./random.ts";

/** Softens a plane in place by a 1-2-1 filter, `times` over. */
export function soften({ columns, rows, depth }: Absorber, times: number): void {
  for (let time = 0; time < times; time++) {
    for (let row = 0; row < rows; row++) pass(depth, { start: row * columns, step: 1, count: columns });
    for (let column = 0; column < columns; column++) {
      pass(depth, { start: column, step: columns, count: rows });
    }
  }
}

function pass(
  depth: Float32Array,
  { start, step, count }: { start: number; step: number; count: number },
): void {
  let before = depth[start] ?? 0;
  const end = start + (count - 1) * step;
  for (let index = start; index < end; index += step) {
    const here = depth[index] ?? 0;
    depth[index] = (before + 2 * here + (depth[index + step] ?? 0)) / 4;
    before = here;
  }
}

/** Unevenness at several scales, where there is something to be uneven. `amount` is the coarsest one's share. */
export function grainy(plane: Absorber, amount: number, random: Random): void {
  for (let [cells, share] = [9, amount]; cells <= 150; cells *= 2.1, share *= 0.68) {
    addLattice(plane, { cells: Math.round(cells), share, random });
  }
}

function addLattice(
  { columns, rows, depth }: Absorber,
  { cells, share, random }: { cells: number; share: number; random: Random },
): void {
  const size = columns / cells;
  const across = cells + 2;
  const knots = Float32Array.from(
    { length: across * (Math.ceil(rows / size) + 2) },
    () => (random() - 0.5) * 2 * share,
  );
  for (let row = 0; row < rows; row++) {
    const y = row / size;
    const [top, v] = [Math.floor(y), y - Math.floor(y)];
    for (let column = 0; column < columns; column++) {
      const index = row * columns + column;
      const here = depth[index] ?? 0;
      if (here <= 0) continue;
      const x = column / size;
      const left = Math.floor(x);
      const [u, knot] = [x - left, top * across + left];
      const upper = (knots[knot] ?? 0) * (1 - u) + (knots[knot + 1] ?? 0) * u;
      const lower = (knots[knot + across] ?? 0) * (1 - u) + (knots[knot + across + 1] ?? 0) * u;
      depth[index] = here + Math.min(1, here * 2) * (upper * (1 - v) + lower * v);
    }
  }
}
