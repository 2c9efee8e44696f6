// What waits for somebody of the practice: one trip that counts, and for each kind a page where it is dealt with.
import { and, eq, gt, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Attention } from "#core/contract/practice.ts";
import { needsSecondFactor } from "#core/domain/permissions.ts";
import {
  apiKey,
  dicomPeer,
  instance,
  invitation,
  mail,
  membership,
  scrub,
  scrubFault,
  transfer,
} from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";

const recently = 7 * 86_400_000;
const soon = 14 * 86_400_000;

type Standing = { account_id: string; has_second_factor: boolean };

/** Counts what needs attention; a kind of which there is nothing is left out. */
export async function readAttention({ db, now }: EdgeParts, practiceId: string): Promise<Attention> {
  const at = now();
  const weekAgo = new Date(at.getTime() - recently);
  const [pictures, transfers, copies, mails, open, members, standings, peers, keys] = await db.readAs(
    practiceId,
    (q) => {
      const many = { count: sql<number>`count(*)::int` };
      return [
        q.select(many).from(instance).where(
          and(eq(instance.derivation, "failed"), eq(instance.current, true)),
        ),
        q.select(many).from(transfer).where(
          and(eq(transfer.state, "failed"), gt(transfer.createdAt, weekAgo)),
        ),
        q.select(many).from(scrubFault).where(
          sql`${scrubFault.scrubId} = (select ${scrub.id} from ${scrub} order by ${scrub.startedAt} desc limit 1)`,
        ),
        q.select(many).from(mail).where(and(eq(mail.state, "bounced"), gt(mail.createdAt, weekAgo))),
        q.select(many).from(invitation).where(
          and(isNull(invitation.acceptedAt), isNull(invitation.revokedAt)),
        ),
        q.select({ accountId: membership.accountId, role: membership.role }).from(membership),
        q.execute<Standing>(sql`select account_id, has_second_factor from app.team_standing()`),
        q.select(many).from(dicomPeer),
        q.select(many).from(apiKey).where(and(
          isNull(apiKey.revokedAt),
          isNotNull(apiKey.expiresAt),
          gt(apiKey.expiresAt, at),
          lt(apiKey.expiresAt, new Date(at.getTime() + soon)),
        )),
      ];
    },
  );
  const without = new Set(
    standings.rows.filter((row) => !row.has_second_factor).map((row) => row.account_id),
  );
  const unguarded = members.filter(({ accountId, role }) =>
    needsSecondFactor(role) && without.has(accountId)
  );
  const items = [
    { kind: "copy-damaged", count: copies[0]?.count ?? 0, path: "/storage" },
    { kind: "pictures-failed", count: pictures[0]?.count ?? 0, path: "/studies" },
    { kind: "transfer-failed", count: transfers[0]?.count ?? 0, path: "/connections" },
    { kind: "mail-bounced", count: mails[0]?.count ?? 0, path: "/mails" },
    { kind: "member-without-second-factor", count: unguarded.length, path: "/team" },
    { kind: "invitation-open", count: open[0]?.count ?? 0, path: "/team" },
    { kind: "no-peer", count: peers[0]?.count === 0 ? 1 : 0, path: "/connections" },
    { kind: "key-expiring", count: keys[0]?.count ?? 0, path: "/keys" },
  ] as const;
  return { items: items.filter(({ count }) => count > 0) };
}
