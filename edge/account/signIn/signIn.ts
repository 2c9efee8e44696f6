// Signing in. An unknown address and a wrong password differ in nothing that a stranger can see: the same answer,
// after the same work. Only who has the right password learns that a second factor is wanted.
import { eq, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { verifySecret } from "#core/contract/secrets.ts";
import type { SignIn } from "#core/contract/sessions.ts";
import { account, audit } from "#db/schema/mod.ts";
import { journeyOf } from "../../guard/acting.ts";
import { auditRow } from "../../guard/audit.ts";
import type { RequestFacts } from "../../guard/env.ts";
import type { EdgeParts } from "../../parts.ts";
import { newDeviceMail } from "../sessions/notices.ts";
import { beginSession } from "../sessions/session.ts";
import type { Standing } from "../sessions/session.ts";
import { factorsOf, takeCode } from "./factors.ts";
import { openGuessing } from "./guessing.ts";

const wrong = refuse("unauthenticated", { detail: "The address or the password is not right." });
const wrongCode = refuse("second-factor", { detail: "The code is not right, or it was used before." });
const nobody = "00000000-0000-7000-8000-000000000000";

/** Begins a session for an address and a password, or refuses without saying which was wrong. */
export async function signIn(
  parts: EdgeParts,
  given: SignIn,
  request: RequestFacts,
): Promise<Standing | Refused> {
  const accountId = await findAccount(parts, given.email);
  const guessing = await openGuessing(parts, given.email, request);
  const wait = await guessing.wait(accountId ?? nobody);
  if (wait > 0) return tooOften(wait);
  const known = await passwordFits(parts, accountId, given.password, request);
  if (!known || !accountId) {
    await guessing.failed();
    return wrong;
  }
  const refused = await secondFactor(parts, accountId, given.code, request);
  if (refused) {
    if (refused === wrongCode) await guessing.failed();
    return refused;
  }
  await guessing.succeeded();
  return await admit(parts, accountId, { request, newDigest: known.newDigest });
}

/** The account of an address. */
export async function findAccount({ db }: EdgeParts, email: string): Promise<string | undefined> {
  const [found] = await db.lookUp<{ account_id: string }>(
    sql`select account_id from app.find_account(${email})`,
  );
  return found?.account_id;
}

/** Compares a password with an account's digest; the work is the same where there is no account. */
export async function passwordFits(
  { db, core }: EdgeParts,
  accountId: string | undefined,
  password: string,
  request: RequestFacts,
): Promise<{ readonly newDigest: string | undefined } | undefined> {
  const id = accountId ?? nobody;
  const [known] = await db.readAsAccount(
    id,
    (q) => q.select({ digest: account.passwordDigest }).from(account).where(eq(account.id, id)),
  );
  const who = { system: true, permission: "secret:verify" } as const;
  const asks = { secret: password, digest: known?.digest ?? null };
  const { matches, newDigest } = await core(verifySecret, asks, { who, ...journeyOf(request) });
  return matches ? { newDigest } : undefined;
}

/** Begins the session of someone who has proved who they are; tells the practice's activity, and a new device by mail. */
export async function admit(
  parts: EdgeParts,
  accountId: string,
  { request, newDigest, practiceId }: {
    readonly request: RequestFacts;
    readonly newDigest?: string | undefined;
    readonly practiceId?: string;
  },
): Promise<Standing> {
  const mail = await newDeviceMail(parts, accountId, request);
  const standing = await parts.db.writeAsAccount(accountId, async (tx) => {
    if (newDigest) {
      await tx.update(account).set({ passwordDigest: newDigest }).where(eq(account.id, accountId));
    }
    await mail?.post(tx);
    return await beginSession(parts, tx, accountId, { request, practiceId });
  });
  await tell(parts, standing, request);
  return standing;
}

/** Undefined when no second factor is wanted, or its code is right. */
async function secondFactor(
  parts: EdgeParts,
  accountId: string,
  code: string | undefined,
  request: RequestFacts,
): Promise<Refused | undefined> {
  const factors = await parts.db.writeAsAccount(accountId, (tx) => factorsOf(tx, accountId));
  if (!factors.totp && factors.passkeys === 0) return undefined;
  if (code === undefined) {
    const detail = factors.totp
      ? "Type the six digits of your authenticator, or a recovery code."
      : "Sign in with your passkey, or type a recovery code.";
    return refuse("second-factor", { detail });
  }
  return await takeCode(parts, accountId, code, request) ? undefined : wrongCode;
}

function tooOften(waitMs: number): Refused {
  const seconds = Math.ceil(waitMs / 1000);
  return refuse("too-many", { detail: `Too many attempts. Wait ${seconds} seconds and try again.` });
}

async function tell(parts: EdgeParts, standing: Standing, request: RequestFacts): Promise<void> {
  const { accountId: id, member, sessionId } = standing;
  if (!member) return;
  const { practiceId } = member;
  const person = { kind: "account", id, practiceId } as const;
  const deed = { action: "session.begun", subjectKind: "session", subjectId: sessionId };
  await parts.db.applyAs(
    practiceId,
    (q) => q.insert(audit).values(auditRow(person, request, deed, parts.newId)),
  );
}
