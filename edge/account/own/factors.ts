// Setting up and taking away second factors. Every change ends the other sessions and is told by mail.
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { base32 } from "./base32.ts";
import type { NewPasskey, NewTotp, RecoveryCodes } from "#core/contract/accounts.ts";
import { isRefused, refuse, refuseField } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { checkTotp, makeTotp } from "#core/contract/secrets.ts";
import { needsSecondFactor } from "#core/domain/permissions.ts";
import type { Transaction } from "#db/mod.ts";
import { account, membership, passkey, recoveryCode, totp } from "#db/schema/mod.ts";
import { journeyOf } from "../../guard/acting.ts";
import type { RequestFacts, SignedIn } from "../../guard/env.ts";
import { secretHash } from "../../guard/secret.ts";
import { outgoing } from "../../mail/mod.ts";
import type { EdgeParts } from "../../parts.ts";
import { addressedPerson } from "../person.ts";
import { endSessions } from "../sessions/session.ts";
import { factorsOf } from "../signIn/factors.ts";
import { newPasskeyRow } from "../signIn/passkeys.ts";

const codesAtOnce = 10;
const notRight = refuseField("body.code", "is not the code that the authenticator shows now");

/** Makes a TOTP secret; it counts once a code of it was typed. One that counts already must be taken away first. */
export async function beginTotp(
  { db, core, now }: EdgeParts,
  self: SignedIn,
  request: RequestFacts,
): Promise<NewTotp | Refused> {
  const [[person], [known]] = await db.readAsAccount(self.id, (q) => [
    q.select({ email: account.email }).from(account).where(eq(account.id, self.id)),
    q.select({ at: totp.confirmedAt }).from(totp).where(
      and(eq(totp.accountId, self.id), isNotNull(totp.confirmedAt)),
    ),
  ]);
  if (!person) return refuse("unauthenticated");
  if (known) return refuse("conflict", { detail: "There is an authenticator already. Take it away first." });
  const who = { system: true, permission: "secret:seal" } as const;
  const asks = { account: self.id, email: person.email };
  const { secret, uri, sealed } = await core(makeTotp, asks, { who, ...journeyOf(request) });
  const row = { sealed, confirmedAt: null, lastStep: 0, createdAt: now() };
  await db.applyAsAccount(self.id, (q) =>
    q.insert(totp).values({ accountId: self.id, ...row })
      .onConflictDoUpdate({ target: totp.accountId, set: row, setWhere: sql`${totp.confirmedAt} is null` }));
  return { secret, uri };
}

/** Makes the authenticator count, and gives ten recovery codes. */
export async function confirmTotp(
  parts: EdgeParts,
  self: SignedIn,
  code: string,
  request: RequestFacts,
): Promise<RecoveryCodes | Refused> {
  const { db, core, now } = parts;
  const [made] = await db.readAsAccount(
    self.id,
    (q) => q.select().from(totp).where(eq(totp.accountId, self.id)),
  );
  if (!made || made.confirmedAt) {
    return refuse("conflict", { detail: "No authenticator waits to be confirmed." });
  }
  if (!/^\d{6}$/.test(code)) return notRight;
  const asks = { account: self.id, sealed: made.sealed, code, after: made.lastStep };
  const who = { system: true, permission: "secret:verify" } as const;
  const { step } = await core(checkTotp, asks, { who, ...journeyOf(request) });
  if (step === null) return notRight;
  return await changeFactors(parts, self, request, async (tx) => {
    await tx.update(totp).set({ confirmedAt: now(), lastStep: step }).where(eq(totp.accountId, self.id));
    return await newRecoveryCodes(parts, tx, self.id);
  });
}

/** Takes the authenticator away, unless a role asks for a second factor and there is no other. */
export async function removeTotp(
  parts: EdgeParts,
  self: SignedIn,
  request: RequestFacts,
): Promise<undefined | Refused> {
  return await changeFactors(parts, self, request, async (tx) => {
    const removed = await tx.delete(totp).where(eq(totp.accountId, self.id)).returning({
      id: totp.accountId,
    });
    if (removed.length === 0) return refuse("not-found");
    return await mayLack(tx, self.id);
  });
}

/** Ten new recovery codes; the old ones are void. */
export async function renewRecoveryCodes(parts: EdgeParts, self: SignedIn): Promise<RecoveryCodes | Refused> {
  if (!self.hasSecondFactor) return refuse("conflict", { detail: "Set up a second factor first." });
  return await parts.db.writeAsAccount(self.id, (tx) => newRecoveryCodes(parts, tx, self.id));
}

/** Keeps a passkey that the browser made. */
export async function addPasskey(
  parts: EdgeParts,
  self: SignedIn,
  made: NewPasskey,
  request: RequestFacts,
): Promise<undefined | Refused> {
  const row = await newPasskeyRow(parts, self.id, made);
  if (isRefused(row)) return row;
  return await changeFactors(parts, self, request, async (tx) => {
    await tx.insert(passkey).values(row);
    return undefined;
  });
}

/** Takes a passkey away, unless a role asks for a second factor and there is no other. */
export async function removePasskey(
  parts: EdgeParts,
  self: SignedIn,
  passkeyId: string,
  request: RequestFacts,
): Promise<undefined | Refused> {
  return await changeFactors(parts, self, request, async (tx) => {
    const removed = await tx.delete(passkey).where(eq(passkey.id, passkeyId)).returning({ id: passkey.id });
    if (removed.length === 0) return refuse("not-found");
    return await mayLack(tx, self.id);
  });
}

/** Changes factors in one transaction; a refusal of `change` rolls everything back. */
async function changeFactors<Result>(
  parts: EdgeParts,
  self: SignedIn,
  request: RequestFacts,
  change: (tx: Transaction) => Promise<Result | Refused>,
): Promise<Result | Refused> {
  const { db, now, publicUrl, revocations } = parts;
  const person = await addressedPerson(parts, self.id);
  if (!person) return refuse("unauthenticated");
  const content = {
    kind: "session-ended",
    name: person.name,
    at: now().toISOString(),
    reason: "factors-changed",
    securityLink: `${publicUrl}/security`,
  } as const;
  const mails = await outgoing(parts, [{ to: person.email, content, owner: { account: self.id } }], request);
  try {
    const { result, epoch } = await db.writeAsAccount(self.id, async (tx) => {
      const result = await change(tx);
      if (isRefused(result)) throw new RolledBack(result);
      await mails.post(tx);
      return { result, epoch: await endSessions(tx, self.id, { now: now(), except: self.sessionId }) };
    });
    revocations.add({ account: self.id, epoch });
    return result;
  } catch (fault) {
    if (fault instanceof RolledBack) return fault.refusal;
    throw fault;
  }
}

class RolledBack extends Error {
  readonly refusal: Refused;
  constructor(refusal: Refused) {
    super("rolled back");
    this.refusal = refusal;
  }
}

/** Refuses when no factor is left and a role asks for one. */
async function mayLack(tx: Transaction, accountId: string): Promise<undefined | Refused> {
  const factors = await factorsOf(tx, accountId);
  if (factors.totp || factors.passkeys > 0) return undefined;
  const roles = await tx.select({ role: membership.role }).from(membership).where(
    eq(membership.accountId, accountId),
  );
  if (!roles.some(({ role }) => needsSecondFactor(role))) return undefined;
  return refuse("conflict", { detail: "Your role asks for a second factor. Set up another one first." });
}

async function newRecoveryCodes(
  { random, newId }: EdgeParts,
  tx: Transaction,
  accountId: string,
): Promise<RecoveryCodes> {
  const codes = Array.from({ length: codesAtOnce }, () => base32(random(10)));
  await tx.delete(recoveryCode).where(eq(recoveryCode.accountId, accountId));
  const rows = await Promise.all(
    codes.map(async (code) => ({ id: newId(), accountId, codeHash: await secretHash(code) })),
  );
  await tx.insert(recoveryCode).values(rows);
  return { codes: codes.map((code) => code.replace(/(.{4})(?=.)/g, "$1-")) };
}
