// The counters of a link. Each moves by one statement that also says whether it may move; what is read first and
// written later let fifty visitors in where five were allowed.
import { and, eq, gt, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { passcodeAttempts } from "#core/domain/share.ts";
import { share } from "#db/schema/mod.ts";
import type { AuditRow } from "../guard/audit.ts";
import { byteaText } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import type { ShareRow } from "./presenter.ts";
import type { NewVisit } from "./visit.ts";

/**
 * Counts an attempt at the passcode before it is looked at, so that no number of guesses at one moment gets more
 * than ten; false when the link is locked or not live. A right one is given back.
 */
export async function takeAttempt(
  { db, now }: Pick<EdgeParts, "db" | "now">,
  link: ShareRow,
): Promise<boolean> {
  const taken = await db.applyAs(
    link.practiceId,
    (q) =>
      q.update(share).set({ failedPasscodes: sql`failed_passcodes + 1` })
        .where(and(live(link.id, now()), lt(share.failedPasscodes, passcodeAttempts)))
        .returning({ id: share.id }),
  );
  return taken.length > 0;
}

/** Gives an attempt back: the passcode was right. */
export async function giveAttemptBack({ db }: Pick<EdgeParts, "db">, link: ShareRow): Promise<void> {
  await db.applyAs(
    link.practiceId,
    (q) => q.update(share).set({ failedPasscodes: sql`failed_passcodes - 1` }).where(eq(share.id, link.id)),
  );
}

/**
 * Counts a view and, only with it, keeps the visit and tells of it; brings a row with `views`, 1 for the first one, or no
 * row when the link may not be opened any more.
 */
export function takeView(link: ShareRow, visit: NewVisit, deed: AuditRow): SQL {
  const mayTake = and(
    live(link.id, visit.createdAt),
    lt(share.failedPasscodes, passcodeAttempts),
    or(isNull(share.maxViews), lt(share.views, share.maxViews)),
  );
  return sql`
    with taken as (
      update share set views = views + 1 where ${mayTake} returning id, practice_id, views
    ), visiting as (
      insert into share_session (id, practice_id, share_id, secret_hash, created_at, expires_at)
      select ${visit.id}::uuid, practice_id, id, ${byteaText(visit.secretHash)}::bytea,
        ${visit.createdAt.toISOString()}::timestamptz, ${visit.expiresAt.toISOString()}::timestamptz from taken
    ), seen as (
      insert into audit (id, practice_id, actor_kind, actor_id, action, subject_kind, subject_id, ip, user_agent)
      select ${deed.id}::uuid, practice_id, ${deed.actorKind}, id, ${deed.action}, ${deed.subjectKind}, id,
        ${deed.ip}::inet, ${deed.userAgent} from taken
    ), told as (
      insert into event (practice_id, kind, subject_id) select practice_id, ${deed.action}, id from taken
    )
    select views from taken`;
}

function live(shareId: string, now: Date) {
  return and(eq(share.id, shareId), isNull(share.revokedAt), gt(share.expiresAt, now));
}
