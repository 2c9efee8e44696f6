// The outbox's other end (PL-10): a job for each mail, which unseals it, renders it and hands it over, at least once and
// under one id. What it said is gone from the database once it was handed over.
import { createHash } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { jsonOf } from "#core/contract/json.ts";
import { faultFields, type Log } from "#core/contract/log.ts";
import { MailContent } from "#core/contract/mail.ts";
import { type Job, job, type Retry } from "#core/jobs/mod.ts";
import type { Sealer } from "#core/secrets/mod.ts";
import { type Mail, MailFault } from "#core/services/mail/mod.ts";
import type { Database } from "#db/mod.ts";
import { event, mail, mailSuppression } from "#db/schema/mod.ts";
import { render } from "./templates/mod.ts";

/** What a mail belongs to; the job acts for it. */
const Owner = z.union([z.object({ practice: Id }), z.object({ account: Id })]);
type Owner = z.infer<typeof Owner>;

/** What sending needs. */
export type Sending = {
  readonly db: Database;
  readonly mail: Mail;
  readonly sealer: Sealer;
  readonly now: () => Date;
  readonly log: Log;
};

type MailRow = typeof mail.$inferSelect;
type Outcome = Partial<Pick<MailRow, "state" | "fault" | "providerId" | "sentAt" | "sealed">>;

/** While the provider is away a mail is tried for a day, then it is told as failed. */
const retry: Retry = { times: 60, after: "5s", atMost: "30m" };

/** The job `sendMail`. */
export function sendMail(sending: Sending): Job {
  return job({
    name: "sendMail",
    asks: z.object({ mail: Id, owner: Owner }),
    within: "60s",
    atOnce: 4,
    retry,
    run: async ({ mail: mailId, owner }, { attempt }) => {
      const row = await readMail(sending, owner, mailId);
      if (row?.state !== "waiting" || row.sealed === null) return;
      const outcome = await handOver(sending, row, { sealed: row.sealed, isLast: attempt > retry.times });
      await note(sending, owner, row, outcome);
    },
  });
}

/** While the provider was away its link expired: it would lead nowhere. */
const tooLate = { state: "failed", fault: "its link expired before it could be sent", sealed: null } as const;

async function handOver(
  sending: Sending,
  row: MailRow,
  { sealed, isLast }: { readonly sealed: string; readonly isLast: boolean },
): Promise<Outcome> {
  if (await isSuppressed(sending, row.recipient)) return { state: "suppressed", sealed: null };
  try {
    const { text } = sending.sealer.open(sealed, `mail:${row.id}`);
    const content = MailContent.parse(jsonOf(text));
    if ("expiresAt" in content && new Date(content.expiresAt) <= sending.now()) return tooLate;
    const sent = await sending.mail.send({ id: row.id, to: row.recipient, ...render(content) });
    const state = sent.arrived ? "delivered" : "sent";
    return { state, providerId: sent.providerId, sentAt: sending.now(), sealed: null };
  } catch (fault) {
    const isFinal = fault instanceof MailFault && !fault.temporary;
    if (!isFinal && !isLast) throw fault; // the queue tries again
    sending.log("mail_failed", { mail: row.id, kind: row.kind, ...faultFields(fault) }, "warning");
    const words = fault instanceof MailFault ? fault.message : "the mail could not be made ready";
    return { state: "failed", fault: words.slice(0, 500), sealed: null };
  }
}

async function readMail({ db }: Sending, owner: Owner, mailId: string): Promise<MailRow | undefined> {
  const [row] = await db.readActingAs(owner, (q) => q.select().from(mail).where(eq(mail.id, mailId)));
  return row;
}

async function note({ db }: Sending, owner: Owner, row: MailRow, outcome: Outcome): Promise<void> {
  await db.actingAs(owner, async (tx) => {
    await tx.update(mail).set(outcome).where(and(eq(mail.id, row.id), eq(mail.state, "waiting")));
    if (row.practiceId === null) return;
    await tx.insert(event).values({ practiceId: row.practiceId, kind: "mail.changed", subjectId: row.id });
  });
}

async function isSuppressed({ db }: Sending, recipient: string): Promise<boolean> {
  const hash = createHash("sha256").update(recipient.toLowerCase()).digest("hex");
  const [found] = await db.lookUp(
    sql`select reason from ${mailSuppression} where address_hash = ${`\\x${hash}`}::bytea`,
  );
  return found !== undefined;
}
