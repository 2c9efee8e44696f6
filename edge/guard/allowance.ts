// How much a sender may do, over all edges: buckets in the database (GCRA), with one in memory in front, so that a
// flood from one sender does not reach the database. Buckets are named by hashes; no address is kept in them.
import { sql } from "drizzle-orm";
import type { MiddlewareHandler } from "hono";
import type { Database } from "#db/mod.ts";
import { senderOf } from "./addressRange.ts";
import type { EdgeEnv } from "./env.ts";
import { openBuckets } from "./limit.ts";
import type { Allowance } from "./limit.ts";
import { refusal } from "./refusal.ts";
import { byteaText, secretHash } from "./secret.ts";

/** What allowances need. */
export type Allowing = { readonly db: Pick<Database, "lookUp">; readonly now: () => Date };

/** Takes one of a bucket that all edges share: milliseconds to wait, 0 when there was one to take. */
export async function takeShared(
  { db, now }: Allowing,
  bucket: string,
  { burst, everyMs }: Allowance,
): Promise<number> {
  const hash = byteaText(await secretHash(bucket));
  const [taken] = await db.lookUp<{ wait: number }>(
    sql`select app.take_allowance(${hash}::bytea, ${burst}, ${everyMs}, ${now().toISOString()}::timestamptz) as wait`,
  );
  return taken?.wait ?? 0;
}

/** Refuses with 429 and Retry-After (RFC 6585 4) when the sender's bucket for `what` is empty, on whatever edge. */
export function sharedLimit(
  allowing: Allowing,
  what: string,
  allowance: Allowance,
): MiddlewareHandler<EdgeEnv> {
  const near = openBuckets(allowance);
  return async (c, next) => {
    const sender = senderOf(c.var.request.address);
    const wait = near(sender, allowing.now().getTime()) ||
      await takeShared(allowing, `${what} ${sender}`, allowance);
    if (wait === 0) return await next();
    return tooMany(c, wait);
  };
}

/** The answer to who must wait. */
export function tooMany(c: Parameters<typeof refusal>[0], waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1000);
  return refusal(c, "too-many", { detail: `Wait ${seconds} seconds and try again.` }, {
    "retry-after": String(seconds),
  });
}
