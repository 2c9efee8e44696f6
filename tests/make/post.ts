// The post of an edge in a test: what the outbox holds is sent by the core's own job, into a mailbox in memory.
import { sql } from "drizzle-orm";
import type { Log } from "#core/contract/log.ts";
import { sendMail } from "#core/mail/mod.ts";
import type { KeptMail, Mail } from "#core/services/mail/mod.ts";
import type { Database } from "#db/mod.ts";
import { testSealer } from "./given.ts";

export type Post = {
  readonly mail: Mail;
  /** Sends what waits, and brings every mail so far, oldest first. */
  deliver(): Promise<readonly KeptMail[]>;
  /** Sends what waits, and brings the newest mail to an address. @throws when there is none */
  newestTo(address: string): Promise<KeptMail>;
  /** The secret in the link of the newest mail to an address. */
  secretTo(address: string): Promise<string>;
};

/** Opens the post. */
export function openPost(
  { owner, core, now, log }: {
    readonly owner: Database;
    readonly core: Database;
    readonly now: () => Date;
    readonly log: Log;
  },
): Post {
  const kept: KeptMail[] = [];
  const mail: Mail = {
    kind: "mailbox",
    send: (sent) => {
      kept.push({ ...sent, from: "Vetware", at: now().toISOString() });
      return Promise.resolve({ providerId: null, arrived: true });
    },
    list: () => Promise.resolve(kept.toReversed()),
  };
  const job = sendMail({ db: core, mail, sealer: testSealer, now, log });
  const deliver = async () => {
    const waiting = await owner.lookUp<{ payload: unknown; created_at: string }>(
      sql`delete from app.job_request where name = 'sendMail' returning payload, created_at`,
    );
    const inOrder = waiting.toSorted((a, b) => a.created_at < b.created_at ? -1 : 1);
    for (const { payload } of inOrder) {
      await job.perform(payload, { id: "test", attempt: 1, signal: new AbortController().signal });
    }
    return kept;
  };
  const newestTo = async (address: string) => {
    const found = (await deliver()).findLast(({ to }) => to === address);
    if (!found) {
      throw new Error(`no mail to ${address}; there are mails to ${kept.map(({ to }) => to).join(", ")}`);
    }
    return found;
  };
  return {
    mail,
    deliver,
    newestTo,
    secretTo: async (address) => /#([\w-]{43})/.exec((await newestTo(address)).text)?.[1] ?? "",
  };
}
