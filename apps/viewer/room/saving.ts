// From measurements that are kept with a study to marks on its pictures, and back.
import type { Measurement } from "#core/contract/measurements.ts";
import { type Mark, slotKey } from "../engine/mod.ts";
import type { RoomStudy } from "./room.tsx";

/** The kept measurements of a study as marks that are only looked at. */
export function savedMarks({ study, saved = [] }: RoomStudy): Mark[] {
  return saved.map(({ instanceId, frame, kind, points, text, millimetres }, index) => ({
    id: `saved-${study.id}-${index}`,
    slot: slotKey(instanceId, frame),
    kind,
    points,
    text,
    millimetres,
    saved: true,
  }));
}

/** What a reader drew on the pictures of the current study and is not kept yet. */
export function unsavedMeasurements(marks: readonly Mark[], current: RoomStudy | undefined): Measurement[] {
  const own = new Set(current?.study.series.flatMap((series) => series.instances.map(({ id }) => id)));
  return marks.flatMap(({ slot, kind, points, text, millimetres, saved }) => {
    const [instanceId = "", frame = "0"] = slot.split("/");
    if (saved || !own.has(instanceId)) return [];
    return [{ instanceId, frame: Number(frame), kind, points: [...points], text, millimetres }];
  });
}
