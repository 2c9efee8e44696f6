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
  const [[found], [place], shown, instances, pictures, [report]] = await db.readAs(practiceId, (q) => [
    q.select().from(study).where(eq(study.id, studyId)),
    q.select({ name: practice.name }).from(practice).where(eq(practice.id, practiceId)),
    q.select().from(series)
      .where(and(eq(series.studyId, studyId), seriesIds ? inArray(series.id, [...seriesIds]) : undefined))
      .orderBy(asc(series.seriesNumber), asc(series.id)),
    q.select(instanceColumns).from(instance)
      .where(and(eq(instance.studyId, studyId), eq(instance.current, true)))
      .orderBy(asc(instance.instanceNumber), asc(instance.id)),
    q.select({
      instanceId: instance.id,
      frames: derivative.frames,
      pixels: derivative.pixels,
      bytes: object.bytes,
    })
      .from(derivative)
      .innerJoin(instance, eq(instance.id, derivative.instanceId))
      .innerJoin(object, eq(object.id, derivative.objectId))
      .where(and(eq(instance.studyId, studyId), eq(instance.current, true), eq(derivative.kind, "htj2k"))),
    newestReport(q, studyId),
  ]);
  if (!found || !place) return undefined;
  const pictureOf = new Map(pictures.map((picture) => [picture.instanceId, picture]));
  const inSeries = Map.groupBy(instances, (row) => row.seriesId);
  return {
    id: found.id,
    patient: patientOf(found),
    description: found.studyDescription,
    studyDate: found.studyDate,
    practice: place.name,
    measurements: keptOn(
      report,
      new Map(shown.flatMap(({ id }) => inSeries.get(id) ?? []).map((row) => [row.sopInstanceUid, row.id])),
    ),
    series: shown.map((row) =>
      seriesOf(row, (inSeries.get(row.id) ?? []).map((each) => instanceOf(each, pictureOf.get(each.id))))
    ),
  };
}

const instanceColumns = {
  id: instance.id,
  seriesId: instance.seriesId,
  sopInstanceUid: instance.sopInstanceUid,
  instanceNumber: instance.instanceNumber,
  frames: instance.frames,
  derivation: instance.derivation,
};

type InstanceRow = Pick<typeof instance.$inferSelect, keyof typeof instanceColumns>;
type Picture = Pick<typeof derivative.$inferSelect, "frames" | "pixels"> & { readonly bytes: number };

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

function instanceOf(row: InstanceRow, picture: Picture | undefined): PictureInstance {
  const ready = picture?.frames && picture.pixels;
  return {
    id: row.id,
    instanceNumber: row.instanceNumber,
    frames: Math.max(1, row.frames ?? 1),
    state: row.derivation,
    reason: reasons[row.derivation],
    pixels: picture?.pixels ?? null,
    picture: ready && picture.frames ? { bytes: picture.bytes, frames: picture.frames } : null,
  };
}

const reasons: Record<InstanceRow["derivation"], string | null> = {
  pending: "The picture is being prepared.",
  ready: null,
  none: "This file holds no picture that can be shown here.",
  failed: "The picture could not be prepared. The file itself is whole.",
};
