// How long a guesser waits between attempts to sign in (NIST SP 800-63B 5.2.2): nothing for ten failures, then one
// second, doubling up to a minute. Never a lock: a stranger who guesses at somebody's address must not keep them out.

/** Failures that cost nothing. */
const freeFailures = 10;
const longestMs = 60_000;
/** After this long without a failure all are forgotten, in milliseconds. */
const forgottenAfterMs = 24 * 3_600_000;

/** What is known of earlier failures with one address from one sender. */
export type Failures = { readonly failures: number; readonly lastAt: Date };

/** Milliseconds that the next attempt must wait; 0 when it may be made now. */
export function delayBefore({ failures, lastAt }: Failures, now: Date): number {
  const since = now.getTime() - lastAt.getTime();
  if (failures < freeFailures || since >= forgottenAfterMs) return 0;
  const delay = Math.min(longestMs, 1000 * 2 ** (failures - freeFailures));
  return Math.max(0, delay - since);
}
