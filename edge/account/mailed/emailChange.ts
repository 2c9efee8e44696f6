// Changing the mail address: both the old and the new one must say yes, in either order, within a day.
import { and, eq, gt, isNull } from "drizzle-orm";
import type { EmailChanged } from "#core/contract/accounts.ts";
import { refuse, refuseField } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { violatedConstraint } from "#db/mod.ts";
import type { Transaction } from "#db/mod.ts";
import { account, mailLink } from "#db/schema/mod.ts";
import type { RequestFacts, SignedIn } from "../../guard/env.ts";
import { outgoing } from "../../mail/mod.ts";
import type { EdgeParts } from "../../parts.ts";
import { addressedPerson } from "../person.ts";
import { raiseEpoch } from "../sessions/session.ts";
import { accountOfLink, deadLink, linkLife, mayMail, newLink, takeLink, voidLinks } from "./links.ts";

const purposes = ["change-old", "change-new"] as const;

/** Mails a link to each of the two addresses. A new address that has an account is told nothing but fails in the end. */
export async function askEmailChange(
  parts: EdgeParts,
  self: SignedIn,
  email: string,
  request: RequestFacts,
): Promise<{ email: string } | Refused> {
  const person = await addressedPerson(parts, self.id);
  if (!person) return refuse("unauthenticated");
  if (person.email.toLowerCase() === email.toLowerCase()) {
    return refuseField("body.email", "is your address already");
  }
  if (!await mayMail(parts, email)) {
    return refuse("too-many", { detail: "This address got several mails. Wait an hour." });
  }
  const wish = { accountId: self.id, email, page: "/change-of-mail", life: linkLife.change };
  const before = await newLink(parts, { ...wish, purpose: "change-old" });
  const after = await newLink(parts, { ...wish, purpose: "change-new" });
  const { name } = person;
  const expiresAt = after.expiresAt.toISOString();
  const owner = { account: self.id };
  const mails = await outgoing(parts, [
    {
      to: person.email,
      owner,
      content: { kind: "change-of-mail-old", name, link: before.link, newEmail: email, expiresAt },
    },
    { to: email, owner, content: { kind: "change-of-mail-new", name, link: after.link, expiresAt } },
  ], request);
  await parts.db.writeAsAccount(self.id, async (tx) => {
    for (const purpose of purposes) await voidLinks(tx, purpose, parts.now());
    await tx.insert(mailLink).values([before.row, after.row]);
    await mails.post(tx);
  });
  return { email };
}

/** Takes the proof of one address; with the second one the address changes. */
export async function confirmEmailChange(
  parts: EdgeParts,
  secret: string,
  request: RequestFacts,
): Promise<EmailChanged | Refused> {
  const accountId = await accountOfLink(parts, secret);
  if (!accountId) return deadLink;
  const person = await addressedPerson(parts, accountId);
  if (!person) return deadLink;
  const [waiting] = await parts.db.readAsAccount(
    accountId,
    (q) =>
      q.select({ email: mailLink.email }).from(mailLink).where(
        and(eq(mailLink.purpose, "change-new"), isNull(mailLink.voidedAt)),
      ),
  );
  const content = { kind: "mail-changed", name: person.name, newEmail: waiting?.email ?? "" } as const;
  const mails = await outgoing(
    parts,
    [{ to: person.email, content, owner: { account: accountId } }],
    request,
  );
  try {
    const changed = await parts.db.writeAsAccount(accountId, async (tx) => {
      const now = parts.now();
      const taken = await takeLink(tx, secret, purposes, now);
      if (!taken) return deadLink;
      const other = purposes.find((purpose) => purpose !== taken.purpose) ?? "change-old";
      if (!await isProved(tx, other, taken.email, now)) {
        return { done: false, waitingFor: other === "change-old" ? "old" as const : "new" as const };
      }
      await tx.update(account).set({ email: taken.email, emailVerifiedAt: now }).where(
        eq(account.id, accountId),
      );
      for (const purpose of purposes) {
        await tx.update(mailLink).set({ voidedAt: now }).where(eq(mailLink.purpose, purpose));
      }
      await mails.post(tx);
      return { done: true, waitingFor: null, epoch: await raiseEpoch(tx, accountId, now) };
    });
    if ("epoch" in changed && changed.epoch !== undefined) {
      parts.revocations.add({ account: accountId, epoch: changed.epoch });
    }
    return "refused" in changed ? changed : { done: changed.done, waitingFor: changed.waitingFor };
  } catch (fault) {
    if (violatedConstraint(fault) !== "account_email") throw fault;
    return refuse("conflict", { detail: "The new address has an account of its own. Choose another one." });
  }
}

async function isProved(
  tx: Transaction,
  purpose: typeof purposes[number],
  email: string,
  now: Date,
): Promise<boolean> {
  const [found] = await tx.select({ usedAt: mailLink.usedAt }).from(mailLink).where(and(
    eq(mailLink.purpose, purpose),
    eq(mailLink.email, email),
    isNull(mailLink.voidedAt),
    gt(mailLink.expiresAt, now),
  ));
  return found?.usedAt instanceof Date;
}
