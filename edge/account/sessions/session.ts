// A sign-in is one session row: begun, renewed and ended here. The row holds hashes alone.
import { and, eq, isNull, ne, sql } from "drizzle-orm";
import type { Role } from "#core/contract/sessions.ts";
import type { Transaction } from "#db/mod.ts";
import { account, membership, practice, revocation, session } from "#db/schema/mod.ts";
import type { RequestFacts } from "../../guard/env.ts";
import { newSecret, secretHash } from "../../guard/secret.ts";
import type { EdgeParts } from "../../parts.ts";
import { hasSecondFactor } from "../signIn/factors.ts";
import type { SessionSecret } from "../tokens/sessionCookie.ts";
import type { Brought } from "./renewal.ts";
import { idleFor, livesFor, renewal } from "./renewal.ts";

/** Where a person is a member, as what, and the practice's epoch. */
export type Membership = { readonly practiceId: string; readonly role: Role; readonly practiceEpoch: number };

/** A session as the edge goes on with it. `renewed` is there when the browser is to keep a new secret. */
export type Standing = {
  readonly sessionId: string;
  readonly accountId: string;
  readonly epoch: number;
  readonly isOperator: boolean;
  readonly member: Membership | null;
  readonly hasSecondFactor: boolean;
  readonly provedAt: Date;
  readonly renewed?: { readonly secret: string; readonly expiresAt: Date };
};

/** Begins a session within a transaction of the account, for a practice or the one joined first. */
export async function beginSession(
  { now, random, newId }: EdgeParts,
  tx: Transaction,
  accountId: string,
  { request, practiceId = null }: { readonly request: RequestFacts; readonly practiceId?: string | null },
): Promise<Standing> {
  const secret = newSecret(random);
  const at = now();
  const expiresAt = new Date(at.getTime() + livesFor);
  const standing = await standingOf(tx, accountId, practiceId);
  if (!standing) throw new Error("a session of no account");
  const row = {
    id: newId(),
    accountId,
    practiceId: standing.member?.practiceId ?? null,
    secretHash: await secretHash(secret),
    createdAt: at,
    rotatedAt: at,
    lastSeenAt: at,
    provedAt: at,
    expiresAt,
    ip: request.address,
    userAgent: request.userAgent,
  };
  await tx.insert(session).values(row);
  return { sessionId: row.id, accountId, provedAt: at, ...standing, renewed: { secret, expiresAt } };
}

/** How a renewal came out: a standing, nothing, or that a copied secret ended the session. */
type Renewed = Standing | "over" | "reused";

/** Goes on with a session by the secret of its cookie. A copied secret ends it, and its person is told (`reused`). */
export async function renewSession(
  parts: EdgeParts,
  brought: SessionSecret,
  request: RequestFacts,
): Promise<Renewed> {
  const hash = await secretHash(brought.secret);
  const secret = newSecret(parts.random);
  const nextHash = await secretHash(secret);
  const { sessionId, accountId } = brought;
  const outcome = await parts.db.writeAsAccount(accountId, async (tx): Promise<Renewed> => {
    const [row] = await tx.select().from(session).where(eq(session.id, sessionId)).for("update");
    if (!row) return "over";
    const now = parts.now();
    const verdict = renewal(row, which(row, hash), now);
    if (verdict === "over") return "over";
    if (verdict === "reused") {
      await end(tx, accountId, sessionId, now);
      return "reused";
    }
    const found = await standingOf(tx, accountId, row.practiceId);
    if (!found) return "over";
    const standing = { sessionId, accountId, provedAt: row.provedAt, ...found };
    if (verdict === "keep") return standing;
    await tx.update(session).set({
      secretHash: nextHash,
      previousSecretHash: row.secretHash,
      rotatedAt: now,
      lastSeenAt: now,
      practiceId: found.member?.practiceId ?? null,
      ip: request.address,
      userAgent: request.userAgent,
    }).where(eq(session.id, sessionId));
    return { ...standing, renewed: { secret, expiresAt: row.expiresAt } };
  });
  if (outcome !== "reused") return outcome;
  parts.revocations.add({ session: sessionId });
  parts.log("session_secret_reused", { session: sessionId }, "warning");
  return outcome;
}

/** Ends a session, here at once and on other edges with their next pull. Ending it again changes nothing. */
export async function endSession(
  { db, revocations, now }: EdgeParts,
  accountId: string,
  sessionId: string,
): Promise<boolean> {
  const ended = await db.writeAsAccount(accountId, (tx) => end(tx, accountId, sessionId, now()));
  if (ended) revocations.add({ session: sessionId });
  return ended;
}

/**
 * Ends the sessions of an account within a transaction of it, but for one, and kills every token of it. The caller
 * hands the epoch to `revocations.add` once the transaction stands.
 */
export async function endSessions(
  tx: Transaction,
  accountId: string,
  { now, except }: { readonly now: Date; readonly except: string | null },
): Promise<number> {
  await tx.update(session).set({ endedAt: now }).where(
    and(isNull(session.endedAt), except === null ? undefined : ne(session.id, except)),
  );
  return await raiseEpoch(tx, accountId, now);
}

/** Kills every token of an account (the actor's own, or a member's of the practice acted for); the new epoch. */
export async function raiseEpoch(tx: Transaction, accountId: string, now: Date): Promise<number> {
  const { rows: [raised] } = await tx.execute<{ epoch: number | null }>(
    sql`select app.raise_epoch(${accountId}::uuid, ${now.toISOString()}::timestamptz) as epoch`,
  );
  if (typeof raised?.epoch !== "number") throw new Error("an epoch was not raised");
  return raised.epoch;
}

/** The facts that a token is made of: epochs, membership and second factor; undefined when there is no account. */
export async function standingOf(
  tx: Transaction,
  accountId: string,
  practiceId: string | null,
): Promise<Pick<Standing, "epoch" | "isOperator" | "member" | "hasSecondFactor"> | undefined> {
  const [found] = await tx.select({ epoch: account.epoch, kind: account.kind }).from(account)
    .where(eq(account.id, accountId));
  if (!found) return undefined;
  return {
    epoch: found.epoch,
    isOperator: found.kind === "operator",
    member: await membershipOf(tx, accountId, practiceId),
    hasSecondFactor: await hasSecondFactor(tx, accountId),
  };
}

/** The practice a person acts for: the one wished while they belong to it, else the one they joined first. */
async function membershipOf(
  tx: Transaction,
  accountId: string,
  practiceId: string | null,
): Promise<Membership | null> {
  const members = await tx.select({
    practiceId: membership.practiceId,
    role: membership.role,
    practiceEpoch: practice.epoch,
  }).from(membership).innerJoin(practice, eq(practice.id, membership.practiceId))
    .where(eq(membership.accountId, accountId))
    .orderBy(membership.createdAt, membership.practiceId);
  return members.find((member) => member.practiceId === practiceId) ?? members[0] ?? null;
}

/** Seconds that the browser keeps the cookie: until the session ends, used or unused. */
export function cookieSeconds(expiresAt: Date, now: Date): number {
  return Math.min(idleFor, expiresAt.getTime() - now.getTime()) / 1000;
}

async function end(tx: Transaction, accountId: string, sessionId: string, now: Date): Promise<boolean> {
  const ended = await tx.update(session).set({ endedAt: now })
    .where(and(eq(session.id, sessionId), isNull(session.endedAt))).returning({ id: session.id });
  if (ended.length === 0) return false;
  await tx.insert(revocation).values({ at: now, accountId, sessionId });
  return true;
}

function which(row: typeof session.$inferSelect, hash: Uint8Array): Brought {
  if (same(row.secretHash, hash)) return "current";
  return row.previousSecretHash && same(row.previousSecretHash, hash) ? "previous" : "older";
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
