// What the platform needs of whatever carries its mail.

/** A mail as it leaves. `id` is the outbox row's: sent twice under one id, it arrives once. */
export type RenderedMail = {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Carries mail. */
export type Mail = {
  /** Which one serves, for the log and the page of sub-processors. */
  readonly kind: "mailbox" | "resend";
  /** Hands a mail over; `arrived` when that is all there is to it. @throws MailFault */
  send(mail: RenderedMail): Promise<{ readonly providerId: string | null; readonly arrived: boolean }>;
  /** The mails kept here, newest first; undefined where mail leaves by a provider. */
  list(): Promise<readonly KeptMail[] | undefined>;
};

/** A mail in the local mailbox. */
export type KeptMail = RenderedMail & { readonly from: string; readonly at: string };

/** A mail was not taken. `temporary` when trying again later may help. */
export class MailFault extends Error {
  override readonly name = "MailFault";
  readonly temporary: boolean;
  constructor(
    message: string,
    { temporary, cause }: { readonly temporary: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause });
    this.temporary = temporary;
  }
}
