// Transactional mail (PL-10): the kinds there are, what each is made of, and how it fared.
import { z } from "zod";
import { Id } from "./identifiers.ts";
import { Role } from "./sessions.ts";
import { call } from "./call.ts";

/** `waiting`: not handed over yet · `suppressed`: the address bounced or complained before, so it was not sent. */
export const MailState = z.enum([
  "waiting",
  "sent",
  "delivered",
  "bounced",
  "complained",
  "suppressed",
  "failed",
]);
export type MailState = z.infer<typeof MailState>;

const link = z.url();
const name = z.string();

/** What each mail is made of. Dates are ISO instants; templates say them in words, in UTC. */
export const MailContent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("verification"),
    name,
    link,
    practice: z.string().nullable(),
    expiresAt: z.iso.datetime(),
  }),
  /** To an address that has an account already and was signed up again. */
  z.object({ kind: z.literal("already-registered"), name, signInLink: link, resetLink: link }),
  z.object({
    kind: z.literal("invitation"),
    link,
    practice: z.string(),
    invitedBy: z.string(),
    role: Role,
    expiresAt: z.iso.datetime(),
  }),
  z.object({ kind: z.literal("reset"), name, link, expiresAt: z.iso.datetime() }),
  /** To an address without an account, whose reset was asked for: the mail tells the truth, the page does not. */
  z.object({ kind: z.literal("reset-unknown"), signUpLink: link }),
  z.object({ kind: z.literal("password-changed"), name, resetLink: link }),
  z.object({
    kind: z.literal("change-of-mail-old"),
    name,
    link,
    newEmail: z.string(),
    expiresAt: z.iso.datetime(),
  }),
  z.object({ kind: z.literal("change-of-mail-new"), name, link, expiresAt: z.iso.datetime() }),
  z.object({ kind: z.literal("mail-changed"), name, newEmail: z.string() }),
  z.object({
    kind: z.literal("new-device"),
    name,
    at: z.iso.datetime(),
    userAgent: z.string().nullable(),
    securityLink: link,
  }),
  z.object({
    kind: z.literal("session-ended"),
    name,
    at: z.iso.datetime(),
    reason: z.enum(["reused", "factors-changed"]),
    securityLink: link,
  }),
  z.object({
    kind: z.literal("share-to-client"),
    practice: z.string(),
    link,
    /** What staff wrote to the client; plain text. */
    message: z.string(),
    expiresAt: z.iso.datetime(),
    hasPasscode: z.boolean(),
  }),
  z.object({
    kind: z.literal("share-to-clinic"),
    practice: z.string(),
    link,
    message: z.string(),
    expiresAt: z.iso.datetime(),
    hasPasscode: z.boolean(),
    mayAdopt: z.boolean(),
  }),
  /** To whoever shared: the link was opened for the first time. */
  z.object({
    kind: z.literal("first-opening"),
    name,
    label: z.string(),
    at: z.iso.datetime(),
    studyLink: link,
  }),
]);
export type MailContent = z.infer<typeof MailContent>;

/** A mail of the practice as staff see it. */
export const PracticeMail = z.object({
  id: Id,
  kind: z.string(),
  to: z.string(),
  state: MailState,
  at: z.iso.datetime(),
  /** Why it bounced, in the provider's words. */
  fault: z.string().nullable(),
});
export const PracticeMailList = z.object({ mails: z.array(PracticeMail) });
export type PracticeMailList = z.infer<typeof PracticeMailList>;

/** A mail as the local mailbox keeps it, in embedded mode alone. */
export const LocalMail = z.object({
  id: Id,
  at: z.iso.datetime(),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});
export type LocalMail = z.infer<typeof LocalMail>;

/** The newest mails of the local mailbox, at most 100. Refused as `not-found` where mail leaves by a provider. */
export const localMailbox = call("mail.mailbox", {
  asks: z.strictObject({}),
  answers: z.object({ mails: z.array(LocalMail) }),
  writes: false,
  within: "10s",
  permission: "mailbox:read",
});
