// Everything that the database holds of one practice, as one hash: two equal ones, and nothing was written between.
import { sql } from "drizzle-orm";
import type { Database } from "#db/mod.ts";

/**
 * The hash over every row of a practice, in every table that has practices; the catalogue names the tables. Left out
 * are counts of uses, which are written a moment after the use.
 */
export async function stateOf(owner: Database, practiceId: string): Promise<string> {
  const tables = await owner.lookUp<{ name: string }>(sql`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'practice_id' and table_name <> 'usage' order by 1`);
  if (tables.length < 10) throw new Error("the catalogue tells less than a practice has");
  const parts = [{ name: "practice" }, ...tables].map(({ name }) => {
    const column = sql.identifier(name === "practice" ? "id" : "practice_id");
    return sql`(select string_agg(t::text, '|' order by t::text) from ${sql.identifier(name)} t
      where ${column} = ${practiceId}::uuid)`;
  });
  const { rows: [found] } = await owner.readAs(
    practiceId,
    (q) => q.execute<{ hash: string }>(sql`select md5(concat_ws('/', ${sql.join(parts, sql`, `)})) as hash`),
  );
  if (!found) throw new Error("a hash of all rows is one row");
  return found.hash;
}
