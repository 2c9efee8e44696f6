// Rows of pictures that were replaced by others: the derivative names the newer object, the older one stays behind.
import { and, inArray, like, lt, notExists, sql } from "drizzle-orm";
import { derivative, object } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import { eachPractice } from "../eachPractice.ts";

/** Deletes old picture objects that no derivative names, object first, then row; how many. */
export async function removeReplacedPictures(
  { db, objects }: { readonly db: Database; readonly objects: Objects },
  before: Date,
  signal?: AbortSignal,
): Promise<number> {
  return await eachPractice(db, sql`select practice_id from app.all_practices()`, async (practice) => {
    const replaced = await db.withBin.readAs(
      practice,
      (q) =>
        q.select({ id: object.id, key: object.key }).from(object).where(and(
          like(object.key, "practice/%/derivative/%"),
          lt(object.createdAt, before),
          notExists(
            q.select({ one: sql`1` }).from(derivative).where(sql`${derivative.objectId} = ${object.id}`),
          ),
        )).limit(1000),
    );
    for (const { key } of replaced) await objects.delete(key);
    if (replaced.length === 0) return 0;
    const ids = replaced.map(({ id }) => id);
    await db.writeAs(practice, (tx) => tx.delete(object).where(inArray(object.id, ids)));
    return replaced.length;
  }, signal);
}
