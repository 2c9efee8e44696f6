// Removes for good what has been in the bin for thirty days. Four steps, each safe to run again, so that a kill
// anywhere is made good by the next run: the rows go in one transaction that leaves a `study_purge` row, a tombstone
// is written beside the journal, the objects are deleted, and the purge is marked finished.
import { and, eq, isNotNull, isNull, lte, sql } from "drizzle-orm";
import type { Objects } from "#core/services/objects/mod.ts";
import { object, study, studyPurge } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { eachPractice } from "../eachPractice.ts";
import { removeRows } from "./removeRows.ts";
import { writeTombstone } from "./tombstones.ts";

export type Purging = {
  readonly db: Database;
  readonly objects: Objects;
  /** The folder of tombstones. */
  readonly purged: string;
  readonly now: () => Date;
};

/** Removes what is due; how many studies that were. */
export async function purgeStudies(purging: Purging, signal?: AbortSignal): Promise<number> {
  const { db, now } = purging;
  const at = now();
  return await eachPractice(
    db,
    sql`select practice_id from app.practices_with_due_purges(${at.toISOString()}::timestamptz)`,
    async (practice) => {
      let removed = 0;
      for (const id of await dueStudies(db, practice, at)) {
        if (signal?.aborted) return removed;
        if (await db.withBin.writeAs(practice, (tx) => removeRows(tx, { practice, study: id, at }))) {
          removed++;
        }
      }
      await finishPurges(purging, practice, signal);
      return removed;
    },
    signal,
  );
}

async function dueStudies(db: Database, practice: string, at: Date): Promise<string[]> {
  const rows = await db.withBin.readAs(
    practice,
    (q) =>
      q.select({ id: study.id }).from(study).where(and(isNotNull(study.deletedAt), lte(study.purgeAt, at))),
  );
  return rows.map(({ id }) => id);
}

async function finishPurges(purging: Purging, practice: string, signal?: AbortSignal): Promise<void> {
  const open = await purging.db.readAs(
    practice,
    (q) => q.select().from(studyPurge).where(isNull(studyPurge.finishedAt)),
  );
  for (const purge of open) {
    if (signal?.aborted) return;
    await finishPurge(purging, purge);
  }
}

async function finishPurge(
  { db, objects, purged, now }: Purging,
  purge: typeof studyPurge.$inferSelect,
): Promise<void> {
  const { practiceId: practice, objectIds, datasets } = purge;
  await writeTombstone(purged, {
    version: 1,
    practice,
    study: purge.id,
    purgedAt: purge.purgedAt.toISOString(),
    objects: objectIds,
    datasets,
  });
  const kept = await db.readAs(
    practice,
    (q) => q.select({ key: object.key }).from(object).where(isOf(purge.id)),
  );
  for (const { key } of kept) await objects.delete(key);
  await db.writeAs(practice, async (tx) => {
    await tx.delete(object).where(isOf(purge.id));
    await tx.update(studyPurge).set({ finishedAt: now() }).where(eq(studyPurge.id, purge.id));
  });
}

/** The objects of a purge, however many: their ids stand in its row. */
function isOf(purge: string) {
  return sql`${object.id} in (select unnest(p.object_ids) from ${studyPurge} p where p.id = ${purge}::uuid)`;
}
