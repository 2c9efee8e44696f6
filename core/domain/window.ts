// From stored grey values to the 256 levels of a screen: modality rescale, VOI window, inversion (PS3.3 C.11.1,
// C.11.2.1). One rule for previews and viewer, pure, and value by value what DCMTK's dcm2pnm gives out: each step
// is cut to a whole number where DCMTK cuts it.
import type { VoiLut, Window as StoredWindow } from "#core/contract/pixels.ts";

/** A VOI window in output units of the rescale. LINEAR needs a width of 1 or more, the others more than 0. */
export type Window = Readonly<
  Pick<StoredWindow, "center" | "width"> & Partial<Pick<StoredWindow, "function" | "lut">>
>;

/** Output value = stored value × slope + intercept. */
export type RescaleRule = { readonly slope: number; readonly intercept: number };

/** What a display table is made from. `bitsStored` is 1 to 16. */
export type DisplayRule = {
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly rescale: RescaleRule;
  readonly window: Window;
  /** Dark for high values: MONOCHROME1, or the viewer's inversion; both together cancel out. */
  readonly invert: boolean;
};

/** The least stored value; a display table begins with it. */
export function leastStored({ bitsStored, signed }: { bitsStored: number; signed: boolean }): number {
  return signed ? -(2 ** (bitsStored - 1)) : 0;
}

/**
 * Grey levels 0..255 for every stored value: `table[value - leastStored(rule)]`, 2^bitsStored entries long.
 */
export function displayTable(rule: DisplayRule): Uint8Array {
  const least = leastStored(rule);
  const grey = greyOf(rule.window, rule.invert);
  const table = new Uint8Array(2 ** rule.bitsStored);
  for (let index = 0; index < table.length; index++) {
    table[index] = grey(rescaled(least + index, rule.rescale));
  }
  return table;
}

/**
 * The window that shows all stored values from `minimum` to `maximum`: "min-max". A width of 2^n at a center of
 * 2^(n-1) selects exactly the values 0 to 2^n - 1.
 */
export function minMaxWindow(
  { minimum, maximum }: { minimum: number; maximum: number },
  rescale: RescaleRule,
): Window {
  const ends = [rescaled(minimum, rescale), rescaled(maximum, rescale)];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return { center: (low + high + 1) / 2, width: high - low + 1, function: "LINEAR" };
}

/** DCMTK keeps modality values as whole numbers, cut towards zero. */
function rescaled(value: number, { slope, intercept }: RescaleRule): number {
  return Math.trunc(value * slope + intercept);
}

function greyOf(
  { center, width, function: shape = "LINEAR", lut }: Window,
  invert: boolean,
): (value: number) => number {
  const [low, high] = invert ? [255, 0] : [0, 255];
  if (shape === "LUT" && lut) return throughLut(lut, invert);
  if (shape === "SIGMOID") return sigmoid(center, width, { low, high });
  // LINEAR counts whole values, so its ramp is half a value to the left and one narrower than LINEAR_EXACT's.
  const [middle, span] = shape === "LINEAR" ? [center - 0.5, width - 1] : [center, width];
  const left = middle - span / 2;
  const right = middle + span / 2;
  const gradient = span === 0 ? 0 : (high - low) / span;
  const offset = span === 0 ? 0 : high - (middle / span + 0.5) * (high - low);
  return (value) => {
    if (value <= left) return low;
    return value > right ? high : Math.trunc(offset + value * gradient);
  };
}

/** C.11.2.1.3.1. */
function sigmoid(center: number, width: number, { low, high }: { low: number; high: number }) {
  return (value: number) => Math.trunc((high - low) / (1 + Math.exp((-4 * (value - center)) / width)) + low);
}

/** C.11.2.1.1: values before the first and after the last input take the level of these. */
function throughLut({ first, runs }: VoiLut, invert: boolean): (value: number) => number {
  const levels = new Uint8Array(runs.reduce((sum, [count]) => sum + count, 0));
  let at = 0;
  for (const [count, level] of runs) levels.fill(invert ? 255 - level : level, at, at += count);
  const last = levels.length - 1;
  return (value) => levels[Math.min(Math.max(value - first, 0), last)] ?? 0;
}
