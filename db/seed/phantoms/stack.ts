// A CT-like stack through a phantom thorax: axial slices in Hounsfield units, stored with an offset of 1024.
import { normalTable, type Random } from "./random.ts";

/** Stored value = Hounsfield units + 1024, so the rescale intercept is -1024. */
export const hounsfieldOffset = 1024;

type Ellipse = { at: readonly [number, number]; radii: readonly [number, number]; hounsfield: number };

/** One slice, signed sixteen bits; `place` runs from 0 (head) to 1 (tail). The table lies below the animal. */
export function axialSlice(side: number, place: number, random: Random): Int16Array {
  const slice = new Int16Array(side * side).fill(-1000);
  for (const ellipse of anatomy(place)) fill(slice, side, ellipse);
  tableTop(slice, side);
  const noise = normalTable(random);
  let draw = Math.floor(random() * 65536);
  for (let index = 0; index < slice.length; index++) {
    draw = (draw + 40503 + (index & 62)) & 0xffff;
    const value = (slice[index] ?? 0) + 11 * (noise[draw] ?? 0) + hounsfieldOffset;
    slice[index] = Math.max(0, Math.min(4095, Math.round(value)));
  }
  return slice;
}

/** Later shapes lie over earlier ones. */
function anatomy(place: number): Ellipse[] {
  const swell = Math.sin(Math.PI * (0.15 + 0.7 * place));
  const lung = 0.72 + 0.28 * swell;
  const liver = Math.max(0, place - 0.62) / 0.38;
  const heart = Math.max(0, 1 - Math.abs(place - 0.45) / 0.28);
  return [
    { at: [0.5, 0.47], radii: [0.27 + 0.06 * swell, 0.33 + 0.05 * swell], hounsfield: -90 },
    { at: [0.5, 0.47], radii: [0.25 + 0.06 * swell, 0.31 + 0.05 * swell], hounsfield: 52 },
    ...[-1, 1].map((sign): Ellipse => ({
      at: [0.5 + sign * 0.115, 0.5],
      radii: [0.115 * lung * (1 - 0.75 * liver), 0.24 * lung * (1 - 0.6 * liver)],
      hounsfield: -820,
    })),
    ...vessels(place),
    { at: [0.485, 0.62], radii: [0.15 * Math.sqrt(heart), 0.15 * Math.sqrt(heart)], hounsfield: 42 },
    { at: [0.475, 0.64], radii: [0.05 * heart, 0.06 * heart], hounsfield: 150 },
    { at: [0.47, 0.55], radii: [0.22 * liver, 0.2 * liver], hounsfield: 66 },
    { at: [0.62, 0.6], radii: [0.08 * liver, 0.06 * liver], hounsfield: -940 },
    { at: [0.52, 0.355], radii: [0.022, 0.022], hounsfield: 165 },
    ...(place < 0.4 ? [{ at: [0.48, 0.38], radii: [0.022, 0.024], hounsfield: -985 } as const] : []),
    ...ribs(place),
    { at: [0.5, 0.245], radii: [0.047, 0.04], hounsfield: 420 },
    { at: [0.5, 0.248], radii: [0.036, 0.03], hounsfield: 260 },
    { at: [0.5, 0.19], radii: [0.017, 0.05], hounsfield: 560 },
    { at: [0.5, 0.205], radii: [0.019, 0.016], hounsfield: 30 },
    { at: [0.5, 0.8], radii: [0.026, 0.012], hounsfield: 380 },
  ];
}

/** Rounds of vessels that wander outwards from slice to slice. */
function vessels(place: number): Ellipse[] {
  return Array.from({ length: 16 }, (_, index) => {
    const turn = index * 2.4 + place * 1.5;
    const away = 0.03 + 0.13 * ((index * 0.37 + place) % 1);
    const side = index % 2 ? 1 : -1;
    const radius = 0.009 - 0.035 * away;
    return {
      at: [0.5 + side * (0.1 + 0.4 * away * Math.cos(turn)), 0.5 + 1.2 * away * Math.sin(turn)],
      radii: [radius, radius],
      hounsfield: 35,
    };
  });
}

/** A slice cuts some eight ribs a side; they sink towards the breastbone from slice to slice. */
function ribs(place: number): Ellipse[] {
  const shapes: Ellipse[] = [];
  const swell = Math.sin(Math.PI * (0.15 + 0.7 * place));
  for (let rib = 0; rib < 8; rib++) {
    const angle = -1.05 + (rib + (place * 5) % 1) * 0.3;
    for (const side of [-1, 1]) {
      const at: [number, number] = [
        0.5 + side * Math.cos(angle) * (0.235 + 0.055 * swell),
        0.47 + Math.sin(angle) * (0.29 + 0.045 * swell),
      ];
      shapes.push({ at, radii: [0.011, 0.017], hounsfield: 720 }, {
        at,
        radii: [0.0055, 0.01],
        hounsfield: 230,
      });
    }
  }
  return shapes;
}

function fill(
  slice: Int16Array,
  side: number,
  { at: [x, y], radii: [across, along], hounsfield }: Ellipse,
): void {
  if (across <= 0 || along <= 0) return;
  for (let row = Math.ceil((y - along) * side); row <= (y + along) * side; row++) {
    const share = (row / side - y) / along;
    const reach = across * Math.sqrt(Math.max(0, 1 - share * share));
    const start = row * side + Math.ceil((x - reach) * side);
    slice.fill(hounsfield, start, row * side + Math.floor((x + reach) * side) + 1);
  }
}

function tableTop(slice: Int16Array, side: number): void {
  for (let column = Math.round(0.12 * side); column < 0.88 * side; column++) {
    const row = Math.round((0.872 - 0.16 * (column / side - 0.5) ** 2) * side);
    for (let depth = 0; depth < 16; depth++) {
      slice[(row + depth) * side + column] = depth < 2 || depth > 13 ? 120 : -880;
    }
  }
}
