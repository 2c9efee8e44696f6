// A sign-in is one session row: begun, renewed and ended here. The row holds hashes alone.
import { and, eq, isNull } from "drizzle-orm";
import type { Role } from "#core/contract/sessions.ts";
import type { Transaction } from "#db/mod.ts";
import { membership, session } from "#db/schema/mod.ts";
import { newSecret, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import type { Brought } from "./renewal.ts";
import { idleFor, livesFor, renewal } from "./renewal.ts";
import type { SessionSecret } from "./sessionCookie.ts";

/** Where a person is a member, and as what. */
export type Membership = { readonly practiceId: string; readonly role: Role };

/** A session as the edge goes on with it. `renewed` is there when the browser is to keep a new secret. */
export type Standing = Membership & {
  readonly sessionId: string;
  readonly accountId: string;
  readonly renewed?: { readonly secret: string; readonly expiresAt: Date };
};

/** Begins a session of a person in a practice. */
export async function beginSession(
  { db, now, random, newId }: EdgeParts,
  accountId: string,
  { practiceId, role }: Membership,
): Promise<Standing> {
  const secret = newSecret(random);
  const at = now();
  const expiresAt = new Date(at.getTime() + livesFor);
  const row = {
    id: newId(),
    accountId,
    practiceId,
    secretHash: await secretHash(secret),
    createdAt: at,
    rotatedAt: at,
    lastSeenAt: at,
    expiresAt,
  };
  await db.applyAsAccount(accountId, (q) => q.insert(session).values(row));
  return { sessionId: row.id, accountId, practiceId, role, renewed: { secret, expiresAt } };
}

/** Goes on with a session by the secret of its cookie; undefined when it is over. A copied secret ends it. */
export async function renewSession(parts: EdgeParts, brought: SessionSecret): Promise<Standing | undefined> {
  const hash = await secretHash(brought.secret);
  const secret = newSecret(parts.random);
  const nextHash = await secretHash(secret);
  const { sessionId, accountId } = brought;
  const outcome = await parts.db.writeAsAccount(accountId, async (tx) => {
    const [row] = await tx.select().from(session).where(eq(session.id, sessionId)).for("update");
    if (!row) return undefined;
    const now = parts.now();
    const verdict = renewal(row, which(row, hash), now);
    if (verdict === "over") return undefined;
    if (verdict === "reused") return await end(tx, sessionId, now);
    const member = await membershipOf(tx, accountId, row.practiceId);
    if (!member) return undefined;
    const standing = { sessionId, accountId, ...member };
    if (verdict === "keep") return standing;
    await tx.update(session)
      .set({ secretHash: nextHash, previousSecretHash: row.secretHash, rotatedAt: now, lastSeenAt: now })
      .where(eq(session.id, sessionId));
    return { ...standing, renewed: { secret, expiresAt: row.expiresAt } };
  });
  if (outcome !== "ended") return outcome;
  parts.ended.add(sessionId);
  parts.log("session_secret_reused", { session: sessionId }, "warning");
  return undefined;
}

/** Ends a session, here at once and on other edges with their next pull. Ending it again changes nothing. */
export async function endSession(
  { db, ended, now }: EdgeParts,
  accountId: string,
  sessionId: string,
): Promise<void> {
  ended.add(sessionId);
  await db.writeAsAccount(accountId, (tx) => end(tx, sessionId, now()));
}

/** The practice a person acts for: the one of the session, else the one they joined first. */
export async function membershipOf(
  tx: Transaction,
  accountId: string,
  practiceId: string | null,
): Promise<Membership | undefined> {
  const [member] = await tx.select({ practiceId: membership.practiceId, role: membership.role }).from(
    membership,
  )
    .where(
      and(
        eq(membership.accountId, accountId),
        practiceId ? eq(membership.practiceId, practiceId) : undefined,
      ),
    )
    .orderBy(membership.createdAt, membership.practiceId).limit(1);
  return member;
}

/** Seconds that the browser keeps the cookie: until the session ends, used or unused. */
export function cookieSeconds(expiresAt: Date, now: Date): number {
  return Math.min(idleFor, expiresAt.getTime() - now.getTime()) / 1000;
}

async function end(tx: Transaction, sessionId: string, now: Date): Promise<"ended"> {
  await tx.update(session).set({ endedAt: now }).where(
    and(eq(session.id, sessionId), isNull(session.endedAt)),
  );
  return "ended";
}

function which(row: typeof session.$inferSelect, hash: Uint8Array): Brought {
  if (same(row.secretHash, hash)) return "current";
  return row.previousSecretHash && same(row.previousSecretHash, hash) ? "previous" : "older";
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
