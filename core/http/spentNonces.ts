// Nonces in the database: one row a nonce, so that a message taken by one process is refused by all, also after a
// restart. Used for writes and for capabilities that work once.
import type { Nonces } from "#core/rpc/mod.ts";
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";

/** What of the database is used here: statements on tables that belong to no practice. */
export type LookUp = { lookUp(query: SQL): Promise<readonly unknown[]> };

/** How long after its expiry a nonce is kept, in seconds: clocks may differ. */
const keepAfter = 60;

/** The port over table `rpc_nonce`. One statement decides: of two arrivals one inserts. */
export function spentNonces(db: LookUp): Nonces {
  return {
    async spend(nonce, expires) {
      const rows = await db.lookUp(
        sql`insert into rpc_nonce (nonce, expires_at) values (${nonce}, to_timestamp(${expires}::double precision))
            on conflict do nothing returning nonce`,
      );
      return rows.length === 1;
    },
  };
}

/** Deletes at most `most` nonces that no signature can use any more; returns how many. For a job. */
export async function forgetNonces(db: LookUp, now: Date, most = 10_000): Promise<number> {
  const before = new Date(now.getTime() - keepAfter * 1000).toISOString();
  const rows = await db.lookUp(
    sql`delete from rpc_nonce where nonce in
        (select nonce from rpc_nonce where expires_at < ${before}::timestamptz limit ${most}::int) returning nonce`,
  );
  return rows.length;
}
