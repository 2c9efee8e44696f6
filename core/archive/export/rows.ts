// What the rows say of a study's files: its current instances in the order people see them.
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type PersonName, personNameOf } from "#core/dicom/mod.ts";
import { instance, object, series, study } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import type { KeptObject } from "../originals.ts";

/** One instance with the object that holds its file. */
export type StudyInstance = {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly seriesInstanceUID: string;
  readonly modality: string | null;
  readonly seriesNumber: number | null;
  readonly viewPosition: string | null;
  readonly instanceNumber: number | null;
  readonly hasPixels: boolean;
  readonly receivedAt: Date;
  readonly object: KeptObject;
};

/** A study and its files. Dates are `YYYY-MM-DD`, times `HH:MM:SS[.ffffff]`. */
export type StudyFiles = {
  readonly patientID: string | null;
  readonly patientName: PersonName | null;
  readonly studyInstanceUID: string;
  readonly studyDate: string | null;
  readonly studyTime: string | null;
  readonly studyDescription: string | null;
  readonly studyID: string | null;
  readonly accessionNumber: string | null;
  readonly instances: readonly StudyInstance[];
};

/** The files of a study, of some series or (`seriesIds` undefined) of all; undefined when there is none of that id. */
export async function studyFiles(
  db: Database,
  practice: string,
  asked: { readonly study: string; readonly seriesIds: readonly string[] | undefined },
): Promise<StudyFiles | undefined> {
  const [[found], rows] = await db.readAs(practice, (q) => [
    q.select().from(study).where(eq(study.id, asked.study)),
    q.select(columns).from(instance)
      .innerJoin(series, eq(series.id, instance.seriesId))
      .innerJoin(object, eq(object.id, instance.objectId))
      .where(and(
        eq(instance.studyId, asked.study),
        eq(instance.current, true),
        asked.seriesIds && inArray(instance.seriesId, [...asked.seriesIds]),
      ))
      .orderBy(asc(series.seriesNumber), asc(series.id), asc(instance.instanceNumber), asc(instance.id)),
  ]);
  if (!found) return undefined;
  return {
    patientID: found.patientId,
    patientName: personNameOf(found.patientName),
    studyInstanceUID: found.studyInstanceUid,
    studyDate: found.studyDate,
    studyTime: found.studyTime,
    studyDescription: found.studyDescription,
    studyID: rows.find((row) => row.studyID !== null)?.studyID ?? null,
    accessionNumber: found.accessionNumber,
    instances: rows.map(({ studyID: _studyID, rows, id, key, bytes, storedAt, ...row }) => ({
      ...row,
      hasPixels: rows !== null,
      object: { id, key, bytes, storedAt },
    })),
  };
}

const columns = {
  sopClassUID: instance.sopClassUid,
  sopInstanceUID: instance.sopInstanceUid,
  transferSyntaxUID: instance.transferSyntaxUid,
  seriesInstanceUID: series.seriesInstanceUid,
  modality: series.modality,
  seriesNumber: series.seriesNumber,
  viewPosition: series.viewPosition,
  instanceNumber: instance.instanceNumber,
  studyID: sql<string | null>`${instance.description} ->> 'studyID'`,
  rows: instance.rows,
  receivedAt: instance.receivedAt,
  id: object.id,
  key: object.key,
  bytes: object.bytes,
  storedAt: object.storedAt,
};
