// API keys of a practice (programs): made for one product and some of the maker's own permissions, shown once, taken
// back at once.
import { and, desc, eq, isNull } from "drizzle-orm";
import type { ApiKey, ApiKeyList, CreatedApiKey, NewApiKey } from "#core/contract/practice.ts";
import { refuse, refuseField } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { keyPermissions } from "#core/domain/permissions.ts";
import { account, apiKey, audit } from "#db/schema/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import { newSecret, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";

/** The most live keys a practice may have. */
const mostKeys = 100;

/** All keys of a practice, the newest first. */
export async function listKeys({ db }: Pick<EdgeParts, "db">, practiceId: string): Promise<ApiKeyList> {
  const rows = await db.readAs(
    practiceId,
    (q) =>
      q.select({ key: apiKey, maker: account.name }).from(apiKey).leftJoin(
        account,
        eq(account.id, apiKey.createdBy),
      )
        .orderBy(desc(apiKey.createdAt), desc(apiKey.id)).limit(500),
  );
  return { keys: rows.map(({ key, maker }) => presentKey(key, maker)) };
}

/** Makes a key. Permissions that its maker does not hold, or that are of another product, are refused. */
export async function makeKey(
  { db, newId, now, random }: EdgeParts,
  actor: Actor,
  { name, product, permissions, expiresInDays }: NewApiKey,
  request: RequestFacts,
): Promise<CreatedApiKey | Refused> {
  const { practiceId } = actor;
  const held: readonly string[] = keyPermissions(product, actor.permissions);
  const wanting = permissions.filter((permission) => !held.includes(permission));
  if (wanting.length > 0) {
    const detail = `names what you may not give to a key of ${product}: ${wanting.join(", ")}`;
    return refuseField("body.permissions", detail);
  }
  const secret = `vw_${newSecret(random)}`;
  const createdAt = now();
  const row = {
    id: newId(),
    practiceId,
    name,
    product,
    permissions: [...new Set(permissions)],
    secretHash: await secretHash(secret),
    createdBy: actor.kind === "account" ? actor.id : null,
    createdAt,
    expiresAt: expiresInDays === null ? null : new Date(createdAt.getTime() + expiresInDays * 86_400_000),
  };
  return await db.writeAs(practiceId, async (tx) => {
    if (await tx.$count(apiKey, isNull(apiKey.revokedAt)) >= mostKeys) {
      return refuse("conflict", { detail: `A practice may have ${mostKeys} keys. Take one back first.` });
    }
    const [made] = await tx.insert(apiKey).values(row).returning();
    if (!made) throw new Error("a key row was not written");
    const deed = { action: "api_key.made", subjectKind: "api_key", subjectId: row.id };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    return { key: presentKey(made, null), secret };
  });
}

/** Takes a key back: its next request is refused. */
export async function revokeKey(
  { db, newId, now }: EdgeParts,
  actor: Actor,
  keyId: string,
  request: RequestFacts,
): Promise<ApiKey | Refused> {
  return await db.writeAs(actor.practiceId, async (tx) => {
    const [row] = await tx.update(apiKey).set({ revokedAt: now() })
      .where(and(eq(apiKey.id, keyId), isNull(apiKey.revokedAt))).returning();
    if (!row) return refuse("not-found", { detail: "There is no such live key." });
    const deed = { action: "api_key.revoked", subjectKind: "api_key", subjectId: row.id };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    return presentKey(row, null);
  });
}

function presentKey(row: typeof apiKey.$inferSelect, createdBy: string | null): ApiKey {
  const { id, name, product, permissions, createdAt, lastUsedAt, expiresAt, revokedAt } = row;
  return {
    id,
    name,
    product,
    permissions,
    createdAt: createdAt.toISOString(),
    createdBy,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
