// The series rows of a batch.
import { inArray } from "drizzle-orm";
import { series } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import type { FreshArrival } from "./arrivals.ts";
import { rowId } from "./ids.ts";

/** Ids of the series of a batch by `study id, space, Series Instance UID`; new ones are made. */
export async function seriesRows(
  tx: PracticeTransaction,
  practice: string,
  fresh: readonly FreshArrival[],
  studies: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const standing = await tx.select({ id: series.id, studyId: series.studyId, uid: series.seriesInstanceUid })
    .from(series).where(inArray(series.studyId, [...new Set(studies.values())]));
  const ids = new Map(standing.map((row) => [`${row.studyId} ${row.uid}`, row.id]));
  const added: (typeof series.$inferInsert)[] = [];
  for (const { arrival } of fresh) {
    const studyId = studies.get(arrival.identity.studyInstanceUID) ?? "";
    const key = `${studyId} ${arrival.identity.seriesInstanceUID}`;
    if (ids.has(key)) continue;
    const id = rowId(new Date(arrival.record.receivedAt), key);
    const row = seriesRow(arrival, { id, practiceId: practice, studyId });
    ids.set(key, row.id);
    added.push(row);
  }
  if (added.length > 0) await tx.insert(series).values(added);
  return ids;
}

function seriesRow(
  { record, header, identity }: FreshArrival["arrival"],
  place: { readonly id: string; readonly practiceId: string; readonly studyId: string },
): typeof series.$inferInsert {
  const { description } = header;
  return {
    ...place,
    seriesInstanceUid: identity.seriesInstanceUID,
    modality: description.modality,
    seriesNumber: description.seriesNumber,
    seriesDescription: description.seriesDescription,
    bodyPartExamined: description.bodyPartExamined,
    viewPosition: description.viewPosition,
    laterality: description.laterality,
    receivedAt: new Date(record.receivedAt),
  };
}
