// How a picture lies on the screen. Pure: sizes in, transforms out. "Device" is the canvas in its own pixels
// (CSS pixels × device pixel ratio), so that zoom 1 is one sample a screen pixel on every display.
import { type Affine, apply, inverse, type Point } from "./affine.ts";

export type Size = { readonly width: number; readonly height: number };

/** `aspect` is the height of a sample over its width: 1 for all but a few ultrasound and scanned pictures. */
export type PictureSize = Size & { readonly aspect: number };

/** How the picture is turned: first mirrored from left to right, then by quarter turns clockwise. */
export type Pose = { readonly mirrored: boolean; readonly quarters: 0 | 1 | 2 | 3 };

/** As it was taken. */
export const upright: Pose = { mirrored: false, quarters: 0 };

/**
 * The reader's view. `zoom` is device pixels a column; `center` the point of the picture, in samples, that lies
 * in the middle of the canvas. `fitted` follows the canvas when it changes its size.
 */
export type View = {
  readonly zoom: number;
  readonly center: Point;
  readonly fitted: boolean;
  readonly pose: Pose;
};

/** Farthest in: a sample is this many device pixels. */
export const largestZoom = 32;

/** The zoom at which the whole picture is seen. */
export function fitZoom(picture: PictureSize, canvas: Size, { quarters }: Pose = upright): number {
  const lying = quarters % 2 === 1;
  const [width, height] = lying ? [canvas.height, canvas.width] : [canvas.width, canvas.height];
  return Math.min(width / picture.width, height / (picture.height * picture.aspect));
}

/** The whole picture, in the middle. */
export function fit(picture: PictureSize, canvas: Size, pose: Pose = upright): View {
  const center = { x: picture.width / 2, y: picture.height / 2 };
  return { zoom: Math.max(fitZoom(picture, canvas, pose), 1e-6), center, fitted: true, pose };
}

/** Turned by a quarter on the screen, clockwise or against it. */
export function turned({ mirrored, quarters }: Pose, by: 1 | -1): Pose {
  return { mirrored, quarters: (quarters + by + 4) % 4 as Pose["quarters"] };
}

/** Mirrored on the screen: left and right change places, or top and bottom, however the picture is turned. */
export function flipped({ mirrored, quarters }: Pose, across: "horizontal" | "vertical"): Pose {
  const half = across === "vertical" ? 2 : 0;
  return { mirrored: !mirrored, quarters: (4 - quarters + half) % 4 as Pose["quarters"] };
}

/** Cosine and sine of whole quarter turns, without rounding. */
const quarterTurns = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const;

/** From samples to the screen's directions at zoom 1, without a shift. */
function direction({ pose }: Pick<View, "pose">, { aspect }: PictureSize): Affine {
  const [cosine, sine] = quarterTurns[pose.quarters];
  const across = pose.mirrored ? -1 : 1;
  // "+ 0" keeps a negative zero out of what tests and styles read.
  return {
    a: across * cosine + 0,
    b: across * sine + 0,
    c: -sine * aspect + 0,
    d: cosine * aspect + 0,
    e: 0,
    f: 0,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Keeps zoom within sense and some of the picture on the canvas. */
export function bounded(view: View, picture: PictureSize, canvas: Size): View {
  const least = Math.min(fitZoom(picture, canvas, view.pose), 1) / 4;
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
  const { zoom, center } = view;
  const unit = direction(view, picture);
  const { a, b, c, d } = { a: unit.a * zoom, b: unit.b * zoom, c: unit.c * zoom, d: unit.d * zoom };
  const e = canvas.width / 2 - (a * center.x + c * center.y);
  const f = canvas.height / 2 - (b * center.x + d * center.y);
  const whole = Number.isInteger(zoom) && picture.aspect === 1;
  return { a, b, c, d, e: whole ? Math.round(e) : e, f: whole ? Math.round(f) : f };
}

/** Zooms by a factor; the sample under `at` (device pixels) stays under it. */
export function zoomAt(view: View, picture: PictureSize, canvas: Size, at: Point, factor: number): View {
  return zoomTo(view, picture, canvas, at, snapped(view.zoom, view.zoom * factor));
}

/** Zooms to a value; the sample under `at` (device pixels) stays under it. */
export function zoomTo(view: View, picture: PictureSize, canvas: Size, at: Point, zoom: number): View {
  const reached = bounded({ ...view, zoom }, picture, canvas).zoom;
  const shift = 1 / view.zoom - 1 / reached;
  const away = inSamples(view, picture, { x: at.x - canvas.width / 2, y: at.y - canvas.height / 2 });
  const center = { x: view.center.x + away.x * shift, y: view.center.y + away.y * shift };
  return bounded({ ...view, zoom: reached, center, fitted: false }, picture, canvas);
}

/** A way on the screen, in device pixels at zoom 1, as a way in the picture. */
function inSamples(view: View, picture: PictureSize, way: Point): Point {
  return apply(inverse(direction(view, picture)), way);
}

/** Stops at 1 when a step would pass it: that is where every pixel is seen as it is. */
function snapped(from: number, to: number): number {
  const passes = (from < 0.999 && to > 1) || (from > 1.001 && to < 1);
  return passes ? 1 : to;
}

/** Moves the picture by device pixels. */
export function panBy(view: View, picture: PictureSize, canvas: Size, by: Point): View {
  const way = inSamples(view, picture, by);
  const center = { x: view.center.x - way.x / view.zoom, y: view.center.y - way.y / view.zoom };
  return bounded({ ...view, center, fitted: false }, picture, canvas);
}

/** Spacings that differ by less are those of square samples, said with a rounding or a calibration of each direction. */
const squareWithin = 0.01;

/**
 * The height of a sample over its width, from the spacing that the file gives. Nearly square samples are shown square,
 * so that 1:1 shows each as it is.
 */
export function sampleAspect(spacing: { row: number; column: number } | null): number {
  const aspect = spacing ? spacing.row / spacing.column : 1;
  return Math.abs(aspect - 1) < squareWithin ? 1 : aspect;
}
