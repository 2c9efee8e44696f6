// How far the journal has been taken over, in the database beside the rows it speaks of.
import { sql } from "drizzle-orm";
import type { Database } from "#db/mod.ts";
import type { JournalPlace } from "../journal/mod.ts";

const journalName = "archive";

/** The place from which records must be followed; undefined in a new database. */
export async function readProgress(db: Database): Promise<JournalPlace | undefined> {
  const [row] = await db.lookUp<{ segment: number; position: number | string }>(
    sql`select segment, position from journal_progress where journal = ${journalName}`,
  );
  return row && { segment: row.segment, position: Number(row.position) };
}

/** Moves the progress; it never moves back. */
export async function writeProgress(db: Database, { segment, position }: JournalPlace): Promise<void> {
  await db.lookUp(sql`
    insert into journal_progress as p (journal, segment, position) values (${journalName}, ${segment}, ${position})
    on conflict (journal) do update set segment = excluded.segment, position = excluded.position
    where (p.segment, p.position) < (excluded.segment, excluded.position)`);
}

/** Takes the progress back to none, so that the journal is followed from its first record. */
export async function forgetProgress(db: Database): Promise<void> {
  await db.lookUp(sql`delete from journal_progress where journal = ${journalName}`);
}
