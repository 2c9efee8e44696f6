// Who did what in the practice, newest first, and how much it is used.
import { and, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { Activity, Usage } from "#core/contract/practice.ts";
import { account, apiKey, audit, dicomPeer, usage } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";

const atOnce = 50;
const usageDays = 90;

/** One page of what happened; ids are UUIDv7 and grow with time. `next` is the cursor of the page after it. */
export async function readActivity(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  cursor: string | undefined,
): Promise<Activity> {
  const name = sql<string | null>`coalesce(${account.name}, ${apiKey.name}, ${dicomPeer.name})`;
  const rows = await db.readAs(practiceId, (q) =>
    q.select({ row: audit, name }).from(audit)
      .leftJoin(account, and(eq(audit.actorKind, "account"), eq(account.id, audit.actorId)))
      .leftJoin(apiKey, and(eq(audit.actorKind, "api_key"), eq(apiKey.id, audit.actorId)))
      .leftJoin(dicomPeer, and(eq(audit.actorKind, "dicom_peer"), eq(dicomPeer.id, audit.actorId)))
      .where(cursor === undefined ? undefined : lt(audit.id, cursor)).orderBy(desc(audit.id)).limit(
        atOnce + 1,
      ));
  const shown = rows.slice(0, atOnce);
  const last = rows.length > atOnce ? shown.at(-1)?.row : undefined;
  return { lines: shown.map(({ row, name }) => presentLine(row, name)), next: last?.id ?? null };
}

function presentLine(row: typeof audit.$inferSelect, actor: string | null): Activity["lines"][number] {
  const { id, at, actorKind, action, subjectKind, subjectId, outcome, reason, ip, userAgent } = row;
  return {
    id,
    at: at.toISOString(),
    actorKind,
    actor,
    action,
    subjectKind,
    subjectId,
    outcome,
    reason,
    ip,
    userAgent,
  };
}

/** Uses by day and feature over ninety days, the newest day first. */
export async function readUsage(
  { db, now }: Pick<EdgeParts, "db" | "now">,
  practiceId: string,
): Promise<Usage> {
  const since = new Date(now().getTime() - usageDays * 86_400_000).toISOString().slice(0, 10);
  const days = await db.readAs(
    practiceId,
    (q) =>
      q.select({ day: usage.day, feature: usage.feature, count: sql<number>`sum(${usage.count})::int` }).from(
        usage,
      )
        .where(gt(usage.day, since)).groupBy(usage.day, usage.feature)
        .orderBy(desc(usage.day), usage.feature),
  );
  return { days };
}
