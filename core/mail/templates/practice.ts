// Mails that a practice sends: invitations and shared studies. A mail about a study names no animal and no owner.
import type { MailContent } from "#core/contract/mail.ts";
import { roleWords } from "#core/domain/roleWords.ts";
import type { Letter } from "./layout.ts";
import { hello, moment } from "./words.ts";

type Of<Kind extends MailContent["kind"]> = Extract<MailContent, { kind: Kind }>;

export function invitation({ link, practice, invitedBy, role, expiresAt }: Of<"invitation">): Letter {
  return {
    subject: `${practice} invites you to Vetware`,
    greeting: "Hello,",
    paragraphs: [`${invitedBy} invites you to work in Vetware with ${practice}, as ${roleWords[role]}.`],
    link: { words: "Look at the invitation", address: link },
    notes: [
      `It works once, until ${moment(expiresAt)}, and only for the address that this mail was sent to.`,
    ],
  };
}

export function shareToClient(
  { practice, link, message, expiresAt, hasPasscode }: Of<"share-to-client">,
): Letter {
  return {
    subject: `${practice} shares pictures with you`,
    greeting: "Hello,",
    paragraphs: [
      `${practice} shares pictures of your animal with you, in full quality. They open in any browser.`,
    ],
    quoted: message === "" ? undefined : message,
    link: { words: "Open the pictures", address: link },
    notes: shareNotes(practice, expiresAt, hasPasscode),
  };
}

export function shareToClinic(
  { practice, link, message, expiresAt, hasPasscode, mayAdopt }: Of<"share-to-clinic">,
): Letter {
  return {
    subject: `${practice} shares a study with your clinic`,
    greeting: "Dear colleagues,",
    paragraphs: [
      `${practice} shares an imaging study with you, at full bit depth.`,
      ...mayAdopt ? ["You may take it over into your own records."] : [],
    ],
    quoted: message === "" ? undefined : message,
    link: { words: "Open the study", address: link },
    notes: shareNotes(practice, expiresAt, hasPasscode),
  };
}

export function firstOpening({ name, label, at, studyLink }: Of<"first-opening">): Letter {
  const what = label === "" ? "A link of yours" : `Your link “${label}”`;
  return {
    subject: "Your link was opened",
    greeting: hello(name),
    paragraphs: [`${what} was opened for the first time, on ${moment(at)}.`],
    link: { words: "See who opened it", address: studyLink },
    notes: ["You asked to be told of the first opening. Later ones are in the link's history."],
  };
}

function shareNotes(practice: string, expiresAt: string, hasPasscode: boolean): string[] {
  return [
    ...hasPasscode ? [`You need a passcode, which ${practice} tells you by another way.`] : [],
    `The link works until ${moment(expiresAt)}. Whoever has it can open it, so do not pass it on lightly.`,
  ];
}
