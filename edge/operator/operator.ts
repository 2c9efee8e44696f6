// Operators (PL-19): accounts apart from practices. They see that practices exist; to see a practice's state they name
// a reason, which opens an hour and shows in the practice's own activity, as does every look within it. They never see
// studies, pictures, people or mails.
import { and, desc, eq, gt, inArray, sql } from "drizzle-orm";
import type { z } from "zod";
import type { OperatorAccess, OperatorPractices, OperatorView } from "#core/contract/practice.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { audit, instance, mail, membership, operatorAccess, practice, study } from "#db/schema/mod.ts";
import type { AuditRow } from "../guard/audit.ts";
import type { RequestFacts, SignedIn } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";
import { presentProfile } from "../practice/mod.ts";

const accessLife = 3_600_000;

/** All practices, by name alone. */
export async function listPractices(
  { db }: EdgeParts,
  operator: SignedIn,
): Promise<z.infer<typeof OperatorPractices>> {
  const rows = await db.readAsAccount(
    operator.id,
    (q) =>
      q.select({ id: practice.id, name: practice.name, createdAt: practice.createdAt }).from(practice)
        .where(inArray(practice.id, sql`(select o.practice_id from app.operator_practices() o)`))
        .orderBy(practice.createdAt, practice.id),
  );
  return { practices: rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() })) };
}

/** Opens an hour of looking at a practice for a reason, and brings the first look. */
export async function openAccess(
  parts: EdgeParts,
  operator: SignedIn,
  { practiceId, reason }: z.infer<typeof OperatorAccess>,
  request: RequestFacts,
): Promise<z.infer<typeof OperatorView> | Refused> {
  const { db, newId, now } = parts;
  const known = await listPractices(parts, operator);
  if (!known.practices.some(({ id }) => id === practiceId)) return refuse("not-found");
  const createdAt = now();
  const expiresAt = new Date(createdAt.getTime() + accessLife);
  const row = { id: newId(), practiceId, operatorId: operator.id, reason, createdAt, expiresAt };
  const line = auditOf(parts, operator, { practiceId, action: "operator.access_opened", reason }, request);
  await db.applyAs(practiceId, (q) => [q.insert(operatorAccess).values(row), q.insert(audit).values(line)]);
  return await look(parts, practiceId, expiresAt);
}

/** Looks at a practice within an hour that was opened; each look is told to the practice. */
export async function lookAtPractice(
  parts: EdgeParts,
  operator: SignedIn,
  practiceId: string,
  request: RequestFacts,
): Promise<z.infer<typeof OperatorView> | Refused> {
  const { db, now } = parts;
  const [access] = await db.readAs(practiceId, (q) =>
    q.select().from(operatorAccess)
      .where(and(eq(operatorAccess.operatorId, operator.id), gt(operatorAccess.expiresAt, now())))
      .orderBy(desc(operatorAccess.expiresAt)).limit(1));
  if (!access) return refuse("forbidden", { detail: "Name a reason first: POST /api/operator/accesses." });
  const what = { practiceId, action: "operator.looked", reason: access.reason };
  await db.applyAs(practiceId, (q) => q.insert(audit).values(auditOf(parts, operator, what, request)));
  return await look(parts, practiceId, access.expiresAt);
}

async function look(
  { db }: EdgeParts,
  practiceId: string,
  until: Date,
): Promise<z.infer<typeof OperatorView> | Refused> {
  const many = { count: sql<number>`count(*)::int` };
  const [[row], [members], [studies], [instances], [bounced]] = await db.readAs(practiceId, (q) => [
    q.select().from(practice).where(eq(practice.id, practiceId)),
    q.select(many).from(membership),
    q.select(many).from(study),
    q.select(many).from(instance),
    q.select(many).from(mail).where(eq(mail.state, "bounced")),
  ]);
  if (!row) return refuse("not-found");
  return {
    practice: presentProfile(row),
    members: members?.count ?? 0,
    studies: studies?.count ?? 0,
    instances: instances?.count ?? 0,
    mailsBounced: bounced?.count ?? 0,
    until: until.toISOString(),
  };
}

function auditOf(
  { newId }: EdgeParts,
  operator: SignedIn,
  { practiceId, action, reason }: {
    readonly practiceId: string;
    readonly action: string;
    readonly reason: string;
  },
  { address, userAgent }: RequestFacts,
): AuditRow {
  return {
    id: newId(),
    practiceId,
    actorKind: "operator",
    actorId: operator.id,
    action,
    subjectKind: "practice",
    subjectId: practiceId,
    reason,
    ip: address,
    userAgent,
  };
}
