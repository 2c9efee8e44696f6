// The rows of a study whose time is over go, in one transaction that writes down which objects must follow.
import { and, eq, lte, sql } from "drizzle-orm";
import { audit, derivative, event, instance, object, series, study, studyPurge } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import { deedOf, nobody } from "../acting.ts";
import { lockStudies } from "../rows/lock.ts";
import { keptElsewhere, promoteOldest } from "../versions/promote.ts";

export type Removal = { readonly practice: string; readonly study: string; readonly at: Date };

/**
 * Removes the rows of a study that is still due; false when it was restored meanwhile, or when bytes of it still
 * wait for the object store. Its links are taken back.
 */
export async function removeRows(tx: PracticeTransaction, removal: Removal): Promise<boolean> {
  const { practice, study: id, at } = removal;
  await lockStudies(tx, practice);
  const [due] = await tx.select({ uid: study.studyInstanceUid }).from(study)
    .where(and(eq(study.id, id), lte(study.purgeAt, at))).for("update");
  if (!due) return false;
  const kept = await tx.select({
    id: instance.id,
    objectId: instance.objectId,
    dataset: instance.datasetSha256,
    storedAt: object.storedAt,
  }).from(instance).innerJoin(object, eq(object.id, instance.objectId)).where(eq(instance.studyId, id));
  if (kept.some(({ storedAt }) => storedAt === null)) return false;
  const elsewhere = await keptElsewhere(tx, id);
  const instances = sql`(select id from ${instance} where study_id = ${id}::uuid)`;
  const pictures = await tx.delete(derivative).where(sql`instance_id in ${instances}`)
    .returning({ objectId: derivative.objectId });
  await tx.delete(instance).where(eq(instance.studyId, id));
  await tx.delete(series).where(eq(series.studyId, id));
  await tx.delete(study).where(eq(study.id, id));
  await tx.insert(studyPurge).values({
    id,
    practiceId: practice,
    studyInstanceUid: due.uid,
    purgedAt: at,
    objectIds: [...kept, ...pictures].map(({ objectId }) => objectId),
    datasets: kept.map(({ dataset }) => Buffer.from(dataset).toString("hex")),
  });
  await promoteOldest(tx, practice, elsewhere);
  await tell(tx, removal);
  return true;
}

async function tell(tx: PracticeTransaction, { practice, study: id, at }: Removal): Promise<void> {
  const { rows: links } = await tx.execute<{ share_id: string }>(
    sql`select share_id from app.revoke_shares_of_study(${id}::uuid, ${at.toISOString()}::timestamptz)`,
  );
  const purged = { action: "study.purged", subjectKind: "study", subjectId: id, at };
  const revoked = links.map(({ share_id: link }) => ({
    action: "share.revoked",
    subjectKind: "share",
    subjectId: link,
    at,
  }));
  await tx.insert(audit).values([purged, ...revoked].map((deed) => deedOf(practice, nobody, deed)));
  await tx.insert(event).values([
    { practiceId: practice, kind: "study.changed", subjectId: id },
    ...links.map((link) => ({ practiceId: practice, kind: "share.changed", subjectId: link.share_id })),
  ]);
}
