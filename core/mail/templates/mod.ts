// Every mail as a pure function: its facts in, subject, text and HTML out.
import type { MailContent } from "#core/contract/mail.ts";
import * as account from "./account.ts";
import { layOut, type Letter, type Rendered } from "./layout.ts";
import * as practice from "./practice.ts";

/** Renders a mail. */
export function render(content: MailContent): Rendered {
  return layOut(letterOf(content));
}

function letterOf(content: MailContent): Letter {
  switch (content.kind) {
    case "verification":
      return account.verification(content);
    case "already-registered":
      return account.alreadyRegistered(content);
    case "reset":
      return account.reset(content);
    case "reset-unknown":
      return account.resetUnknown(content);
    case "password-changed":
      return account.passwordChanged(content);
    case "change-of-mail-old":
      return account.changeOfMailOld(content);
    case "change-of-mail-new":
      return account.changeOfMailNew(content);
    case "mail-changed":
      return account.mailChanged(content);
    case "new-device":
      return account.newDevice(content);
    case "session-ended":
      return account.sessionEnded(content);
    case "invitation":
      return practice.invitation(content);
    case "share-to-client":
      return practice.shareToClient(content);
    case "share-to-clinic":
      return practice.shareToClinic(content);
    case "first-opening":
      return practice.firstOpening(content);
  }
}
