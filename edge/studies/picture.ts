// A study with all that a viewer needs, for staff and, cut down to the series shared, for the visitor of a link.
import { and, asc, eq, inArray } from "drizzle-orm";
import type { PictureInstance, PictureSeries, PictureStudy } from "#core/contract/studies.ts";
import { derivative, instance, object, practice, series, study } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";
import { keptOn, newestReport } from "./measurements.ts";
import { patientOf } from "./patient.ts";

/** The study of a practice, or undefined where it has none of that id. `seriesIds` null is all of it. */
export async function pictureStudy(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  studyId: string,
  seriesIds: readonly string[] | null,
): Promise<PictureStudy | undefined> {
  const [[found], shown, instances, [report]] = await db.readAs(practiceId, (q) => [
    q.select({ study, practice: practice.name }).from(study)
      .innerJoin(practice, eq(practice.id, study.practiceId))
      .where(eq(study.id, studyId)),
    q.select().from(series)
      .where(and(eq(series.studyId, studyId), seriesIds ? inArray(series.id, [...seriesIds]) : undefined))
      .orderBy(asc(series.seriesNumber), asc(series.id)),
    q.select(instanceColumns).from(instance)
      .leftJoin(derivative, and(eq(derivative.instanceId, instance.id), eq(derivative.kind, "htj2k")))
      .leftJoin(object, eq(object.id, derivative.objectId))
      .where(and(eq(instance.studyId, studyId), eq(instance.current, true)))
      .orderBy(asc(instance.instanceNumber), asc(instance.id)),
    newestReport(q, studyId),
  ]);
  if (!found) return undefined;
  const inSeries = Map.groupBy(instances, (row) => row.seriesId);
  return {
    id: found.study.id,
    patient: patientOf(found.study),
    description: found.study.studyDescription,
    studyDate: found.study.studyDate,
    practice: found.practice,
    measurements: keptOn(
      report,
      new Map(shown.flatMap(({ id }) => inSeries.get(id) ?? []).map((row) => [row.sopInstanceUid, row.id])),
    ),
    series: shown.map((row) => seriesOf(row, (inSeries.get(row.id) ?? []).map(instanceOf))),
  };
}

const instanceColumns = {
  id: instance.id,
  seriesId: instance.seriesId,
  sopInstanceUid: instance.sopInstanceUid,
  instanceNumber: instance.instanceNumber,
  frames: instance.frames,
  derivation: instance.derivation,
  pictureFrames: derivative.frames,
  pixels: derivative.pixels,
  bytes: object.bytes,
};

type Derivative = typeof derivative.$inferSelect;
type InstanceRow =
  & Pick<
    typeof instance.$inferSelect,
    Exclude<keyof typeof instanceColumns, "pictureFrames" | "pixels" | "bytes">
  >
  & { readonly pictureFrames: Derivative["frames"]; readonly pixels: Derivative["pixels"] }
  & { readonly bytes: number | null };

function seriesOf(row: typeof series.$inferSelect, instances: PictureInstance[]): PictureSeries {
  return {
    id: row.id,
    modality: row.modality,
    number: row.seriesNumber,
    description: row.seriesDescription,
    bodyPart: row.bodyPartExamined,
    viewPosition: row.viewPosition,
    laterality: row.laterality,
    instances,
  };
}

function instanceOf(row: InstanceRow): PictureInstance {
  const { pixels, pictureFrames, bytes } = row;
  return {
    id: row.id,
    instanceNumber: row.instanceNumber,
    frames: Math.max(1, row.frames ?? 1),
    state: row.derivation,
    reason: reasons[row.derivation],
    pixels,
    picture: pixels && pictureFrames && bytes !== null ? { bytes, frames: pictureFrames } : null,
  };
}

const reasons: Record<InstanceRow["derivation"], string | null> = {
  pending: "The picture is being prepared.",
  ready: null,
  none: "This file holds no picture that can be shown here.",
  failed: "The picture could not be prepared. The file itself is whole.",
};
