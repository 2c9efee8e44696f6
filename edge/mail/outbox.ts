// Posting mail (PL-10): what it says is sealed by the core before the transaction; the row and the wish to send it are
// written in the use case's own transaction, so that a mail goes out exactly when the use case stands.
import { sql } from "drizzle-orm";
import type { MailContent } from "#core/contract/mail.ts";
import { sealSecrets } from "#core/contract/secrets.ts";
import type { Transaction } from "#db/mod.ts";
import { mail } from "#db/schema/mod.ts";
import { journeyOf } from "../guard/acting.ts";
import type { RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** Whose a mail is: the practice sees its own, an account's are nobody's but its. */
export type MailOwner = { readonly practice: string } | { readonly account: string };

/** A mail to be posted. `subjectId` is the share or invitation it is about. */
export type Mailing = {
  readonly to: string;
  readonly content: MailContent;
  readonly owner: MailOwner;
  readonly subjectId?: string;
};

/** Mails that are sealed and wait for a transaction that acts for their owners. */
export type Outgoing = { readonly post: (tx: Transaction) => Promise<void> };

/** Seals mails. Nothing is kept before `post` is called. */
export async function outgoing(
  { core, newId, now }: EdgeParts,
  mailings: readonly Mailing[],
  request: RequestFacts,
): Promise<Outgoing> {
  const named = mailings.map((mailing) => ({ ...mailing, id: newId() }));
  const texts = named.map(({ id, content }) => ({ text: JSON.stringify(content), purpose: `mail:${id}` }));
  const who = { system: true, permission: "secret:seal" } as const;
  const { sealed } = await core(sealSecrets, { texts }, { who, ...journeyOf(request) });
  const createdAt = now();
  const rows = named.map(({ id, to, content, owner, subjectId }, at) => ({
    id,
    practiceId: "practice" in owner ? owner.practice : null,
    accountId: "account" in owner ? owner.account : null,
    kind: content.kind,
    recipient: to,
    sealed: sealed[at] ?? "",
    subjectId: subjectId ?? null,
    createdAt,
  }));
  return {
    async post(tx) {
      await tx.insert(mail).values(rows);
      for (const { id, owner } of named) {
        const asks = JSON.stringify({ mail: id, owner });
        await tx.execute(sql`select app.enqueue('sendMail', ${asks}::jsonb, ${id})`);
      }
    },
  };
}
