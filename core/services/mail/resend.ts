// Mail by Resend: each mail under its own id as Idempotency-Key, so that one handed over twice is sent once.
import { Resend } from "resend";
import { type Mail, MailFault } from "./port.ts";

/** How it is reached. `url` only where it is not Resend's own; `patience` in milliseconds, 20 s when not said. */
export type ResendSettings = {
  readonly apiKey: string;
  readonly from: string;
  readonly url?: string | undefined;
  readonly patience?: number;
};

/** Refused for what the mail says or whom it is to. Everything else (limits, keys, domains) may be better later. */
const finalStatuses = [400, 413, 422, 451];

/** Opens the way to Resend; nothing is sent before the first mail. */
export function openResend({ apiKey, from, url, patience = 20_000 }: ResendSettings): Mail {
  const resend = new Resend(apiKey, url === undefined ? {} : { baseUrl: url });
  return {
    kind: "resend",
    list: () => Promise.resolve(undefined),
    async send({ id, to, subject, text, html }) {
      const { data, error } = await resend.emails.send({ from, to: [to], subject, text, html }, {
        idempotencyKey: id,
        signal: AbortSignal.timeout(patience),
      }).catch((cause: unknown) => {
        throw new MailFault("the mail provider does not answer", { temporary: true, cause });
      });
      if (data) return { providerId: data.id, arrived: false };
      // The id was taken with other words, of a template since changed: that mail went out, and there is no second.
      if (error.name === "invalid_idempotent_request") return { providerId: null, arrived: false };
      if (!error.statusCode) {
        throw new MailFault("the mail provider does not answer", { temporary: true });
      }
      const temporary = !finalStatuses.includes(error.statusCode);
      throw new MailFault(`the mail provider answers ${error.statusCode}: ${error.message}`, { temporary });
    },
  };
}
