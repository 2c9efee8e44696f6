// The order of results and the cursor that leads from one page to the next (keyset): studies by when something last
// came for them, series and instances by their ids, which rise with time.
import { type SQL, sql } from "drizzle-orm";
import { Id } from "#core/contract/identifiers.ts";
import { readCursor, writeCursor } from "../../studies/mod.ts";
import type { Level } from "./attributes.ts";

const byId = (table: "series" | "instance") => ({
  order: sql`${sql.identifier(table)}.id`,
  cursor: sql`${sql.identifier(table)}.id::text`,
});

/** What a level is ordered by, and the place of a row in it. */
export const newerFirst: Readonly<Record<Level, { readonly order: SQL; readonly cursor: SQL }>> = {
  study: {
    order: sql`study.last_received_at desc, study.id desc`,
    cursor:
      sql`to_char(study.last_received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || study.id`,
  },
  series: byId("series"),
  instance: byId("instance"),
};

/** The condition that a row comes after a cursor; undefined when the text is no cursor of this level. */
export function placeAfter(level: Level, cursor: string): SQL | undefined {
  if (level === "study") {
    const place = readCursor(cursor);
    return place && sql`(study.last_received_at, study.id) < (${place[0]}::timestamptz, ${place[1]}::uuid)`;
  }
  return Id.safeParse(cursor).success ? sql`${sql.identifier(level)}.id > ${cursor}::uuid` : undefined;
}

/** The cursor of a row. */
export function cursorOf(row: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (row === undefined) return undefined;
  const [place = "", id] = String(row.cursor).split(" ");
  return id === undefined ? place : writeCursor([place, id]);
}
