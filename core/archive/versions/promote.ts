// When the current instance of a SOP Instance UID is removed with its study, the oldest other one, which names another
// study, takes its place: it is all that is left of what was sent.
import { and, asc, eq, inArray } from "drizzle-orm";
import { event, instance } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import { askForDerivation } from "../rows/announce.ts";
import { recount } from "../rows/counts.ts";
import { countVersions } from "./settle.ts";

/** Makes the oldest instance left under each UID the current one and has its picture made. */
export async function promoteVersions(
  tx: PracticeTransaction,
  practiceId: string,
  uids: readonly string[],
): Promise<void> {
  if (uids.length === 0) return;
  const left = await tx.select({
    id: instance.id,
    uid: instance.sopInstanceUid,
    studyId: instance.studyId,
    current: instance.current,
  }).from(instance).where(inArray(instance.sopInstanceUid, [...uids]))
    .orderBy(asc(instance.receivedAt), asc(instance.id));
  if (left.length === 0) return;
  for (const rows of Map.groupBy(left, ({ uid }) => uid).values()) {
    const [oldest] = rows;
    if (!oldest || rows.some(({ current }) => current)) continue;
    await tx.update(instance)
      .set({ current: true, relation: "current", derivation: "pending", derivationFault: null })
      .where(and(eq(instance.id, oldest.id)));
    await askForDerivation(tx, practiceId, oldest.id);
  }
  const studies = [...new Set(left.map(({ studyId }) => studyId))];
  await recount(tx, studies);
  await countVersions(tx, studies);
  await tx.insert(event).values(
    studies.map((id) => ({ practiceId, kind: "study.changed", subjectId: id })),
  );
}
