// The magnifier: a square around the pointer in which the picture is larger. Every pixel at least, so that it shows
// what a picture made small to fit leaves out.
import { type Affine, compose, type Point } from "./affine.ts";
import { type Inset, zoomOf } from "./render/port.ts";

/** CSS pixels of a side; a finger hides about as much as it is lifted by. */
const side = 200;
const lift = 120;
const times = 2.5;

/** The square for a pointer at a place in CSS pixels; above a finger, so that what it points at is seen. */
export function insetAt(
  { at, isTouch }: { readonly at: Point; readonly isTouch: boolean },
  { toDevice, density }: { readonly toDevice: Affine; readonly density: number },
): Inset {
  const zoom = zoomOf(toDevice);
  const factor = Math.max(zoom * times, density) / zoom;
  const [x, y] = [at.x * density, at.y * density];
  const middle = { x, y: isTouch ? (at.y > side ? y - lift * density : y + lift * density) : y };
  const around = { a: factor, b: 0, c: 0, d: factor, e: middle.x - factor * x, f: middle.y - factor * y };
  const pixels = Math.round(side * density);
  return {
    x: Math.round(middle.x - pixels / 2),
    y: Math.round(middle.y - pixels / 2),
    side: pixels,
    toDevice: compose(toDevice, around),
  };
}
