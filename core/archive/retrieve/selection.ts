// The instances that a name of DICOMweb means, within one practice: current ones alone, in the order of their numbers.
import { and, asc, eq, type SQL } from "drizzle-orm";
import type { DicomName } from "#core/contract/retrieve.ts";
import { derivative, instance, object, series, study } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import type { KeptObject } from "../originals.ts";

/** One instance, with where its bytes are. */
export type Selected = {
  readonly id: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  readonly fileSha256: string;
  readonly kept: KeptObject;
};

/** All instances of a name; none where nothing has it. */
export async function select(
  db: Pick<Database, "readAs">,
  practice: string,
  name: DicomName,
): Promise<Selected[]> {
  const rows = await db.readAs(practice, (q) =>
    q.select({
      id: instance.id,
      studyInstanceUID: study.studyInstanceUid,
      seriesInstanceUID: series.seriesInstanceUid,
      sopClassUID: instance.sopClassUid,
      sopInstanceUID: instance.sopInstanceUid,
      transferSyntaxUID: instance.transferSyntaxUid,
      fileSha256: instance.fileSha256,
      kept: { id: object.id, key: object.key, bytes: object.bytes, storedAt: object.storedAt },
    }).from(instance).innerJoin(series, eq(series.id, instance.seriesId))
      .innerJoin(study, eq(study.id, instance.studyId))
      .innerJoin(object, eq(object.id, instance.objectId))
      .where(and(eq(instance.current, true), ...named(name)))
      .orderBy(asc(series.seriesNumber), asc(series.id), asc(instance.instanceNumber), asc(instance.id)));
  return rows.map((row) => ({ ...row, fileSha256: Buffer.from(row.fileSha256).toString("hex") }));
}

function named(name: DicomName): SQL[] {
  return [
    eq(study.studyInstanceUid, name.study),
    ...(name.series === undefined ? [] : [eq(series.seriesInstanceUid, name.series)]),
    ...(name.instance === undefined ? [] : [eq(instance.sopInstanceUid, name.instance)]),
  ];
}

/** The HTJ2K codestreams that were made of an instance. */
export async function codestreamsOf(db: Pick<Database, "readAs">, practice: string, instanceId: string) {
  const [row] = await db.readAs(practice, (q) =>
    q.select({
      frames: derivative.frames,
      kept: { id: object.id, key: object.key, bytes: object.bytes, storedAt: object.storedAt },
    }).from(derivative).innerJoin(object, eq(object.id, derivative.objectId))
      .where(and(eq(derivative.instanceId, instanceId), eq(derivative.kind, "htj2k"))));
  return row;
}
