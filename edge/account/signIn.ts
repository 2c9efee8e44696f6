// Signing in. An unknown address, a wrong password and an account without a practice differ in nothing that a
// stranger can see: the same answer, after the same work.
import { eq, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { verifySecret } from "#core/contract/secrets.ts";
import type { SignIn } from "#core/contract/sessions.ts";
import { account, audit } from "#db/schema/mod.ts";
import { journeyOf } from "../guard/acting.ts";
import { auditRow } from "../guard/audit.ts";
import type { RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";
import { beginSession, membershipOf } from "./session.ts";
import type { Membership, Standing } from "./session.ts";

const refused = refuse("unauthenticated", { detail: "The address or the password is not right." });
const nobody = "00000000-0000-7000-8000-000000000000";

/** Begins a session for an address and a password, or refuses without saying which was wrong. */
export async function signIn(
  parts: EdgeParts,
  given: SignIn,
  request: RequestFacts,
): Promise<Standing | Refused> {
  const accountId = await findAccount(parts, given.email) ?? nobody;
  const known = await parts.db.readAsAccount(
    accountId,
    (q) => q.select({ digest: account.passwordDigest }).from(account).where(eq(account.id, accountId)),
  );
  const asks = { secret: given.password, digest: known[0]?.digest ?? null };
  const who = { system: true, permission: "secret:verify" } as const;
  const { matches, newDigest } = await parts.core(verifySecret, asks, { who, ...journeyOf(request) });
  if (!matches) return refused;
  const member = await admit(parts, accountId, newDigest);
  if (!member) return refused;
  const standing = await beginSession(parts, accountId, member);
  await tell(parts, standing, request);
  return standing;
}

async function findAccount({ db }: EdgeParts, email: string): Promise<string | undefined> {
  const [found] = await db.lookUp<{ account_id: string }>(
    sql`select account_id from app.find_account(${email})`,
  );
  return found?.account_id;
}

async function admit(
  { db }: EdgeParts,
  accountId: string,
  newDigest?: string,
): Promise<Membership | undefined> {
  return await db.writeAsAccount(accountId, async (tx) => {
    if (newDigest) {
      await tx.update(account).set({ passwordDigest: newDigest }).where(eq(account.id, accountId));
    }
    return await membershipOf(tx, accountId, null);
  });
}

async function tell(parts: EdgeParts, standing: Standing, request: RequestFacts): Promise<void> {
  const { accountId: id, practiceId, sessionId } = standing;
  const person = { kind: "account", id, practiceId } as const;
  const deed = { action: "session.begun", subjectKind: "session", subjectId: sessionId };
  await parts.db.applyAs(
    practiceId,
    (q) => q.insert(audit).values(auditRow(person, request, deed, parts.newId)),
  );
}
