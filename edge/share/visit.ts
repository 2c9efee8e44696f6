// A visit: what an opened link leaves with the visitor, a secret in a cookie of that link alone. Each request asks
// the link's row anew, so taking a link back holds from the next request on (PA-6).
import { and, eq, exists, gt, isNull, or, sql } from "drizzle-orm";
import { mayContinue, visitHours } from "#core/domain/share.ts";
import type { Verdict } from "#core/domain/share.ts";
import { instance, share, shareSession } from "#db/schema/mod.ts";
import type { Reader } from "#db/mod.ts";
import { byteaText, newSecret, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import { type FoundInstance, instanceWithin } from "../studies/mod.ts";
import { linkOf } from "./presenter.ts";
import type { ShareRow } from "./presenter.ts";

/** A visit that was admitted, its link, and whether it may go on. */
export type Visit = { readonly id: string; readonly link: ShareRow; readonly verdict: Verdict };

/** The row of a visit before it is kept. */
export type NewVisit = Pick<
  typeof shareSession.$inferSelect,
  "id" | "secretHash" | "createdAt" | "expiresAt"
>;

/** The row of a new visit, and the secret that is its cookie. It ends with the link at the latest. */
export async function newVisit({ random, newId }: EdgeParts, link: ShareRow, now: Date) {
  const secret = newSecret(random);
  const end = Math.min(now.getTime() + visitHours * 3_600_000, link.expiresAt.getTime());
  const row: NewVisit = {
    id: newId(),
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
  const hash = await secretHash(secret);
  const [row] = await db.readAsFound(practiceBy(hash), (q) => visitRow(q, { hash, shareId, now: now() }));
  return row && visitOf(row, now());
}

/** The visit and, in the same trip, an instance that its link shows. */
export async function findVisitTo(
  { db, now }: Pick<EdgeParts, "db" | "now">,
  { shareId, instanceId }: { readonly shareId: string; readonly instanceId: string },
  secret: string | undefined,
): Promise<{ readonly visit: Visit; readonly instance: FoundInstance | undefined } | undefined> {
  if (!secret) return undefined;
  const hash = await secretHash(secret);
  const [[row], [instance]] = await db.readAsFound(practiceBy(hash), (q) => [
    visitRow(q, { hash, shareId, now: now() }),
    instanceWithin(q, instanceId, shownBy(q, shareId)),
  ]);
  return row && { visit: visitOf(row, now()), instance };
}

const practiceBy = (hash: Uint8Array) => sql`app.find_share_session(${byteaText(hash)}::bytea)`;

type Sought = { readonly hash: Uint8Array; readonly shareId: string; readonly now: Date };

const visitRow = (q: Reader, { hash, shareId, now }: Sought) =>
  q.select({ share, visit: shareSession.id }).from(shareSession)
    .innerJoin(share, eq(share.id, shareSession.shareId))
    .where(and(eq(shareSession.secretHash, hash), eq(share.id, shareId), gt(shareSession.expiresAt, now)));

const visitOf = (row: { readonly share: ShareRow; readonly visit: string }, now: Date): Visit => ({
  id: row.visit,
  link: row.share,
  verdict: mayContinue(linkOf(row.share), now),
});

/** Instances of the shared study and, of a link that shows some series, of those. */
const shownBy = (q: Reader, shareId: string) =>
  exists(
    q.select({ id: share.id }).from(share).where(and(
      eq(share.id, shareId),
      eq(share.studyId, instance.studyId),
      or(isNull(share.seriesIds), sql`${instance.seriesId} = any(${share.seriesIds})`),
    )),
  );
