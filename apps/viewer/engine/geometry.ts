// How a picture lies on the screen. Pure: sizes in, transforms out. "Device" is the canvas in its own pixels
// (CSS pixels × device pixel ratio), so that zoom 1 is one sample a screen pixel on every display.
import type { Affine, Point } from "./affine.ts";

export type Size = { readonly width: number; readonly height: number };

/** `aspect` is the height of a sample over its width: 1 for all but a few ultrasound and scanned pictures. */
export type PictureSize = Size & { readonly aspect: number };

/**
 * The reader's view. `zoom` is device pixels a column; `center` the point of the picture, in samples, that lies
 * in the middle of the canvas. `fitted` follows the canvas when it changes its size.
 */
export type View = { readonly zoom: number; readonly center: Point; readonly fitted: boolean };

/** Farthest in: a sample is this many device pixels. */
export const largestZoom = 32;

/** The zoom at which the whole picture is seen. */
export function fitZoom(picture: PictureSize, canvas: Size): number {
  return Math.min(canvas.width / picture.width, canvas.height / (picture.height * picture.aspect));
}

/** The whole picture, in the middle. */
export function fit(picture: PictureSize, canvas: Size): View {
  const center = { x: picture.width / 2, y: picture.height / 2 };
  return { zoom: Math.max(fitZoom(picture, canvas), 1e-6), center, fitted: true };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Keeps zoom within sense and some of the picture on the canvas. */
export function bounded(view: View, picture: PictureSize, canvas: Size): View {
  const least = Math.min(fitZoom(picture, canvas), 1) / 4;
  const zoom = clamp(view.zoom, least, Math.max(largestZoom, least));
  return {
    ...view,
    zoom,
    center: { x: clamp(view.center.x, 0, picture.width), y: clamp(view.center.y, 0, picture.height) },
  };
}

/**
 * From samples (0,0 = outer corner of the first sample) to device pixels. At whole-number zooms the picture
 * starts on a whole device pixel, so that one sample covers whole pixels and no value is mixed.
 */
export function toDevice(view: View, picture: PictureSize, canvas: Size): Affine {
  const across = view.zoom;
  const down = view.zoom * picture.aspect;
  const e = canvas.width / 2 - across * view.center.x;
  const f = canvas.height / 2 - down * view.center.y;
  const whole = Number.isInteger(view.zoom) && picture.aspect === 1;
  return { a: across, b: 0, c: 0, d: down, e: whole ? Math.round(e) : e, f: whole ? Math.round(f) : f };
}

/** Zooms by a factor; the sample under `at` (device pixels) stays under it. */
export function zoomAt(view: View, picture: PictureSize, canvas: Size, at: Point, factor: number): View {
  return zoomTo(view, picture, canvas, at, snapped(view.zoom, view.zoom * factor));
}

/** Zooms to a value; the sample under `at` (device pixels) stays under it. */
export function zoomTo(view: View, picture: PictureSize, canvas: Size, at: Point, zoom: number): View {
  const reached = bounded({ ...view, zoom }, picture, canvas).zoom;
  const shift = 1 / view.zoom - 1 / reached;
  const center = {
    x: view.center.x + (at.x - canvas.width / 2) * shift,
    y: view.center.y + (at.y - canvas.height / 2) * shift / picture.aspect,
  };
  return bounded({ zoom: reached, center, fitted: false }, picture, canvas);
}

/** Stops at 1 when a step would pass it: that is where every pixel is seen as it is. */
function snapped(from: number, to: number): number {
  const passes = (from < 0.999 && to > 1) || (from > 1.001 && to < 1);
  return passes ? 1 : to;
}

/** Moves the picture by device pixels. */
export function panBy(view: View, picture: PictureSize, canvas: Size, by: Point): View {
  const center = {
    x: view.center.x - by.x / view.zoom,
    y: view.center.y - by.y / (view.zoom * picture.aspect),
  };
  return bounded({ ...view, center, fitted: false }, picture, canvas);
}

/** The height of a sample over its width, from the spacing that the file gives. */
export function sampleAspect(spacing: { row: number; column: number } | null): number {
  return spacing ? spacing.row / spacing.column : 1;
}
