// When a session's secret is changed for a new one: facts in, verdict out. Each use of a secret makes the next; an
// old one that comes back was copied, and ends the session. Only the tabs of one browser, which send the same
// secret at the same moment, are forgiven for a few seconds.

/** How long a session lives without being used, in milliseconds. */
export const idleFor = 12 * 3_600_000;
/** How long a session lives at most, in milliseconds. */
export const livesFor = 30 * 24 * 3_600_000;
/** How long after a change the secret before it is still one of the same browser, in milliseconds. */
const graceFor = 10_000;

/** The facts of a session that decide. */
export type SessionFacts = {
  readonly endedAt: Date | null;
  readonly expiresAt: Date;
  readonly lastSeenAt: Date;
  readonly rotatedAt: Date;
};

/** Which of the session's secrets was brought: the one in use, the one before it, or one from further back. */
export type Brought = "current" | "previous" | "older";

/** `rotate`: a new secret and a token; `keep`: a token alone; `reused`: end the session; `over`: it has ended. */
export type Renewal = "rotate" | "keep" | "reused" | "over";

/** What to do with a session whose secret was brought. */
export function renewal(session: SessionFacts, brought: Brought, now: Date): Renewal {
  if (session.endedAt || session.expiresAt <= now) return "over";
  if (now.getTime() - session.lastSeenAt.getTime() >= idleFor) return "over";
  const justChanged = now.getTime() - session.rotatedAt.getTime() < graceFor;
  if (brought === "current") return justChanged ? "keep" : "rotate";
  return brought === "previous" && justChanged ? "keep" : "reused";
}
