// What staff see and do about the links of a study: list them, read their history, take one back.
import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { RenewShare, Share, ShareList, ShareVisits } from "#core/contract/shares.ts";
import { passcodeAttempts } from "#core/domain/share.ts";
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
      by: audit.reason,
    }).from(audit).where(and(eq(audit.subjectKind, "share"), eq(audit.subjectId, shareId)))
      .orderBy(desc(audit.at), desc(audit.id)).limit(historyLines),
  ]);
  if (!found) return refuse("not-found");
  return { visits: rows.map((row) => ({ ...row, at: row.at.toISOString() })) };
}

/** Lets a link work for longer from now on, also one that has ended; not one that was taken back or locked. */
export async function renewShare(
  { db, now, newId }: EdgeParts,
  actor: Actor,
  shareId: string,
  { wanted, request }: { readonly wanted: RenewShare; readonly request: RequestFacts },
): Promise<Share | Refused> {
  const { practiceId } = actor;
  const { expiresInDays, moreViews } = wanted;
  const expiresAt = new Date(now().getTime() + expiresInDays * 86_400_000);
  const maxViews = moreViews === undefined
    ? {}
    : { maxViews: moreViews === null ? null : sql`views + ${moreViews}::int` };
  return await db.writeAs(practiceId, async (tx) => {
    const mayBe = and(isNull(share.revokedAt), lt(share.failedPasscodes, passcodeAttempts));
    const renewed = await tx.update(share).set({ expiresAt, ...maxViews })
      .where(and(eq(share.id, shareId), mayBe)).returning({ id: share.id });
    const [found] = await tx.select(shareColumns).from(share).where(eq(share.id, shareId));
    if (!found) return refuse("not-found");
    if (renewed.length === 0) {
      return refuse("conflict", { detail: "A link that was taken back or locked stays so. Make a new one." });
    }
    const deed = { action: "share.renewed", subjectKind: "share", subjectId: shareId };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    await tx.insert(event).values({ practiceId, kind: "share.changed", subjectId: shareId });
    return presentShare(found, now());
  });
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
