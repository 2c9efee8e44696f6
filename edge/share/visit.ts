// A visit: what an opened link leaves with the visitor, a secret in a cookie of that link alone. Each request asks
// the link's row anew, so taking a link back holds from the next request on (PA-6).
import { and, eq, gt, sql } from "drizzle-orm";
import { mayContinue, visitHours } from "#core/domain/share.ts";
import type { Verdict } from "#core/domain/share.ts";
import { share, shareSession } from "#db/schema/mod.ts";
import { byteaText, newSecret, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import { linkOf } from "./presenter.ts";
import type { ShareRow } from "./presenter.ts";

/** A visit that was admitted, its link, and whether it may go on. */
export type Visit = { readonly id: string; readonly link: ShareRow; readonly verdict: Verdict };

/** The row of a new visit, and the secret that is its cookie. It ends with the link at the latest. */
export async function newVisit({ random, newId }: EdgeParts, link: ShareRow, now: Date) {
  const secret = newSecret(random);
  const end = Math.min(now.getTime() + visitHours * 3_600_000, link.expiresAt.getTime());
  const row: typeof shareSession.$inferInsert = {
    id: newId(),
    practiceId: link.practiceId,
    shareId: link.id,
    secretHash: await secretHash(secret),
    createdAt: now,
    expiresAt: new Date(end),
  };
  return { secret, row, seconds: (end - now.getTime()) / 1000 };
}

/** The visit that a cookie's secret belongs to; undefined when there is none, it is over, or of another link. */
export async function findVisit(
  { db, now }: Pick<EdgeParts, "db" | "now">,
  shareId: string,
  secret: string | undefined,
): Promise<Visit | undefined> {
  if (!secret) return undefined;
  const hash = byteaText(await secretHash(secret));
  const [found] = await db.lookUp<{ share_session_id: string; share_id: string; practice_id: string }>(
    sql`select share_session_id, share_id, practice_id from app.find_share_session(${hash}::bytea)`,
  );
  if (found?.share_id !== shareId) return undefined;
  const [row] = await db.readAs(
    found.practice_id,
    (q) =>
      q.select({ share }).from(share).innerJoin(shareSession, eq(shareSession.shareId, share.id))
        .where(and(eq(shareSession.id, found.share_session_id), gt(shareSession.expiresAt, now()))),
  );
  if (!row) return undefined;
  return { id: found.share_session_id, link: row.share, verdict: mayContinue(linkOf(row.share), now()) };
}
