// The report of the last scrub of a practice.
import { asc, desc, eq, sql } from "drizzle-orm";
import type { Integrity } from "#core/contract/integrity.ts";
import { scrub, scrubFault } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";

/** How many faults are listed one by one. */
const mostListed = 1000;

/** The last report, also of a scrub that is under way. */
export async function lastReport(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
): Promise<Integrity> {
  const [last] = await db.readAs(
    practiceId,
    (q) => q.select().from(scrub).orderBy(desc(scrub.startedAt), desc(scrub.id)).limit(1),
  );
  if (!last) return { report: null };
  const [faults, counts] = await db.readAs(practiceId, (q) => [
    q.select({ instanceId: scrubFault.instanceId, fault: scrubFault.fault, what: scrubFault.what })
      .from(scrubFault).where(eq(scrubFault.scrubId, last.id)).orderBy(asc(scrubFault.id)).limit(mostListed),
    q.select({ fault: scrubFault.fault, count: sql<number>`count(*)::int` })
      .from(scrubFault).where(eq(scrubFault.scrubId, last.id)).groupBy(scrubFault.fault),
  ]);
  const countOf = (fault: "missing" | "damaged") => counts.find((row) => row.fault === fault)?.count ?? 0;
  return {
    report: {
      startedAt: last.startedAt.toISOString(),
      endedAt: last.endedAt?.toISOString() ?? null,
      checked: last.checked,
      bytes: last.bytes,
      missing: countOf("missing"),
      damaged: countOf("damaged"),
      faults,
    },
  };
}
