// A study is complete once nothing came for it during a quiet minute: from then on mails and screening may speak of
// it as a whole. Something new makes it incomplete again (rows/studies.ts), and it is told complete once more.
import { sql } from "drizzle-orm";
import type { Database, PracticeTransaction } from "#db/mod.ts";
import { event, study } from "#db/schema/mod.ts";
import { eachPractice } from "../eachPractice.ts";
import { quietPeriodMs } from "../rows/announce.ts";

export type Completing = {
  readonly db: Database;
  readonly now: () => Date;
  /** How many studies one transaction completes. */
  readonly batch?: number;
};

/** Marks the studies that have gone quiet and tells of each once; how many that were. */
export async function completeStudies(
  { db, now, batch = 500 }: Completing,
  signal?: AbortSignal,
): Promise<number> {
  const at = now();
  const before = new Date(at.getTime() - quietPeriodMs);
  return await eachPractice(
    db,
    sql`select practice_id from app.practices_with_quiet_studies(${before.toISOString()}::timestamptz)`,
    async (practice) => {
      let completed = 0;
      for (let done = batch; done === batch && !signal?.aborted; completed += done) {
        done = await db.writeAs(practice, (tx) => completeSome(tx, practice, { at, before, batch }));
      }
      return completed;
    },
    signal,
  );
}

type Some = { readonly at: Date; readonly before: Date; readonly batch: number };

async function completeSome(
  tx: PracticeTransaction,
  practiceId: string,
  { at, before, batch }: Some,
): Promise<number> {
  // The outer condition is looked at again under the row's lock: an arrival in between keeps the study open.
  const { rows } = await tx.execute<{ id: string }>(sql`
    update ${study} s set completed_at = ${at.toISOString()}::timestamptz
    where s.completed_at is null and s.last_received_at <= ${before.toISOString()}::timestamptz
      and s.id in (select id from ${study} where completed_at is null
        and last_received_at <= ${before.toISOString()}::timestamptz limit ${batch})
    returning s.id`);
  if (rows.length > 0) {
    await tx.insert(event).values(
      rows.map(({ id }) => ({ practiceId, kind: "study.completed", subjectId: id })),
    );
  }
  return rows.length;
}
