// Accepting an invitation. It is bound to its address: who got the mail has proved it; an account that exists must be
// signed in with the same address. Of two who accept at once one statement lets one win.
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { refuse, refuseField } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { AcceptInvitation, InvitationOffer } from "#core/contract/team.ts";
import type { Transaction } from "#db/mod.ts";
import { account, audit, event, invitation, membership, practice } from "#db/schema/mod.ts";
import { beginSession, digestOf, findAccount, raiseEpoch, weakPassword } from "../account/mod.ts";
import type { Standing } from "../account/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { RequestFacts, SignedIn } from "../guard/env.ts";
import { byteaText, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import { invitationState } from "./present.ts";
import type { InvitationRow } from "./present.ts";

const dead = refuse("gone", {
  detail: "This invitation was used, revoked, or its time is over. Ask for a new one.",
});

/** What the bearer of the secret is invited to; refused alike whether it is unknown, used, revoked or over. */
export async function lookAtInvitation(parts: EdgeParts, secret: string): Promise<InvitationOffer | Refused> {
  const open = await findOpen(parts, secret);
  if (!open) return dead;
  const [[place], [person]] = await parts.db.readAs(open.practiceId, (q) => [
    q.select({ name: practice.name, location: practice.location }).from(practice)
      .where(eq(practice.id, open.practiceId)),
    q.select({ name: account.name }).from(account).where(sql`${account.id} = ${open.invitedBy}`),
  ]);
  return {
    practice: place?.name ?? "",
    location: place?.location ?? "",
    invitedBy: person?.name ?? place?.name ?? "",
    email: open.email,
    role: open.role,
    expiresAt: open.expiresAt.toISOString(),
    hasAccount: await findAccount(parts, open.email) !== undefined,
  };
}

/** Who accepts: the person signed in, if any, and what they sent. */
export type Accepting = {
  readonly asked: AcceptInvitation;
  readonly self: SignedIn | undefined;
  readonly request: RequestFacts;
};

/** Makes the bearer a member and brings a session that acts for the practice. */
export async function acceptInvitation(parts: EdgeParts, accepting: Accepting): Promise<Standing | Refused> {
  const { asked, self } = accepting;
  const open = await findOpen(parts, asked.token);
  if (!open) return dead;
  const known = await findAccount(parts, open.email);
  if (known) {
    if (self?.id !== known) {
      return refuse("unauthenticated", { detail: `Sign in as ${open.email} to accept this invitation.` });
    }
    return await join(parts, open, known, accepting, () => Promise.resolve());
  }
  const { newAccount } = asked;
  if (!newAccount) {
    return refuseField("body.newAccount", "is needed: this address has no account yet");
  }
  const weak = weakPassword(newAccount.password, [newAccount.name, open.email]);
  if (weak) return weak;
  const passwordDigest = await digestOf(parts, newAccount.password, accepting.request);
  const id = parts.newId();
  const at = parts.now();
  return await join(parts, open, id, accepting, async (tx) => {
    const { email, role } = open;
    const row = {
      id,
      email,
      name: newAccount.name,
      occupation: role,
      passwordDigest,
      emailVerifiedAt: at,
      createdAt: at,
    };
    await tx.insert(account).values(row);
  });
}

async function join(
  parts: EdgeParts,
  { id: invitationId, practiceId, role }: InvitationRow,
  accountId: string,
  { request }: Accepting,
  make: (tx: Transaction) => Promise<void>,
): Promise<Standing | Refused> {
  const { db, now, newId, revocations } = parts;
  const joined = await db.actingAs({ practice: practiceId, account: accountId }, async (tx) => {
    const [won] = await tx.update(invitation).set({ acceptedAt: now(), acceptedBy: accountId }).where(and(
      eq(invitation.id, invitationId),
      isNull(invitation.acceptedAt),
      isNull(invitation.revokedAt),
      gt(invitation.expiresAt, now()),
    )).returning({ id: invitation.id });
    if (!won) return dead;
    await make(tx);
    await tx.insert(membership).values({ practiceId, accountId, role, createdAt: now() })
      .onConflictDoNothing();
    const person = { kind: "account", id: accountId, practiceId } as const;
    const deed = { action: "invitation.accepted", subjectKind: "invitation", subjectId: invitationId };
    await tx.insert(audit).values(auditRow(person, request, deed, newId));
    await tx.insert(event).values({ practiceId, kind: "team.changed", subjectId: accountId });
    const epoch = await raiseEpoch(tx, accountId, now());
    return { epoch, standing: await beginSession(parts, tx, accountId, { request, practiceId }) };
  });
  if ("refused" in joined) return joined;
  revocations.add({ account: accountId, epoch: joined.epoch });
  return joined.standing;
}

async function findOpen({ db, now }: EdgeParts, secret: string): Promise<InvitationRow | undefined> {
  const hash = byteaText(await secretHash(secret));
  const [found] = await db.lookUp<{ invitation_id: string; practice_id: string }>(
    sql`select invitation_id, practice_id from app.find_invitation(${hash}::bytea)`,
  );
  if (!found) return undefined;
  const [row] = await db.readAs(
    found.practice_id,
    (q) => q.select().from(invitation).where(eq(invitation.id, found.invitation_id)),
  );
  return row && invitationState(row, now()) === "open" ? row : undefined;
}
