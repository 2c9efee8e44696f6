// What staff see and do about the links of a study: list them, read their history, take one back.
import { and, desc, eq, isNull } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { Share, ShareList, ShareVisits } from "#core/contract/shares.ts";
import { audit, event, share, study } from "#db/schema/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";
import { presentShare, shareColumns } from "./presenter.ts";

/** How many lines of a link's history are told, newest first. */
const historyLines = 500;

/** The links of a study, newest first. */
export async function listShares(
  { db, now }: EdgeParts,
  practiceId: string,
  studyId: string,
): Promise<ShareList | Refused> {
  const [[found], rows] = await db.readAs(practiceId, (q) => [
    q.select({ id: study.id }).from(study).where(eq(study.id, studyId)),
    q.select(shareColumns).from(share).where(eq(share.studyId, studyId)).orderBy(
      desc(share.createdAt),
      desc(share.id),
    ),
  ]);
  if (!found) return refuse("not-found");
  return { shares: rows.map((row) => presentShare(row, now())) };
}

/** Who opened a link, or tried to, and what staff did to it. */
export async function visitsOf(
  { db }: EdgeParts,
  practiceId: string,
  shareId: string,
): Promise<ShareVisits | Refused> {
  const [[found], rows] = await db.readAs(practiceId, (q) => [
    q.select({ id: share.id }).from(share).where(eq(share.id, shareId)),
    q.select({
      at: audit.at,
      action: audit.action,
      outcome: audit.outcome,
      ip: audit.ip,
      userAgent: audit.userAgent,
    }).from(audit).where(and(eq(audit.subjectKind, "share"), eq(audit.subjectId, shareId)))
      .orderBy(desc(audit.at), desc(audit.id)).limit(historyLines),
  ]);
  if (!found) return refuse("not-found");
  return { visits: rows.map((row) => ({ ...row, at: row.at.toISOString() })) };
}

/** Takes a link back: its next request is refused. Doing it again changes nothing. */
export async function revokeShare(
  { db, now, newId }: EdgeParts,
  actor: Actor,
  shareId: string,
  request: RequestFacts,
): Promise<Share | Refused> {
  const { practiceId } = actor;
  return await db.writeAs(practiceId, async (tx) => {
    const revoked = await tx.update(share).set({ revokedAt: now() })
      .where(and(eq(share.id, shareId), isNull(share.revokedAt))).returning({ id: share.id });
    const [found] = await tx.select(shareColumns).from(share).where(eq(share.id, shareId));
    if (!found) return refuse("not-found");
    if (revoked.length > 0) {
      const deed = { action: "share.revoked", subjectKind: "share", subjectId: shareId };
      await tx.insert(audit).values(auditRow(actor, request, deed, newId));
      await tx.insert(event).values({ practiceId, kind: "share.changed", subjectId: shareId });
    }
    return presentShare(found, now());
  });
}
