// When the current instance of a SOP Instance UID is removed with its study, the oldest other one, which names another
// study, takes its place: it is all that is left of what was sent.
import { and, asc, eq, ne, sql } from "drizzle-orm";
import { event, instance } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import { askForDerivations } from "../rows/announce.ts";
import { recount } from "../rows/counts.ts";
import { countVersions } from "./settle.ts";

/** An instance of another study under a UID that a study has as well. */
export type Elsewhere = {
  readonly id: string;
  readonly uid: string;
  readonly studyId: string;
  readonly current: boolean;
};

/** What is kept in other studies under the UIDs of a study, the oldest first; asked before its rows go. */
export async function keptElsewhere(tx: PracticeTransaction, studyId: string): Promise<Elsewhere[]> {
  return await tx.select({
    id: instance.id,
    uid: instance.sopInstanceUid,
    studyId: instance.studyId,
    current: instance.current,
  }).from(instance)
    .where(and(
      ne(instance.studyId, studyId),
      sql`${instance.sopInstanceUid} in (select s.sop_instance_uid from instance s where s.study_id = ${studyId}::uuid)`,
    ))
    .orderBy(asc(instance.receivedAt), asc(instance.id));
}

/** Makes the oldest one left under each UID the current one and has its picture made; counts their studies anew. */
export async function promoteOldest(
  tx: PracticeTransaction,
  practiceId: string,
  left: readonly Elsewhere[],
): Promise<void> {
  if (left.length === 0) return;
  for (const rows of Map.groupBy(left, ({ uid }) => uid).values()) {
    const [oldest] = rows;
    if (!oldest || rows.some(({ current }) => current)) continue;
    await tx.update(instance)
      .set({ current: true, relation: "current", derivation: "pending", derivationFault: null })
      .where(eq(instance.id, oldest.id));
    await askForDerivations(tx, practiceId, [oldest.id]);
  }
  const studies = [...new Set(left.map(({ studyId }) => studyId))];
  await recount(tx, studies);
  await countVersions(tx, studies);
  await tx.insert(event).values(
    studies.map((id) => ({ practiceId, kind: "study.changed", subjectId: id })),
  );
}
