// A program of a practice: `Authorization: Bearer vw_…`. The key is looked up by its hash each time, so that one
// that was taken back is refused at once.
import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Product } from "#core/contract/sessions.ts";
import { isPermission } from "#core/domain/permissions.ts";
import { apiKey } from "#db/schema/mod.ts";
import type { Program } from "../guard/env.ts";
import { byteaText, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";

/** How exactly the last use is kept, in milliseconds: a key may be used a thousand times a minute. */
const usedToTheMinute = 60_000;

const form = /^vw_[A-Za-z0-9_-]{43}$/;

/** Whether a bearer's secret is meant as an API key. */
export function isApiKey(bearer: string): boolean {
  return bearer.startsWith("vw_");
}

/** The program of a key, or undefined when the key is unknown, over, taken back or for another product. */
export async function programOf(
  parts: Pick<EdgeParts, "db" | "now">,
  bearer: string,
  product: Product,
): Promise<Program | undefined> {
  const { db, now } = parts;
  if (!form.test(bearer)) return undefined;
  const hash = await secretHash(bearer);
  const [key] = await db.readAsFound(
    sql`app.find_api_key(${byteaText(hash)}::bytea)`,
    (q) => q.select().from(apiKey).where(eq(apiKey.secretHash, hash)),
  );
  if (!key || key.revokedAt || key.product !== product) return undefined;
  if (key.expiresAt && key.expiresAt <= now()) return undefined;
  if (!key.lastUsedAt || now().getTime() - key.lastUsedAt.getTime() > usedToTheMinute) {
    await noteUse(parts, key);
  }
  return {
    kind: "api_key",
    id: key.id,
    practiceId: key.practiceId,
    permissions: key.permissions.filter(isPermission),
  };
}

async function noteUse(
  { db, now }: Pick<EdgeParts, "db" | "now">,
  { id, practiceId }: Pick<typeof apiKey.$inferSelect, "id" | "practiceId">,
): Promise<void> {
  const at = now();
  const stale = or(isNull(apiKey.lastUsedAt), lt(apiKey.lastUsedAt, at));
  await db.applyAs(
    practiceId,
    (q) => q.update(apiKey).set({ lastUsedAt: at }).where(and(eq(apiKey.id, id), stale)),
  );
}
