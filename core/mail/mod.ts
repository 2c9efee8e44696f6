// Transactional mail (PL-10). A use case writes a row of the outbox in its own transaction; the job here renders it by a
// pure template and hands it to the carrier.
import { localMailbox } from "#core/contract/mail.ts";
import { refuse } from "#core/contract/problem.ts";
import { serve, type Served } from "#core/rpc/mod.ts";
import type { Mail } from "#core/services/mail/mod.ts";

export { type Sending, sendMail } from "./send.ts";
export { render } from "./templates/mod.ts";

/** The calls of mail. */
export function mailCalls(mail: Mail): Served[] {
  return [
    serve(localMailbox, async () => {
      const mails = await mail.list();
      return mails ? { mails: [...mails] } : refuse("not-found");
    }),
  ];
}
