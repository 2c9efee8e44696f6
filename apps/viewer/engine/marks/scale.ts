// The scale of a frame: the reader's own calibration of its picture, else what the file says.
import { calibrated, type Scale, scaleOf } from "#core/domain/measure.ts";
import type { Slot } from "../slots.ts";
import type { Mark } from "./marks.ts";

/** The scale by which lengths on a slot are told. A calibration holds for all frames of its instance. */
export function scaleOn(slot: Slot | undefined, marks: readonly Mark[]): Scale {
  const known = scaleOf(slot?.frame?.pixels.spacing ?? null);
  const last = marks.findLast((mark) =>
    mark.kind === "calibration" && mark.millimetres !== null &&
    mark.slot.startsWith(`${slot?.instanceId}/`)
  );
  return last?.millimetres ? calibrated(known, last.points, last.millimetres) : known;
}
