// The sign-ins of a person, and ending them.
import { and, desc, eq, gt, isNull } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { SessionList } from "#core/contract/sessions.ts";
import { session } from "#db/schema/mod.ts";
import type { SignedIn } from "../../guard/env.ts";
import type { EdgeParts } from "../../parts.ts";
import { idleFor } from "./renewal.ts";
import { endSession, endSessions } from "./session.ts";

/** The sessions that still live, the last used first. */
export async function listSessions({ db, now }: EdgeParts, self: SignedIn): Promise<SessionList> {
  const rows = await db.readAsAccount(self.id, (q) =>
    q.select().from(session).where(and(
      eq(session.accountId, self.id),
      isNull(session.endedAt),
      gt(session.expiresAt, now()),
      gt(session.lastSeenAt, new Date(now().getTime() - idleFor)),
    )).orderBy(desc(session.lastSeenAt), desc(session.id)).limit(100));
  return {
    sessions: rows.map((row) => ({
      id: row.id,
      current: row.id === self.sessionId,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      ip: row.ip,
      userAgent: row.userAgent,
    })),
  };
}

/** Ends one of the person's sessions. */
export async function endOwnSession(
  parts: EdgeParts,
  self: SignedIn,
  sessionId: string,
): Promise<Refused | undefined> {
  return await endSession(parts, self.id, sessionId) ? undefined : refuse("not-found");
}

/** Ends all of them, this one too. */
export async function endAllSessions({ db, now, revocations }: EdgeParts, self: SignedIn): Promise<void> {
  const epoch = await db.writeAsAccount(
    self.id,
    (tx) => endSessions(tx, self.id, { now: now(), except: null }),
  );
  revocations.add({ account: self.id, epoch });
}
