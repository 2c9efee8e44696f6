// The window on the stored values, as the reader turns it, and the table that the renderers draw through.
import type { FramePixels, Window } from "#core/contract/pixels.ts";
import { displayTable, leastStored, minMaxWindow } from "#core/domain/window.ts";

/** The window of colour pictures that changes nothing. */
const unchanged: Window = { center: 128, width: 256, explanation: null, function: "LINEAR" };

/** Dragging this many CSS pixels changes center or width by the width at the start of the drag. */
const dragLength = 400;

/** The window a frame is first shown with: the file's first, else from its smallest to its largest value. */
export function firstWindow(pixels: FramePixels): Window {
  if (pixels.samplesPerPixel === 3) return unchanged;
  const ends = { minimum: pixels.smallest, maximum: pixels.largest };
  const rescale = { slope: pixels.rescaleSlope, intercept: pixels.rescaleIntercept };
  const whole = minMaxWindow(ends, rescale);
  return pixels.windows[0] ?? { ...whole, explanation: null, function: "LINEAR" };
}

/**
 * Grey of each stored value, at `value & mask`: 2^bitsStored entries, negative values in the upper half. For
 * colour 256 entries, for each channel.
 */
export function tableFor(pixels: FramePixels, window: Window, invert: boolean): Uint8Array {
  if (pixels.samplesPerPixel === 3) {
    const rescale = { slope: 1, intercept: 0 };
    return displayTable({ bitsStored: 8, signed: false, rescale, window, invert });
  }
  const rule = {
    bitsStored: pixels.bitsStored,
    signed: pixels.signed,
    rescale: { slope: pixels.rescaleSlope, intercept: pixels.rescaleIntercept },
    window,
    invert: invert !== (pixels.photometricInterpretation === "MONOCHROME1"),
  };
  const table = displayTable(rule);
  const least = leastStored(rule);
  if (least === 0) return table;
  const turned = new Uint8Array(table.length);
  turned.set(table.subarray(-least), 0);
  turned.set(table.subarray(0, -least), -least);
  return turned;
}

/** Whether higher values are shown darker. */
export function isDarkForHigh(pixels: FramePixels, invert: boolean): boolean {
  return invert !== (pixels.photometricInterpretation === "MONOCHROME1");
}

/**
 * The window after a drag: to the right wider (less contrast), up brighter, whichever way the picture is
 * inverted. `by` is in CSS pixels from where the drag began, `start` the window it began with.
 */
export function draggedWindow(
  start: Window,
  by: { readonly x: number; readonly y: number },
  darkForHigh: boolean,
): Window {
  const unit = Math.max(start.width, 8) / dragLength;
  // A table of the file cannot be made wider: the window that spans it takes its place.
  const shape = start.function === "LUT" ? "LINEAR" : start.function;
  const least = shape === "LINEAR" ? 1 : 1e-3;
  const brighter = darkForHigh ? -1 : 1;
  return {
    explanation: null,
    function: shape,
    width: Math.max(least, start.width + by.x * unit),
    center: start.center + brighter * by.y * unit,
  };
}

/** Whether two windows show the same. */
export function sameWindow(one: Window, other: Window): boolean {
  return one.center === other.center && one.width === other.width && one.function === other.function &&
    JSON.stringify(one.lut) === JSON.stringify(other.lut);
}

/** A window to choose by name. */
export type Preset = { readonly name: string; readonly window: Window };

/** Hounsfield windows that CT is read with: center and width. */
const tomography: readonly [string, number, number][] = [
  ["Soft tissue", 40, 400],
  ["Lung", -600, 1500],
  ["Bone", 500, 2000],
  ["Brain", 40, 80],
];

/** The windows a reader can choose: the file's own, every value, and for CT those it is read with. */
export function presetsOf(pixels: FramePixels, modality: string | null): readonly Preset[] {
  if (pixels.samplesPerPixel === 3) return [];
  const own = pixels.windows.map((window, index) => ({
    name: window.explanation ??
      (pixels.windows.length > 1 ? `Window ${index + 1} of the file` : "As the file says"),
    window,
  }));
  const shape = { explanation: null, function: "LINEAR" as const };
  const whole = { name: "Every value", window: firstWindow({ ...pixels, windows: [] }) };
  const known = modality === "CT"
    ? tomography.map(([name, center, width]) => ({ name, window: { center, width, ...shape } }))
    : [];
  return [...own, whole, ...known.filter(({ window }) => !own.some((one) => sameWindow(one.window, window)))];
}
