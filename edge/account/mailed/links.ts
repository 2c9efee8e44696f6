// Links out of a mail: 256 random bits in the fragment of an address, of which only the SHA-256 is kept. A GET of the
// address shows a page; only the POST that its button makes takes the link (mail scanners open every link).
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Transaction } from "#db/mod.ts";
import { mailLink } from "#db/schema/mod.ts";
import { takeShared } from "../../guard/allowance.ts";
import { byteaText, newSecret, secretHash } from "../../guard/secret.ts";
import type { EdgeParts } from "../../parts.ts";

/** What a mailed link is for. */
export type Purpose = typeof mailLink.$inferSelect["purpose"];

/** How long links live, in milliseconds: a sign-up a day, a reset an hour, a change of address a day. */
export const linkLife = { signUp: 86_400_000, reset: 3_600_000, change: 86_400_000 } as const;

/** The answer to a link that is unknown, used, void or over: which of them, a stranger does not learn. */
export const deadLink = refuse("gone", {
  detail: "This link was used already, or its time is over. Ask for a new one.",
});

const mailsAnHour = { burst: 3, everyMs: 20 * 60_000 };

/** Whether one more mail may go to an address: three at once, then one each twenty minutes, whoever asks. */
export async function mayMail(parts: EdgeParts, email: string): Promise<boolean> {
  return await takeShared(parts, `mail ${email.trim().toLowerCase()}`, mailsAnHour) === 0;
}

/** A new link: its secret for the mail, and its row. */
export async function newLink(
  { random, newId, now, publicUrl }: EdgeParts,
  { accountId, email, purpose, page, life }: {
    readonly accountId: string;
    readonly email: string;
    readonly purpose: Purpose;
    readonly page: string;
    readonly life: number;
  },
) {
  const secret = newSecret(random);
  const createdAt = now();
  const expiresAt = new Date(createdAt.getTime() + life);
  const secretHashed = await secretHash(secret);
  const row = { id: newId(), accountId, purpose, email, secretHash: secretHashed, createdAt, expiresAt };
  return { link: `${publicUrl}${page}#${secret}`, expiresAt, row };
}

/** Voids what was asked for earlier, used or not, so that the newest mails alone count. */
export async function voidLinks(tx: Transaction, purpose: Purpose, now: Date): Promise<void> {
  await tx.update(mailLink).set({ voidedAt: now })
    .where(and(eq(mailLink.purpose, purpose), isNull(mailLink.voidedAt)));
}

/** The account whose link has this secret. */
export async function accountOfLink({ db }: EdgeParts, secret: string): Promise<string | undefined> {
  const hash = byteaText(await secretHash(secret));
  const [found] = await db.lookUp<{ account_id: string }>(
    sql`select account_id from app.find_mail_link(${hash}::bytea)`,
  );
  return found?.account_id;
}

/** Takes a link, once, within a transaction of its account; undefined when it is dead. */
export async function takeLink(
  tx: Transaction,
  secret: string,
  purposes: readonly Purpose[],
  now: Date,
): Promise<typeof mailLink.$inferSelect | undefined> {
  const hash = await secretHash(secret);
  const [taken] = await tx.update(mailLink).set({ usedAt: now }).where(and(
    eq(mailLink.secretHash, hash),
    inArray(mailLink.purpose, [...purposes]),
    isNull(mailLink.usedAt),
    isNull(mailLink.voidedAt),
    sql`${mailLink.expiresAt} > ${now.toISOString()}::timestamptz`,
  )).returning();
  return taken;
}
