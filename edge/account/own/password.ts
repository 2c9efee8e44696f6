// A new password: made a digest in the core, refused when it is guessed first, and the end of every other session.
import { eq } from "drizzle-orm";
import type { ChangePassword } from "#core/contract/accounts.ts";
import { refuse, refuseField } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { digestSecret } from "#core/contract/secrets.ts";
import { weaknessOf } from "#core/domain/passwords.ts";
import { account } from "#db/schema/mod.ts";
import { journeyOf } from "../../guard/acting.ts";
import type { RequestFacts, SignedIn } from "../../guard/env.ts";
import { outgoing } from "../../mail/mod.ts";
import type { EdgeParts } from "../../parts.ts";
import { addressedPerson } from "../person.ts";
import { endSessions } from "../sessions/session.ts";
import { passwordFits } from "../signIn/signIn.ts";

/** Refuses a password that is guessed first; `own` are the person's words: name, address, practice. */
export function weakPassword(password: string, own: readonly string[]): Refused | undefined {
  const weakness = weaknessOf(password, own);
  if (weakness === undefined) return undefined;
  return refuse("invalid", {
    detail: `The password ${weakness}.`,
    fields: [{ field: "body.password", detail: weakness }],
  });
}

/** Makes the digest of a password, in the core. */
export async function digestOf(
  { core }: EdgeParts,
  password: string,
  request: RequestFacts,
): Promise<string> {
  const who = { system: true, permission: "secret:digest" } as const;
  const { digest } = await core(digestSecret, { secret: password }, { who, ...journeyOf(request) });
  return digest;
}

/** Changes the password of who knows the present one; every other session ends. */
export async function changePassword(
  parts: EdgeParts,
  self: SignedIn,
  { current, password }: ChangePassword,
  request: RequestFacts,
): Promise<Refused | undefined> {
  const { db, now, publicUrl, revocations } = parts;
  if (!await passwordFits(parts, self.id, current, request)) {
    return refuseField("body.current", "is not your present password");
  }
  const person = await addressedPerson(parts, self.id);
  if (!person) return refuse("unauthenticated");
  const weak = weakPassword(password, [person.name, person.email]);
  if (weak) return weak;
  const passwordDigest = await digestOf(parts, password, request);
  const content = { kind: "password-changed", name: person.name, resetLink: `${publicUrl}/reset` } as const;
  const mails = await outgoing(parts, [{ to: person.email, content, owner: { account: self.id } }], request);
  const epoch = await db.writeAsAccount(self.id, async (tx) => {
    await tx.update(account).set({ passwordDigest }).where(eq(account.id, self.id));
    await mails.post(tx);
    return await endSessions(tx, self.id, { now: now(), except: self.sessionId });
  });
  revocations.add({ account: self.id, epoch });
  return undefined;
}
