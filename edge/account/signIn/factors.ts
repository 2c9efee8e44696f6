// Second factors of an account, as its own transaction sees them: is there one, and does a code fit.
import { and, count, eq, isNotNull, isNull, lt } from "drizzle-orm";
import { checkTotp } from "#core/contract/secrets.ts";
import type { Transaction } from "#db/mod.ts";
import { passkey, recoveryCode, totp } from "#db/schema/mod.ts";
import { journeyOf } from "../../guard/acting.ts";
import type { RequestFacts } from "../../guard/env.ts";
import { secretHash } from "../../guard/secret.ts";
import type { EdgeParts } from "../../parts.ts";

/** Which second factors an account has. */
export type Factors = { readonly totp: boolean; readonly passkeys: number };

/** Looks which there are. */
export async function factorsOf(tx: Transaction, accountId: string): Promise<Factors> {
  const [confirmed] = await tx.select({ at: totp.confirmedAt }).from(totp)
    .where(and(eq(totp.accountId, accountId), isNotNull(totp.confirmedAt)));
  const [keys] = await tx.select({ count: count() }).from(passkey).where(eq(passkey.accountId, accountId));
  return { totp: confirmed !== undefined, passkeys: keys?.count ?? 0 };
}

/** Whether an account has any. */
export async function hasSecondFactor(tx: Transaction, accountId: string): Promise<boolean> {
  const factors = await factorsOf(tx, accountId);
  return factors.totp || factors.passkeys > 0;
}

/** Whether a code is right: six digits of TOTP that were not used before, or a recovery code, which is used up. */
export async function takeCode(
  parts: EdgeParts,
  accountId: string,
  code: string,
  request: RequestFacts,
): Promise<boolean> {
  return code.length === 6
    ? await takeTotp(parts, accountId, code, request)
    : await takeRecoveryCode(parts, accountId, code);
}

async function takeTotp(
  { db, core }: EdgeParts,
  accountId: string,
  code: string,
  request: RequestFacts,
): Promise<boolean> {
  const [kept] = await db.readAsAccount(
    accountId,
    (q) => q.select().from(totp).where(and(eq(totp.accountId, accountId), isNotNull(totp.confirmedAt))),
  );
  if (!kept) return false;
  const asks = { account: accountId, sealed: kept.sealed, code, after: kept.lastStep };
  const who = { system: true, permission: "secret:verify" } as const;
  const { step, resealed } = await core(checkTotp, asks, { who, ...journeyOf(request) });
  if (step === null) return false;
  // One statement decides between two that bring the same code at once.
  const [taken] = await db.applyAsAccount(
    accountId,
    (q) =>
      q.update(totp).set({ lastStep: step, ...(resealed ? { sealed: resealed } : {}) })
        .where(and(eq(totp.accountId, accountId), lt(totp.lastStep, step))).returning({ id: totp.accountId }),
  );
  return taken !== undefined;
}

async function takeRecoveryCode({ db, now }: EdgeParts, accountId: string, code: string): Promise<boolean> {
  const codeHash = await secretHash(code);
  const [taken] = await db.applyAsAccount(
    accountId,
    (q) =>
      q.update(recoveryCode).set({ usedAt: now() })
        .where(and(eq(recoveryCode.codeHash, codeHash), isNull(recoveryCode.usedAt)))
        .returning({ id: recoveryCode.id }),
  );
  return taken !== undefined;
}
