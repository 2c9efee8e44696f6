// Which sessions have ended while their tokens still live: a view of the database that is never older than two
// seconds when it is asked. Sign-outs of this very process are in it at once. Without news for thirty seconds it
// says so, and the edge refuses what needs a session (PL-4).
import { sql } from "drizzle-orm";
import { faultFields } from "#core/contract/log.ts";
import type { Log } from "#core/contract/log.ts";
import type { Database } from "#db/mod.ts";
import { tokenLife } from "./token.ts";

/** After this many milliseconds the view is pulled again before it is used. */
const freshFor = 2000;
/** After this many milliseconds without news nothing is answered from it. */
const staleAfter = 30_000;

/** The view. */
export type EndedSessions = {
  /** Brings the view up to date; false when it has been without news for too long. */
  refresh(): Promise<boolean>;
  has(sessionId: string): boolean;
  add(sessionId: string): void;
};

/** Tells the sessions that ended since a moment. */
export type PullEnded = (since: Date) => Promise<readonly string[]>;

// A slow commit or a clock that differs shows an end late, so each pull looks back further than the last one.
const overlap = 60_000;
const kept = (tokenLife + 60) * 1000;
// A request waits this long for news: briefly while the view at hand will do, longer where there is none.
const patience = { usable: 1000, none: 5000 };

/** Opens the view over a source. */
export function openEnded(pull: PullEnded, now: () => Date, log: Log): EndedSessions {
  const ended = new Map<string, number>();
  let pulledAt = -Infinity;
  let pulling: Promise<void> | undefined;

  const bringIn = async () => {
    const at = now().getTime();
    const since = Number.isFinite(pulledAt) ? pulledAt - overlap : at - kept;
    for (const id of await pull(new Date(since))) ended.set(id, ended.get(id) ?? at);
    for (const [id, seen] of ended) if (seen < at - kept - overlap) ended.delete(id);
    pulledAt = at;
  };
  const pullOnce = () =>
    pulling ??= bringIn()
      .catch((fault: unknown) => log("ended_sessions_unknown", faultFields(fault), "warning"))
      .finally(() => pulling = undefined);

  return {
    async refresh() {
      const isUsable = () => now().getTime() - pulledAt <= staleAfter;
      if (now().getTime() - pulledAt <= freshFor) return true;
      await Promise.race([pullOnce(), rest(isUsable() ? patience.usable : patience.none)]);
      return isUsable();
    },
    has: (sessionId) => ended.has(sessionId),
    add: (sessionId) => void ended.set(sessionId, now().getTime()),
  };
}

/** Pulls from the database. */
export function pullFrom(db: Database): PullEnded {
  return async (since) => {
    const rows = await db.lookUp<{ session_id: string }>(
      sql`select session_id from app.ended_sessions(${since.toISOString()}::timestamptz)`,
    );
    return rows.map((row) => row.session_id);
  };
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
