// Mails to a person about their account.
import type { MailContent } from "#core/contract/mail.ts";
import type { Letter } from "./layout.ts";
import { hello, isPlain, moment, notYou } from "./words.ts";

type Of<Kind extends MailContent["kind"]> = Extract<MailContent, { kind: Kind }>;

export function verification({ name, link, practice, expiresAt }: Of<"verification">): Letter {
  const what = practice === null
    ? "your Vetware account"
    : `Vetware for ${isPlain(practice) ? practice : "your practice"}`;
  return {
    subject: "Confirm your address for Vetware",
    greeting: hello(name),
    paragraphs: [`Please confirm that this is your address, to set up ${what}.`],
    link: { words: "Confirm the address", address: link },
    notes: [`The link works once, until ${moment(expiresAt)}.`, notYou],
  };
}

export function alreadyRegistered({ name, signInLink, resetLink }: Of<"already-registered">): Letter {
  return {
    subject: "You have a Vetware account already",
    greeting: hello(name),
    paragraphs: [
      "Somebody, probably you, signed up for Vetware with this address. It has an account already.",
    ],
    link: { words: "Sign in", address: signInLink },
    other: { words: "If you have forgotten the password, set a new one", address: resetLink },
    notes: [notYou],
  };
}

export function reset({ name, link, expiresAt }: Of<"reset">): Letter {
  return {
    subject: "Set a new password for Vetware",
    greeting: hello(name),
    paragraphs: ["A new password was asked for. Setting one ends every session of your account."],
    link: { words: "Set a new password", address: link },
    notes: [`The link works once, until ${moment(expiresAt)}.`, notYou],
  };
}

export function resetUnknown({ signUpLink }: Of<"reset-unknown">): Letter {
  return {
    subject: "There is no Vetware account with this address",
    greeting: undefined,
    paragraphs: [
      "Somebody asked for a new password with this address, but it has no Vetware account.",
      "If that was you, you may have signed up with another address.",
    ],
    link: { words: "Sign up", address: signUpLink },
    notes: [notYou],
  };
}

export function passwordChanged({ name, resetLink }: Of<"password-changed">): Letter {
  return {
    subject: "Your Vetware password was changed",
    greeting: hello(name),
    paragraphs: ["The password of your account was changed, and its other sessions were ended."],
    link: { words: "This was not me: set a new password", address: resetLink },
    notes: ["If it was you, you need not do anything."],
  };
}

export function changeOfMailOld({ name, link, newEmail, expiresAt }: Of<"change-of-mail-old">): Letter {
  return {
    subject: "Confirm the new address of your Vetware account",
    greeting: hello(name),
    paragraphs: [
      `Your account is to get the address ${newEmail}. Please confirm that you want this. The new address gets a mail too; when both have confirmed, it changes.`,
    ],
    link: { words: "Confirm the change", address: link },
    notes: [`The link works once, until ${moment(expiresAt)}.`, notYou],
  };
}

export function changeOfMailNew({ name, link, expiresAt }: Of<"change-of-mail-new">): Letter {
  return {
    subject: "Confirm your new address for Vetware",
    greeting: hello(name),
    paragraphs: ["Please confirm that your Vetware account is to get this address."],
    link: { words: "Confirm the address", address: link },
    notes: [`The link works once, until ${moment(expiresAt)}.`, notYou],
  };
}

export function mailChanged({ name, newEmail }: Of<"mail-changed">): Letter {
  return {
    subject: "The address of your Vetware account was changed",
    greeting: hello(name),
    paragraphs: [`Your account has the address ${newEmail} now. Mail no longer goes to this one.`],
    notes: ["If this was not you, tell the owner of your practice at once."],
  };
}

export function newDevice({ name, at, userAgent, securityLink }: Of<"new-device">): Letter {
  return {
    subject: "A new device signed in to your Vetware account",
    greeting: hello(name),
    paragraphs: [
      `Somebody, probably you, signed in on ${moment(at)} from a device that was not seen before.`,
    ],
    quoted: userAgent ?? undefined,
    link: { words: "Look at my sessions", address: securityLink },
    notes: ["If this was not you, end that session and change your password."],
  };
}

export function sessionEnded({ name, at, reason, securityLink }: Of<"session-ended">): Letter {
  const why = reason === "reused"
    ? `On ${
      moment(at)
    } a secret of one of your sessions was used twice. It may have been copied, so the session was ended. Please sign in again.`
    : `On ${moment(at)} the second factors of your account were changed, and its other sessions were ended.`;
  return {
    subject: reason === "reused" ? "A session of yours was ended" : "Your second factors were changed",
    greeting: hello(name),
    paragraphs: [why],
    link: { words: "Look at my account's security", address: securityLink },
    notes: ["If you do not know of this, change your password."],
  };
}
