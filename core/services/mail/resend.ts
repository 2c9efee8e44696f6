// Mail by Resend: each mail under its own id as Idempotency-Key, so that one handed over twice is sent once.
import { Resend } from "resend";
import { type Mail, MailFault } from "./port.ts";

/** How it is reached. `url` only where it is not Resend's own. */
export type ResendSettings = {
  readonly apiKey: string;
  readonly from: string;
  readonly url?: string | undefined;
};

/** Milliseconds that the provider may take. */
const patience = 20_000;

/** Opens the way to Resend; nothing is sent before the first mail. */
export function openResend({ apiKey, from, url }: ResendSettings): Mail {
  const resend = new Resend(apiKey, url === undefined ? {} : { baseUrl: url });
  return {
    kind: "resend",
    list: () => Promise.resolve(undefined),
    async send({ id, to, subject, text, html }) {
      const answer = await Promise.race([
        resend.emails.send({ from, to: [to], subject, text, html }, { idempotencyKey: id }),
        late(),
      ]).catch((cause: unknown) => {
        throw new MailFault("the mail provider does not answer", { temporary: true, cause });
      });
      if (answer.data) return { providerId: answer.data.id, arrived: false };
      const status = answer.error.statusCode ?? 0;
      // Refused for what the mail says or whom it is to; everything else may be better later.
      const temporary = ![400, 403, 409, 413, 422].includes(status);
      throw new MailFault(`the mail provider answers ${status}: ${answer.error.message}`, { temporary });
    },
  };
}

function late(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the mail provider took too long")), patience).unref();
  });
}
