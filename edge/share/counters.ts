// The counters of a link. Each moves by one statement that also says whether it may move; what is read first and
// written later let fifty visitors in where five were allowed.
import { and, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import { passcodeAttempts } from "#core/domain/share.ts";
import { share } from "#db/schema/mod.ts";
import type { Transaction } from "#db/mod.ts";
import type { EdgeParts } from "../parts.ts";
import type { ShareRow } from "./presenter.ts";

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

/** Counts a view; false when the link may not be opened any more. */
export async function takeView(tx: Transaction, link: ShareRow, now: Date): Promise<boolean> {
  const taken = await tx.update(share).set({ views: sql`views + 1` })
    .where(and(
      live(link.id, now),
      lt(share.failedPasscodes, passcodeAttempts),
      or(isNull(share.maxViews), lt(share.views, share.maxViews)),
    ))
    .returning({ id: share.id });
  return taken.length > 0;
}

function live(shareId: string, now: Date) {
  return and(eq(share.id, shareId), isNull(share.revokedAt), gt(share.expiresAt, now));
}
