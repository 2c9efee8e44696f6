// One writer at a time of a practice's studies: arrivals, conflicts between them, and their removal.
import { sql } from "drizzle-orm";
import type { PracticeTransaction } from "#db/mod.ts";

/** Waits until no other transaction writes studies of the practice; held to the end of this one. */
export async function lockStudies(tx: PracticeTransaction, practice: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`archive ${practice}`}, 0))`);
}
