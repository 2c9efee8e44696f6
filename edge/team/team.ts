// The people of a practice as its people see them, changing their role, and taking them out.
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { Role } from "#core/contract/sessions.ts";
import type { Team } from "#core/contract/team.ts";
import type { Transaction } from "#db/mod.ts";
import { account, audit, event, invitation, membership } from "#db/schema/mod.ts";
import { isLastOwner, raiseEpoch } from "../account/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";
import { presentInvitation } from "./present.ts";

type Standing = { account_id: string; has_second_factor: boolean; last_seen_at: string | Date | null };

/** Members in the order in which they joined, and the invitations that were not accepted or revoked. */
export async function readTeam({ db, now }: EdgeParts, practiceId: string): Promise<Team> {
  const [members, standings, invitations] = await db.readAs(practiceId, (q) => [
    q.select({
      accountId: membership.accountId,
      name: account.name,
      email: account.email,
      role: membership.role,
      joinedAt: membership.createdAt,
    }).from(membership).innerJoin(account, eq(account.id, membership.accountId))
      .orderBy(asc(membership.createdAt), asc(membership.accountId)),
    q.execute<Standing>(sql`select account_id, has_second_factor, last_seen_at from app.team_standing()`),
    q.select({
      row: invitation,
      // Column names are written out: in a selection from one table drizzle leaves its name away.
      mail: sql<string | null>`(select m.state from mail m where m.subject_id = invitation.id
        order by m.created_at desc limit 1)`,
    }).from(invitation).where(and(isNull(invitation.acceptedAt), isNull(invitation.revokedAt)))
      .orderBy(sql`${invitation.createdAt} desc`),
  ]);
  const byId = new Map(standings.rows.map((standing) => [standing.account_id, standing]));
  return {
    members: members.map(({ joinedAt, ...member }) => {
      const standing = byId.get(member.accountId);
      const seen = standing?.last_seen_at;
      return {
        ...member,
        joinedAt: joinedAt.toISOString(),
        hasSecondFactor: standing?.has_second_factor ?? false,
        lastSeenAt: seen ? new Date(seen).toISOString() : null,
      };
    }),
    invitations: invitations.map(({ row, mail }) => presentInvitation(row, mail, now())),
  };
}

/** Who changes whom, on which request. */
export type TeamChange = {
  readonly actor: Actor;
  readonly accountId: string;
  readonly request: RequestFacts;
};

/** Changes a member's role; their tokens die and the next ones say the new role. The last owner stays owner. */
export async function changeRole(parts: EdgeParts, change: TeamChange, role: Role): Promise<Team | Refused> {
  if (role === "owner" && !isOwner(change.actor)) {
    return refuse("forbidden", { detail: "Only an owner makes an owner." });
  }
  const action = "member.role_changed";
  return await changeMember(parts, change, { action, staysOwner: role === "owner" }, async (tx, where) => {
    await tx.update(membership).set({ role }).where(where);
    return await raiseEpoch(tx, change.accountId, parts.now());
  });
}

/** Takes a member out. What they did stays in the activity. */
export async function removeMember(parts: EdgeParts, change: TeamChange): Promise<Team | Refused> {
  const what = { action: "member.removed", staysOwner: false };
  return await changeMember(parts, change, what, async (tx, where) => {
    const epoch = await raiseEpoch(tx, change.accountId, parts.now());
    await tx.delete(membership).where(where);
    return epoch;
  });
}

async function changeMember(
  parts: EdgeParts,
  { actor, accountId, request }: TeamChange,
  { action, staysOwner }: { readonly action: string; readonly staysOwner: boolean },
  work: (tx: Transaction, where: ReturnType<typeof and>) => Promise<number>,
): Promise<Team | Refused> {
  const { db, newId, revocations } = parts;
  const { practiceId } = actor;
  const where = and(eq(membership.practiceId, practiceId), eq(membership.accountId, accountId));
  const changed = await db.writeAs(practiceId, async (tx) => {
    const [member] = await tx.select({ role: membership.role }).from(membership).where(where);
    if (!member) return refuse("not-found", { detail: "There is no such member." });
    if (member.role === "owner" && !isOwner(actor)) {
      return refuse("forbidden", { detail: "Only an owner changes an owner." });
    }
    if (!staysOwner && await isLastOwner(tx, practiceId, accountId)) {
      return refuse("conflict", { detail: "This is the last owner. Make someone else owner first." });
    }
    const epoch = await work(tx, where);
    const deed = { action, subjectKind: "account", subjectId: accountId };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    await tx.insert(event).values({ practiceId, kind: "team.changed", subjectId: accountId });
    return { epoch };
  });
  if ("refused" in changed) return changed;
  revocations.add({ account: accountId, epoch: changed.epoch });
  return await readTeam(parts, practiceId);
}

/** Whether an actor is an owner; a role may be given by who holds it or more. */
export function isOwner(actor: Actor): boolean {
  return actor.kind === "account" && actor.role === "owner";
}
