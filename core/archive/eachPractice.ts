// Work on a schedule goes from practice to practice; what fails for one holds up none of the others.
import type { SQL } from "drizzle-orm";
import type { Database } from "#db/mod.ts";

/**
 * Works for each practice that a look-up names (`select practice_id …`), until `signal` ends it; the sum of what the
 * works bring. @throws AggregateError at the end, with every fault met on the way.
 */
export async function eachPractice(
  db: Pick<Database, "lookUp">,
  named: SQL,
  work: (practice: string) => Promise<number>,
  signal?: AbortSignal,
): Promise<number> {
  const practices = await db.lookUp<{ practice_id: string }>(named);
  const faults: unknown[] = [];
  let done = 0;
  for (const { practice_id: practice } of practices) {
    if (signal?.aborted) break;
    try {
      done += await work(practice);
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} practices could not be served`);
  return done;
}
