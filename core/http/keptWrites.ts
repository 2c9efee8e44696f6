// Writes by idempotency key in the database. A row without an answer is a write at work; when its process died it
// may be begun again after `staleMs`.
import type { Idempotency, KeyedWrite, Standing } from "#core/rpc/mod.ts";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { LookUp } from "./spentNonces.ts";

const Row = z.object({ asks_hash: z.string(), answered: z.boolean(), answer: z.unknown() });

/** The port over table `idempotency_key`. */
export function keptWrites(db: LookUp): Idempotency {
  return {
    async begin(write, staleMs) {
      if (await began(db, write, staleMs)) return { state: "begun" };
      return await standing(db, write);
    },
    async end({ call, key }, answer) {
      const text = JSON.stringify(answer) ?? "null";
      await db.lookUp(
        sql`update idempotency_key set answer = ${text}::jsonb where call = ${call} and key = ${key}`,
      );
    },
    async drop({ call, key }) {
      await db.lookUp(
        sql`delete from idempotency_key where call = ${call} and key = ${key} and answer is null`,
      );
    },
  };
}

/** One statement: the row is made, or a stale one without answer and with the same asks is taken over. */
async function began(db: LookUp, { call, key, asksHash }: KeyedWrite, staleMs: number): Promise<boolean> {
  const rows = await db.lookUp(
    sql`insert into idempotency_key as kept (call, key, asks_hash) values (${call}, ${key}, ${asksHash})
        on conflict (call, key) do update set created_at = now()
        where kept.answer is null and kept.asks_hash = excluded.asks_hash
          and kept.created_at < now() - ${staleMs}::double precision * interval '1 millisecond'
        returning key`,
  );
  return rows.length === 1;
}

async function standing(db: LookUp, { call, key, asksHash }: KeyedWrite): Promise<Standing> {
  const rows = await db.lookUp(
    sql`select asks_hash, answer is not null as answered, answer from idempotency_key
        where call = ${call} and key = ${key}`,
  );
  const [found] = z.array(Row).parse(rows);
  if (!found) return { state: "running" }; // dropped between the two statements: the caller asks again
  if (found.asks_hash !== asksHash) return { state: "other" };
  return found.answered ? { state: "answered", answer: found.answer } : { state: "running" };
}

/** Deletes at most `most` keys older than a day; returns how many. For a job. */
export async function forgetWrites(db: LookUp, now: Date, most = 10_000): Promise<number> {
  const before = new Date(now.getTime() - 24 * 3_600_000).toISOString();
  const rows = await db.lookUp(
    sql`delete from idempotency_key where (call, key) in
        (select call, key from idempotency_key where created_at < ${before}::timestamptz limit ${most}::int)
        returning key`,
  );
  return rows.length;
}
