// Links as staff see them: the one way from a row to JSON. Neither token nor passcode nor who made it leaves.
import { sql } from "drizzle-orm";
import { MailState } from "#core/contract/mail.ts";
import type { Share } from "#core/contract/shares.ts";
import { shareState } from "#core/domain/share.ts";
import type { ShareLink } from "#core/domain/share.ts";
import { share } from "#db/schema/mod.ts";

/** A link's row. */
export type ShareRow = typeof share.$inferSelect;

/** What is selected of a link for staff. Column names are written out, see studies/list.ts. */
export const shareColumns = {
  share,
  lastOpenedAt: sql<string | null>`(select max(a.at) from audit a
    where a.subject_id = share.id and a.action = 'share.opened')`,
  mail: sql<string | null>`(select m.state from mail m
    where m.subject_id = share.id and m.kind in ('share-to-client', 'share-to-clinic')
    order by m.created_at desc limit 1)`,
};

/** A link as it is selected for staff. */
export type SelectedShare = {
  readonly share: ShareRow;
  readonly lastOpenedAt: string | null;
  readonly mail: string | null;
};

/** The facts of a link that decide. */
export function linkOf(row: ShareRow): ShareLink {
  return { ...row, hasPasscode: row.passcodeDigest !== null };
}

/** A link as staff see it. */
export function presentShare({ share: row, lastOpenedAt, mail }: SelectedShare, now: Date): Share {
  const { recipientKind: kind, recipientEmail: email } = row;
  return {
    id: row.id,
    studyId: row.studyId,
    seriesIds: row.seriesIds,
    label: row.label,
    rights: row.rights,
    state: shareState(linkOf(row), now),
    hasPasscode: row.passcodeDigest !== null,
    views: row.views,
    maxViews: row.maxViews,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastOpenedAt: lastOpenedAt === null ? null : new Date(lastOpenedAt).toISOString(),
    recipient: kind && email ? { kind, email, mail: MailState.safeParse(mail).data ?? null } : null,
  };
}
