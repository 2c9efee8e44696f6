// The practice's mails and how they fared: which came back is told to who sent them.
import { desc, eq } from "drizzle-orm";
import { z } from "zod";
import { MailState } from "#core/contract/mail.ts";
import type { PracticeMailList } from "#core/contract/mail.ts";
import { mail } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";

const listed = 100;

/** Which mails are asked for; without a state all. */
export const MailQuery = z.object({ state: MailState.optional() });

/** The newest mails. */
export async function listMails(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  { state }: z.infer<typeof MailQuery>,
): Promise<PracticeMailList> {
  const rows = await db.readAs(
    practiceId,
    (q) =>
      q.select().from(mail).where(state === undefined ? undefined : eq(mail.state, state))
        .orderBy(desc(mail.createdAt), desc(mail.id)).limit(listed),
  );
  return {
    mails: rows.map(({ id, kind, recipient, state, createdAt, fault }) => ({
      id,
      kind,
      to: recipient,
      state,
      at: createdAt.toISOString(),
      fault,
    })),
  };
}
