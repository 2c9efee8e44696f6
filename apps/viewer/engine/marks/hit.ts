// Which handle a press is on. Distances are in CSS pixels, so that a handle is as easy to take at every zoom.
import { type Affine, apply, type Point } from "../affine.ts";
import type { Grip, Mark } from "./marks.ts";

/** How near a press must be: a finger is less exact than a mouse. */
export const reach = { mouse: 9, touch: 24 } as const;

/** The nearest handle within reach; the last drawn wins a tie. */
export function gripAt(marks: readonly Mark[], toHost: Affine, at: Point, within: number): Grip | undefined {
  let [nearest, found]: [number, Grip | undefined] = [within, undefined];
  for (const { id, points, fixed } of marks) {
    if (fixed) continue;
    points.forEach((point, index) => {
      const place = apply(toHost, point);
      const away = Math.hypot(place.x - at.x, place.y - at.y);
      if (away <= nearest) [nearest, found] = [away, { id, point: index }];
    });
  }
  return found;
}
