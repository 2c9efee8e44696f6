// What draws: one frame at its resolutions, one table, one transform. Two implementations: WebGL2, canvas 2D.
import type { Affine, Point } from "../affine.ts";
import type { Size } from "../geometry.ts";
import { levelFor, type Samples } from "../samples.ts";

/** Everything that decides what is on the canvas. */
export type Scene = {
  /** The frame at every resolution that is here; none: the canvas is black. */
  readonly resolutions: readonly Samples[];
  /** Columns and rows at full resolution. */
  readonly full: Size;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Grey: stored value & mask → 0..255, 2^bitsStored entries. Colour: 256 entries for each channel. */
  readonly table: Uint8Array;
  /** From samples at full resolution to device pixels. */
  readonly toDevice: Affine;
  /** The magnifier: a square of the canvas, in device pixels, that shows the picture by a transform of its own. */
  readonly inset: Inset | null;
};

export type Inset = Point & { readonly side: number; readonly toDevice: Affine };

export type Renderer = {
  readonly kind: "webgl" | "canvas";
  readonly canvas: HTMLCanvasElement;
  /** Draws now. Uploads only what changed since the last scene. */
  draw(scene: Scene): void;
  /** Gives textures and memory back. */
  release(): void;
};

/** How samples are read between or over pixels. */
export type Filter = "nearest" | "linear" | "box";

/** The resolution to draw from by a transform; undefined while there is none. */
export function samplesFor({ resolutions }: Scene, toDevice: Affine): Samples | undefined {
  const footprint = 1 / Math.max(zoomOf(toDevice), 1e-9);
  const level = levelFor(resolutions.map((samples) => samples.level), footprint);
  return resolutions.find((candidate) => candidate.level === level);
}

/** Device pixels a column of the full resolution takes. */
export function zoomOf(toDevice: Affine): number {
  return Math.hypot(toDevice.a, toDevice.b);
}

/** Whether samples are square on the screen; else nothing is shown 1:1. */
function isEven(toDevice: Affine): boolean {
  return Math.abs(zoomOf(toDevice) - Math.hypot(toDevice.c, toDevice.d)) < 1e-9;
}

/** At 1:1 and whole-number zooms of the full resolution every sample is shown as it is. */
export function filterFor(samples: Samples, toDevice: Affine): Filter {
  const zoom = zoomOf(toDevice);
  if (samples.level === 0 && Number.isInteger(zoom) && isEven(toDevice)) return "nearest";
  return zoom * 2 ** samples.level < 1 ? "box" : "linear";
}
