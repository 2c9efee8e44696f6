// What has died while its tokens still live: sessions that ended, and everything of an account or a practice from
// below an epoch. A view of the database that is never older than two seconds when it is asked. What this very process
// revokes is in it at once. Without news for thirty seconds it says so, and the edge refuses what needs a token (PL-4).
import { sql } from "drizzle-orm";
import { faultFields } from "#core/contract/log.ts";
import type { Log } from "#core/contract/log.ts";
import type { Database } from "#db/mod.ts";
import { tokenLife } from "./token.ts";
import type { Claims } from "./token.ts";

/** After this many milliseconds the view is pulled again before it is used. */
const freshFor = 2000;
/** After this many milliseconds without news nothing is answered from it. */
const staleAfter = 30_000;

/** One thing that died: a session, or all of an account or practice that was signed below `epoch`. */
export type Revoked =
  | { readonly session: string }
  | { readonly account: string; readonly epoch: number }
  | { readonly practice: string; readonly epoch: number };

/** What of a token is looked at. */
export type Standing = Pick<Claims, "sid" | "sub" | "prc" | "ep" | "pep">;

/** The view. */
export type Revocations = {
  /** Brings the view up to date; false when it has been without news for too long. */
  refresh(): Promise<boolean>;
  isRevoked(token: Standing): boolean;
  add(revoked: Revoked): void;
};

/** Tells what died since a moment. */
export type PullRevoked = (since: Date) => Promise<readonly Revoked[]>;

// A slow commit or a clock that differs shows an end late, so each pull looks back further than the last one.
const overlap = 60_000;
const kept = (tokenLife + 60) * 1000;
// A request waits this long for news: briefly while the view at hand will do, longer where there is none.
const patience = { usable: 1000, none: 5000 };

type Entry = { readonly epoch: number; readonly seen: number };

/** Opens the view over a source. */
export function openRevocations(pull: PullRevoked, now: () => Date, log: Log): Revocations {
  const dead = new Map<string, Entry>();
  let pulledAt = -Infinity;
  let pulling: Promise<void> | undefined;

  const keep = (revoked: Revoked, seen: number) => {
    const { id, epoch } = keyed(revoked);
    const known = dead.get(id);
    if (!known || known.epoch < epoch) dead.set(id, { epoch, seen });
  };
  const bringIn = async () => {
    const at = now().getTime();
    const since = Number.isFinite(pulledAt) ? pulledAt - overlap : at - kept;
    for (const revoked of await pull(new Date(since))) keep(revoked, at);
    for (const [id, { seen }] of dead) if (seen < at - kept - overlap) dead.delete(id);
    pulledAt = at;
  };
  const pullOnce = () =>
    pulling ??= bringIn()
      .catch((fault: unknown) => log("revocations_unknown", faultFields(fault), "warning"))
      .finally(() => pulling = undefined);

  return {
    async refresh() {
      const isUsable = () => now().getTime() - pulledAt <= staleAfter;
      if (now().getTime() - pulledAt <= freshFor) return true;
      await Promise.race([pullOnce(), rest(isUsable() ? patience.usable : patience.none)]);
      return isUsable();
    },
    isRevoked: ({ sid, sub, prc, ep, pep }) =>
      dead.has(sid) || isBelow(dead.get(sub), ep) || (prc !== null && isBelow(dead.get(prc), pep)),
    add: (revoked) => keep(revoked, now().getTime()),
  };
}

/** Pulls from the database. */
export function pullFrom(db: Database): PullRevoked {
  return async (since) => {
    const rows = await db.lookUp<Row>(
      sql`select session_id, account_id, practice_id, epoch from app.revocations(${since.toISOString()}::timestamptz)`,
    );
    return rows.flatMap(revokedOf);
  };
}

type Row = {
  readonly session_id: string | null;
  readonly account_id: string | null;
  readonly practice_id: string | null;
  readonly epoch: number | null;
};

function revokedOf(
  { session_id: session, account_id: account, practice_id: practice, epoch }: Row,
): Revoked[] {
  if (session !== null) return [{ session }];
  if (account !== null && epoch !== null) return [{ account, epoch }];
  return practice !== null && epoch !== null ? [{ practice, epoch }] : [];
}

function keyed(revoked: Revoked): { readonly id: string; readonly epoch: number } {
  if ("session" in revoked) return { id: revoked.session, epoch: 0 };
  return { id: "account" in revoked ? revoked.account : revoked.practice, epoch: revoked.epoch };
}

function isBelow(entry: Entry | undefined, epoch: number): boolean {
  return entry !== undefined && epoch < entry.epoch;
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
