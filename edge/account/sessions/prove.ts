// Proving again who sits there, for dangerous acts: by password and code, or by passkey.
import { eq } from "drizzle-orm";
import type { PasskeySignIn } from "#core/contract/accounts.ts";
import { isRefused, refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { ProveAgain } from "#core/contract/sessions.ts";
import { account, session } from "#db/schema/mod.ts";
import type { RequestFacts, SignedIn } from "../../guard/env.ts";
import type { EdgeParts } from "../../parts.ts";
import { takeCode } from "../signIn/factors.ts";
import { openGuessing } from "../signIn/guessing.ts";
import { accountOfPasskey } from "../signIn/passkeys.ts";
import { passwordFits } from "../signIn/signIn.ts";
import { standingOf } from "./session.ts";
import type { Standing } from "./session.ts";

/** Notes the proof in the session when the password, and the code where there is a second factor, are right. */
export async function proveByPassword(
  parts: EdgeParts,
  self: SignedIn,
  { password, code }: ProveAgain,
  request: RequestFacts,
): Promise<Standing | Refused> {
  const [person] = await parts.db.readAsAccount(
    self.id,
    (q) => q.select({ email: account.email }).from(account).where(eq(account.id, self.id)),
  );
  const guessing = await openGuessing(parts, person?.email ?? self.id, request);
  const wait = await guessing.wait(self.id);
  if (wait > 0) {
    return refuse("too-many", { detail: `Wait ${Math.ceil(wait / 1000)} seconds and try again.` });
  }
  const fits = await passwordFits(parts, self.id, password, request);
  if (!fits) {
    await guessing.failed();
    return refuse("forbidden", { detail: "The password is not right." });
  }
  if (self.hasSecondFactor && code === undefined) {
    return refuse("second-factor", {
      detail: "Type the six digits of your authenticator, or a recovery code.",
    });
  }
  if (code !== undefined && !await takeCode(parts, self.id, code, request)) {
    await guessing.failed();
    return refuse("second-factor", { detail: "The code is not right, or it was used before." });
  }
  await guessing.succeeded();
  return await noteProof(parts, self);
}

/** Notes the proof in the session when a passkey of the same account signed. */
export async function proveByPasskey(
  parts: EdgeParts,
  self: SignedIn,
  signed: PasskeySignIn,
): Promise<Standing | Refused> {
  const found = await accountOfPasskey(parts, signed);
  if (isRefused(found)) return found;
  if (found.accountId !== self.id) {
    return refuse("forbidden", { detail: "This passkey is of another account." });
  }
  return await noteProof(parts, self);
}

async function noteProof({ db, now }: EdgeParts, self: SignedIn): Promise<Standing | Refused> {
  const { id: accountId, sessionId, practiceId } = self;
  const provedAt = now();
  return await db.writeAsAccount(accountId, async (tx) => {
    await tx.update(session).set({ provedAt }).where(eq(session.id, sessionId));
    const standing = await standingOf(tx, accountId, practiceId);
    return standing ? { sessionId, accountId, provedAt, ...standing } : refuse("unauthenticated");
  });
}
