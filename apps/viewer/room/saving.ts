// From measurements that are kept with a study to marks on its pictures, and back.
import type { Measurement } from "#core/contract/measurements.ts";
import type { PictureStudy } from "#core/contract/studies.ts";
import { type Mark, slotKey } from "../engine/mod.ts";

/** The kept measurements of a study as marks; `fixed` ones are only looked at. */
export function keptMarks({ id, measurements }: PictureStudy, fixed: boolean): Mark[] {
  return (measurements?.measurements ?? []).map((kept, index) => {
    const { instanceId, frame, kind, points, text, millimetres } = kept;
    const name = `kept-${id}-${index}`;
    return { id: name, slot: slotKey(instanceId, frame), kind, points, text, millimetres, fixed };
  });
}

/** What stands on the pictures of a study, as it is kept. */
export function measurementsOf(marks: readonly Mark[], study: PictureStudy): Measurement[] {
  const own = new Set(study.series.flatMap((series) => series.instances.map(({ id }) => id)));
  return marks.flatMap(({ slot, kind, points, text, millimetres }) => {
    const [instanceId = "", frame = "0"] = slot.split("/");
    if (!own.has(instanceId)) return [];
    return [{ instanceId, frame: Number(frame), kind, points: [...points], text, millimetres }];
  });
}
