// Makes a digital radiograph of an absorber: a detector twice as fine, quantum noise, collimator, fourteen bits.
import type { Absorber } from "./absorber.ts";
import { normalTable, type Random } from "./random.ts";

export type Radiograph = { readonly columns: number; readonly rows: number; readonly pixels: Uint16Array };

/** Bits of the detector. */
export const detectorBits = 14;

/** Absorption 0 comes out near 600, dense bone near 15,000; the border outside the collimator near 40. */
export function expose(plane: Absorber, random: Random): Radiograph {
  const [columns, rows] = [plane.columns * 2, plane.rows * 2];
  const pixels = new Uint16Array(columns * rows);
  const noise = normalTable(random);
  const border = Math.round(columns * 0.018);
  let draw = Math.floor(random() * 65536);
  for (let row = 0; row < rows; row++) {
    const lit = row >= border && row < rows - border;
    for (let column = 0; column < columns; column++) {
      // A step that is odd walks through the whole table before it repeats.
      draw = (draw + 40503 + ((column * row) & 62)) & 0xffff;
      const grain = noise[draw] ?? 0;
      const inside = lit && column >= border && column < columns - border;
      const level = inside ? levelOf(between(plane, column, row), grain) : 40 + 6 * grain;
      pixels[row * columns + column] = Math.max(0, Math.min(16383, level));
    }
  }
  return { columns, rows, pixels };
}

const stepsPerUnit = 4096;

/** A film-like response: air stays dark, differences between soft tissues are spread, bone does not saturate. */
const response: Float32Array = Float32Array.from(
  { length: 8 * stepsPerUnit },
  (_, step) => 600 + 15400 * (1 - Math.exp(-0.62 * (step / stepsPerUnit) ** 1.12)),
);

function levelOf(absorption: number, grain: number): number {
  const depth = Math.min(7.99, Math.max(0, absorption));
  return (response[Math.floor(depth * stepsPerUnit)] ?? 0) + grain * (38 + 30 * depth);
}

/** The mean of the nearest four points, weighted: detector pixels lie a quarter off the absorber's. */
function between({ columns, rows, depth }: Absorber, column: number, row: number): number {
  const [left, top] = [column >> 1, row >> 1];
  const right = Math.min(columns - 1, Math.max(0, left + (column & 1 ? 1 : -1)));
  const below = Math.min(rows - 1, Math.max(0, top + (row & 1 ? 1 : -1)));
  const at = (x: number, y: number) => depth[y * columns + x] ?? 0;
  return 0.5625 * at(left, top) + 0.1875 * (at(right, top) + at(left, below)) + 0.0625 * at(right, below);
}
