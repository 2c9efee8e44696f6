// A person's own account: what they see of it, their name, and leaving a practice.
import { and, asc, count, eq, gt, isNull } from "drizzle-orm";
import type { OwnAccount } from "#core/contract/accounts.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import {
  account,
  audit,
  mailLink,
  membership,
  passkey,
  practice,
  recoveryCode,
  totp,
} from "#db/schema/mod.ts";
import { auditRow } from "../../guard/audit.ts";
import type { RequestFacts, SignedIn } from "../../guard/env.ts";
import type { EdgeParts } from "../../parts.ts";
import { raiseEpoch } from "../sessions/session.ts";
import { isLastOwner } from "./lastOwner.ts";

/** All that the account page shows. */
export async function ownAccount({ db, now }: EdgeParts, { id }: SignedIn): Promise<OwnAccount | Refused> {
  const [[person], [authenticator], [codes], passkeys, changes, practices] = await db.readAsAccount(
    id,
    (q) => [
      q.select().from(account).where(eq(account.id, id)),
      q.select({ confirmedAt: totp.confirmedAt }).from(totp).where(eq(totp.accountId, id)),
      q.select({ left: count() }).from(recoveryCode).where(isNull(recoveryCode.usedAt)),
      q.select().from(passkey).where(eq(passkey.accountId, id)).orderBy(asc(passkey.createdAt)),
      q.select({ email: mailLink.email }).from(mailLink).where(and(
        eq(mailLink.purpose, "change-new"),
        isNull(mailLink.voidedAt),
        gt(mailLink.expiresAt, now()),
      )),
      q.select({
        id: practice.id,
        name: practice.name,
        role: membership.role,
        joinedAt: membership.createdAt,
      })
        .from(membership).innerJoin(practice, eq(practice.id, membership.practiceId))
        .where(eq(membership.accountId, id)).orderBy(asc(membership.createdAt)),
    ],
  );
  if (!person) return refuse("unauthenticated");
  const waiting = changes.map(({ email }) => email).find((email) => email !== person.email);
  return {
    id,
    name: person.name,
    email: person.email,
    role: person.occupation,
    createdAt: person.createdAt.toISOString(),
    totp: authenticator?.confirmedAt instanceof Date,
    recoveryCodesLeft: codes?.left ?? 0,
    passkeys: passkeys.map((row) => ({
      id: row.id,
      name: row.name,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    })),
    newEmail: waiting ?? null,
    practices: practices.map((row) => ({ ...row, joinedAt: row.joinedAt.toISOString() })),
  };
}

/** Corrects the name. */
export async function rename(parts: EdgeParts, self: SignedIn, name: string): Promise<OwnAccount | Refused> {
  await parts.db.applyAsAccount(
    self.id,
    (q) => q.update(account).set({ name }).where(eq(account.id, self.id)),
  );
  return await ownAccount(parts, self);
}

/** Leaves a practice; its last owner cannot. */
export async function leavePractice(
  { db, newId, now, revocations }: EdgeParts,
  self: SignedIn,
  practiceId: string,
  request: RequestFacts,
): Promise<Refused | undefined> {
  const left = await db.actingAs({ practice: practiceId, account: self.id }, async (tx) => {
    const [member] = await tx.select({ role: membership.role }).from(membership)
      .where(and(eq(membership.practiceId, practiceId), eq(membership.accountId, self.id)));
    if (!member) return refuse("not-found");
    if (await isLastOwner(tx, practiceId, self.id)) {
      return refuse("conflict", { detail: "You are the last owner. Make someone else owner first." });
    }
    await tx.delete(membership)
      .where(and(eq(membership.practiceId, practiceId), eq(membership.accountId, self.id)));
    const person = { kind: "account", id: self.id, practiceId } as const;
    const deed = { action: "member.left", subjectKind: "account", subjectId: self.id };
    await tx.insert(audit).values(auditRow(person, request, deed, newId));
    return { epoch: await raiseEpoch(tx, self.id, now()) };
  });
  if ("refused" in left) return left;
  revocations.add({ account: self.id, epoch: left.epoch });
  return undefined;
}
