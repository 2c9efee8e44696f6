// Inviting (PL-2): a link to one address, for one role, good once within seven days, that can be sent again or revoked.
import { and, eq, isNull } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { invitationDays } from "#core/contract/team.ts";
import type { Invitation, Invite } from "#core/contract/team.ts";
import { violatedConstraint } from "#db/mod.ts";
import { account, audit, event, invitation, membership, practice } from "#db/schema/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import { newSecret, secretHash } from "../guard/secret.ts";
import { outgoing } from "../mail/mod.ts";
import type { Outgoing } from "../mail/mod.ts";
import type { EdgeParts } from "../parts.ts";
import { presentInvitation } from "./present.ts";
import type { InvitationRow } from "./present.ts";
import { isOwner } from "./team.ts";

const lifeMs = invitationDays * 86_400_000;

/** Invites an address; refused for a member, and where an open invitation is out already. */
export async function invite(
  parts: EdgeParts,
  actor: Actor,
  { email, role }: Invite,
  request: RequestFacts,
): Promise<Invitation | Refused> {
  const { db, newId, now } = parts;
  const { practiceId } = actor;
  if (role === "owner" && !isOwner(actor)) {
    return refuse("forbidden", { detail: "Only an owner invites an owner." });
  }
  const secret = newSecret(parts.random);
  const at = now();
  const row = {
    id: newId(),
    practiceId,
    email,
    role,
    secretHash: await secretHash(secret),
    invitedBy: actor.kind === "account" ? actor.id : null,
    createdAt: at,
    expiresAt: new Date(at.getTime() + lifeMs),
    acceptedAt: null,
    acceptedBy: null,
    revokedAt: null,
  };
  const mails = await invitationMail(parts, actor, row, secret, request);
  try {
    return await db.writeAs(practiceId, async (tx) => {
      const members = await tx.select({ email: account.email }).from(membership)
        .innerJoin(account, eq(account.id, membership.accountId));
      if (members.some((member) => member.email.toLowerCase() === email.toLowerCase())) {
        return refuse("conflict", { detail: "This person is a member already." });
      }
      await tx.insert(invitation).values(row);
      await mails.post(tx);
      const deed = { action: "invitation.made", subjectKind: "invitation", subjectId: row.id };
      await tx.insert(audit).values(auditRow(actor, request, deed, newId));
      await tx.insert(event).values({ practiceId, kind: "team.changed", subjectId: row.id });
      return presentInvitation(row, "waiting", at);
    });
  } catch (fault) {
    if (violatedConstraint(fault) !== "invitation_open") throw fault;
    return refuse("conflict", {
      detail: "An invitation to this address is out already. Send it again, or revoke it.",
    });
  }
}

/** Sends an invitation again, with a new secret and seven more days; the earlier mail's link is void. */
export async function inviteAgain(
  parts: EdgeParts,
  actor: Actor,
  invitationId: string,
  request: RequestFacts,
): Promise<Invitation | Refused> {
  const { db, newId, now } = parts;
  const { practiceId } = actor;
  const [known] = await db.readAs(
    practiceId,
    (q) => q.select().from(invitation).where(eq(invitation.id, invitationId)),
  );
  if (!known) return refuse("not-found", { detail: "There is no such invitation." });
  const secret = newSecret(parts.random);
  const at = now();
  const fresh = { secretHash: await secretHash(secret), expiresAt: new Date(at.getTime() + lifeMs) };
  const mails = await invitationMail(parts, actor, { ...known, ...fresh }, secret, request);
  return await db.writeAs(practiceId, async (tx) => {
    const [row] = await tx.update(invitation).set(fresh)
      .where(
        and(eq(invitation.id, invitationId), isNull(invitation.acceptedAt), isNull(invitation.revokedAt)),
      )
      .returning();
    if (!row) return refuse("conflict", { detail: "This invitation was accepted or revoked." });
    await mails.post(tx);
    const deed = { action: "invitation.sent_again", subjectKind: "invitation", subjectId: row.id };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    return presentInvitation(row, "waiting", at);
  });
}

/** Revokes an invitation; its link is dead at once. */
export async function revokeInvitation(
  { db, newId, now }: EdgeParts,
  actor: Actor,
  invitationId: string,
  request: RequestFacts,
): Promise<Invitation | Refused> {
  const { practiceId } = actor;
  return await db.writeAs(practiceId, async (tx) => {
    const [row] = await tx.update(invitation).set({ revokedAt: now() })
      .where(
        and(eq(invitation.id, invitationId), isNull(invitation.acceptedAt), isNull(invitation.revokedAt)),
      )
      .returning();
    if (!row) return refuse("not-found", { detail: "There is no such open invitation." });
    const deed = { action: "invitation.revoked", subjectKind: "invitation", subjectId: row.id };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    await tx.insert(event).values({ practiceId, kind: "team.changed", subjectId: row.id });
    return presentInvitation(row, null, now());
  });
}

async function invitationMail(
  parts: EdgeParts,
  actor: Actor,
  { id, email, role, expiresAt }: Pick<InvitationRow, "id" | "email" | "role" | "expiresAt">,
  secret: string,
  request: RequestFacts,
): Promise<Outgoing> {
  const { practiceId } = actor;
  const [[place], [person]] = await parts.db.readAs(practiceId, (q) => [
    q.select({ name: practice.name }).from(practice).where(eq(practice.id, practiceId)),
    q.select({ name: account.name }).from(account).where(eq(account.id, actor.id)),
  ]);
  const content = {
    kind: "invitation",
    link: `${parts.publicUrl}/invitation#${secret}`,
    practice: place?.name ?? "",
    invitedBy: person?.name ?? place?.name ?? "",
    role,
    expiresAt: expiresAt.toISOString(),
  } as const;
  return await outgoing(
    parts,
    [{ to: email, content, owner: { practice: practiceId }, subjectId: id }],
    request,
  );
}
