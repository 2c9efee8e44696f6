// Mail out of the platform. One port (port.ts), two carriers (mailbox.ts built in, resend.ts), chosen once in
// core/main.ts from the settings.
import { openMailbox } from "./mailbox.ts";
import type { Mail } from "./port.ts";
import { openResend, type ResendSettings } from "./resend.ts";

export { type KeptMail, type Mail, MailFault, type RenderedMail } from "./port.ts";
export { openMailbox } from "./mailbox.ts";
export { openResend, type ResendSettings } from "./resend.ts";

/** Opens the carrier that the settings name. */
export function openMail(
  settings: { readonly resend: ResendSettings } | { readonly folder: string },
  now: () => Date,
): Mail {
  if ("resend" in settings) return openResend(settings.resend);
  return openMailbox({ folder: settings.folder, from: "Vetware <vetware@localhost>", now });
}
