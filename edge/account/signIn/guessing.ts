// What slows guessing down, over all edges: a wait that grows with failures for one address from one sender, and an
// allowance for the address as a whole, from which senders are exempt that its owner signed in from before. Unknown
// addresses are treated alike.
import { and, eq, gt, sql } from "drizzle-orm";
import { delayBefore } from "#core/domain/signInDelay.ts";
import { session, signInFailure } from "#db/schema/mod.ts";
import { senderOf } from "../../guard/addressRange.ts";
import { takeShared } from "../../guard/allowance.ts";
import type { RequestFacts } from "../../guard/env.ts";
import { byteaText, secretHash } from "../../guard/secret.ts";
import type { EdgeParts } from "../../parts.ts";

/** Attempts with one address from all senders together: thirty, then one each twenty seconds. */
const wholeAddress = { burst: 30, everyMs: 20_000 };
const rememberedFor = 30 * 86_400_000;

/** Guesses at one address from one sender. */
export type Guessing = {
  /** Milliseconds that this attempt must wait; 0 when it may be made. */
  wait(accountId: string): Promise<number>;
  failed(): Promise<void>;
  succeeded(): Promise<void>;
};

/** Opens the count of an address and the sender of a request. */
export async function openGuessing(
  parts: EdgeParts,
  email: string,
  { address }: RequestFacts,
): Promise<Guessing> {
  const { db, now } = parts;
  const name = email.trim().toLowerCase();
  const key = byteaText(await secretHash(`sign-in ${name} ${senderOf(address)}`));
  return {
    async wait(accountId) {
      const [known] = await db.lookUp<{ failures: number; last_at: string }>(
        sql`select failures, last_at from ${signInFailure} where key_hash = ${key}::bytea`,
      );
      const delay = known &&
        delayBefore({ failures: known.failures, lastAt: new Date(known.last_at) }, now());
      if (delay) return delay;
      const whole = await takeShared(parts, `sign-in ${name}`, wholeAddress);
      return whole > 0 && await isKnownSender(parts, accountId, address) ? 0 : whole;
    },
    async failed() {
      const at = now().toISOString();
      await db.lookUp(sql`insert into ${signInFailure} as f (key_hash, failures, last_at)
        values (${key}::bytea, 1, ${at}::timestamptz)
        on conflict (key_hash) do update set last_at = excluded.last_at,
          failures = case when f.last_at < excluded.last_at - interval '1 day' then 1 else f.failures + 1 end`);
    },
    async succeeded() {
      await db.lookUp(sql`delete from ${signInFailure} where key_hash = ${key}::bytea`);
    },
  };
}

async function isKnownSender(
  { db, now }: EdgeParts,
  accountId: string,
  address: string | null,
): Promise<boolean> {
  if (address === null) return false;
  const since = new Date(now().getTime() - rememberedFor);
  const [seen] = await db.readAsAccount(
    accountId,
    (q) =>
      q.select({ id: session.id }).from(session)
        .where(and(eq(session.ip, address), gt(session.lastSeenAt, since))).limit(1),
  );
  return seen !== undefined;
}
