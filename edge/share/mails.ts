// Mails about links (PA-4): to whom a study is shared with, and to who shared, when the link is opened first. They
// name the practice and carry what staff wrote; never an animal, an owner or a passcode.
import { eq } from "drizzle-orm";
import type { ShareRecipient } from "#core/contract/shares.ts";
import { account, practice } from "#db/schema/mod.ts";
import type { RequestFacts } from "../guard/env.ts";
import { outgoing } from "../mail/mod.ts";
import type { Outgoing } from "../mail/mod.ts";
import type { EdgeParts } from "../parts.ts";
import type { ShareRow } from "./presenter.ts";

/** The mail that brings a link. */
export async function shareMail(
  parts: EdgeParts,
  row: ShareRow,
  { recipient, url, request }: {
    readonly recipient: ShareRecipient;
    readonly url: string;
    readonly request: RequestFacts;
  },
): Promise<Outgoing> {
  const [place] = await parts.db.readAs(
    row.practiceId,
    (q) => q.select({ name: practice.name }).from(practice).where(eq(practice.id, row.practiceId)),
  );
  const facts = {
    practice: place?.name ?? "",
    link: url,
    message: recipient.message,
    expiresAt: row.expiresAt.toISOString(),
    hasPasscode: row.passcodeDigest !== null,
  };
  const content = recipient.kind === "client"
    ? { kind: "share-to-client", ...facts } as const
    : { kind: "share-to-clinic", ...facts, mayAdopt: row.rights.includes("adopt") } as const;
  const owner = { practice: row.practiceId };
  return await outgoing(parts, [{ to: recipient.email, content, owner, subjectId: row.id }], request);
}

/** The mail to who shared, where they asked for it and are still of the practice. */
export async function firstOpeningMail(
  parts: EdgeParts,
  { id, practiceId, studyId, label, tellFirstOpening, createdByAccount, views }: ShareRow,
  request: RequestFacts,
): Promise<Outgoing | undefined> {
  if (!tellFirstOpening || createdByAccount === null || views > 0) return undefined;
  const [person] = await parts.db.readAs(
    practiceId,
    (q) =>
      q.select({ name: account.name, email: account.email }).from(account).where(
        eq(account.id, createdByAccount),
      ),
  );
  if (!person) return undefined;
  const content = {
    kind: "first-opening",
    name: person.name,
    label,
    at: parts.now().toISOString(),
    studyLink: `${parts.publicUrl}/studies/${studyId}`,
  } as const;
  const owner = { practice: practiceId };
  return await outgoing(parts, [{ to: person.email, content, owner, subjectId: id }], request);
}
