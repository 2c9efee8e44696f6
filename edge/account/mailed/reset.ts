// A password reset by mail (PL-5): the same answer for every address, a link that serves once within an hour, and the
// end of every session. The second factor is still asked at the next sign-in (OWASP ASVS 5.0 V6.4.3).
import { eq } from "drizzle-orm";
import type { SetPassword } from "#core/contract/accounts.ts";
import type { Refused } from "#core/contract/problem.ts";
import { account, mailLink } from "#db/schema/mod.ts";
import type { RequestFacts } from "../../guard/env.ts";
import { outgoing } from "../../mail/mod.ts";
import type { EdgeParts } from "../../parts.ts";
import { addressedPerson } from "../person.ts";
import { digestOf, weakPassword } from "../own/password.ts";
import { endSessions } from "../sessions/session.ts";
import { findAccount } from "../signIn/signIn.ts";
import { accountOfLink, deadLink, linkLife, mayMail, newLink, takeLink, voidLinks } from "./links.ts";

/** Mails a link, or to an unknown address that it has no account. */
export async function askReset(
  parts: EdgeParts,
  email: string,
  request: RequestFacts,
): Promise<{ email: string }> {
  if (!await mayMail(parts, email)) return { email };
  const known = await findAccount(parts, email);
  const accountId = known ?? parts.newId();
  const person = await addressedPerson(parts, accountId);
  const made = await newLink(parts, {
    accountId,
    email,
    purpose: "reset",
    page: "/new-password",
    life: linkLife.reset,
  });
  const content = person
    ? { kind: "reset", name: person.name, link: made.link, expiresAt: made.expiresAt.toISOString() } as const
    : { kind: "reset-unknown", signUpLink: `${parts.publicUrl}/sign-up` } as const;
  const mailing = { to: person?.email ?? email, content, owner: { account: accountId } };
  const mails = await outgoing(parts, [mailing], request);
  await parts.db.writeAsAccount(accountId, async (tx) => {
    await voidLinks(tx, "reset", parts.now());
    if (person) await tx.insert(mailLink).values(made.row);
    await mails.post(tx);
  });
  return { email };
}

/** Sets the password of a link's account. A password that is refused does not use the link up. */
export async function resetPassword(
  parts: EdgeParts,
  { token, password }: SetPassword,
  request: RequestFacts,
): Promise<Refused | undefined> {
  const accountId = await accountOfLink(parts, token);
  if (!accountId) return deadLink;
  const person = await addressedPerson(parts, accountId);
  if (!person) return deadLink;
  const weak = weakPassword(password, [person.name, person.email]);
  if (weak) return weak;
  const passwordDigest = await digestOf(parts, password, request);
  const content = {
    kind: "password-changed",
    name: person.name,
    resetLink: `${parts.publicUrl}/reset`,
  } as const;
  const mails = await outgoing(
    parts,
    [{ to: person.email, content, owner: { account: accountId } }],
    request,
  );
  const epoch = await parts.db.writeAsAccount(accountId, async (tx) => {
    const now = parts.now();
    if (!await takeLink(tx, token, ["reset"], now)) return undefined;
    await tx.update(account).set({ passwordDigest }).where(eq(account.id, accountId));
    await mails.post(tx);
    return await endSessions(tx, accountId, { now, except: null });
  });
  if (epoch === undefined) return deadLink;
  parts.revocations.add({ account: accountId, epoch });
  return undefined;
}
