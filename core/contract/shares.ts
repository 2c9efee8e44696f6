// Share links: what staff ask for, what they see of them, and what opening one answers (PA-4, PA-5, PA-6).
import { z } from "zod";
import { Id, Secret } from "./identifiers.ts";
import { MailState } from "./mail.ts";
import { MailAddress } from "./sessions.ts";
import { Patient, PictureStudy } from "./studies.ts";

export const ShareRight = z.enum(["view", "download", "adopt"]);
export type ShareRight = z.infer<typeof ShareRight>;

/** A passcode told by another way than the link: 4 to 64 characters. */
export const Passcode = z.string().trim().min(4, "needs at least 4 characters").max(64);

/** Longest life of a link, in days. */
export const longestShareDays = 365;

/** Whom a link is mailed to. The mail names the practice and carries `message`; never an animal or an owner. */
export const ShareRecipient = z.object({
  kind: z.enum(["client", "clinic"]),
  email: MailAddress,
  message: z.string().trim().max(2000).default(""),
});
export type ShareRecipient = z.infer<typeof ShareRecipient>;

/** Asks for a link. Without `seriesIds` the whole study is shared; `view` is always among the rights. */
export const NewShare = z.object({
  studyId: Id,
  seriesIds: z.array(Id).min(1).max(500).optional(),
  label: z.string().trim().max(200).default(""),
  rights: z.array(ShareRight).default(["view"]).transform((
    rights,
  ) => [...new Set<ShareRight>(["view", ...rights])]),
  expiresInDays: z.number().min(1 / 1440).max(longestShareDays).default(30),
  passcode: Passcode.optional(),
  maxViews: z.int().min(1).max(10_000).optional(),
  /** Mails the link; the passcode is never in the mail. */
  recipient: ShareRecipient.optional(),
  /** Mails whoever shares when the link is opened for the first time. */
  tellFirstOpening: z.boolean().default(false),
});
export type NewShare = z.infer<typeof NewShare>;

export const ShareState = z.enum(["live", "expired", "revoked", "spent", "locked"]);
export type ShareState = z.infer<typeof ShareState>;

/** A link as staff see it; its token is shown once, in the answer that made it. */
export const Share = z.object({
  id: Id,
  studyId: Id,
  seriesIds: z.array(Id).nullable(),
  label: z.string(),
  rights: z.array(ShareRight),
  state: ShareState,
  hasPasscode: z.boolean(),
  views: z.int(),
  maxViews: z.int().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
  lastOpenedAt: z.iso.datetime().nullable(),
  /** To whom it was mailed, and how the mail fared. */
  recipient: z.object({ kind: z.enum(["client", "clinic"]), email: z.string(), mail: MailState.nullable() })
    .nullable(),
});
export type Share = z.infer<typeof Share>;

export const CreatedShare = z.object({ share: Share, url: z.url() });
export type CreatedShare = z.infer<typeof CreatedShare>;

/** The links of a study, newest first. */
export const ShareList = z.object({ shares: z.array(Share) });
export type ShareList = z.infer<typeof ShareList>;

/** Which links of the practice: `live` open now, `ended` do not; newest first, a page at a time. */
export const ShareQuery = z.object({
  state: z.enum(["live", "ended", "all"]).default("all"),
  /** Words of the note, the recipient's address or the study. */
  search: z.string().max(200).default(""),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(200).optional(),
});
export type ShareQuery = z.infer<typeof ShareQuery>;

/** The study of a link, as a list names it. */
const SharedStudy = z.object({
  patient: Patient,
  description: z.string().nullable(),
  studyDate: z.string().nullable(),
});

/** The links of the practice. */
export const PracticeShares = z.object({
  shares: z.array(Share.extend({ study: SharedStudy })),
  next: z.string().nullable(),
});
export type PracticeShares = z.infer<typeof PracticeShares>;

/** Lets a link work for longer from now on, and be opened more often; one that was taken back stays so. */
export const RenewShare = z.object({
  expiresInDays: z.number().min(1 / 1440).max(longestShareDays),
  /** How often it may be opened from now on; null lifts the limit, absent leaves it. */
  moreViews: z.int().min(1).max(10_000).nullable().optional(),
});
export type RenewShare = z.infer<typeof RenewShare>;

/** One line of a link's history, newest first. Address and user agent leave after 90 days. */
export const ShareVisit = z.object({
  at: z.iso.datetime(),
  action: z.string(),
  outcome: z.string(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** The practice that added it to its records. */
  by: z.string().nullable(),
});
export type ShareVisit = z.infer<typeof ShareVisit>;

/** Who opened a link or tried to, and what staff did to it. */
export const ShareVisits = z.object({ visits: z.array(ShareVisit) });
export type ShareVisits = z.infer<typeof ShareVisits>;

/** Why a link does not open. `press` and `passcode` ask something of the visitor; the others are final. */
export const ShareRefusal = z.enum(["unknown", "revoked", "expired", "spent", "locked", "passcode", "press"]);
export type ShareRefusal = z.infer<typeof ShareRefusal>;

/** Opening is a POST; `pressed` says that a person pressed the button, which a view limit asks for. */
export const OpenShare = z.object({
  token: Secret,
  passcode: z.string().max(64).optional(),
  pressed: z.boolean().default(false),
});
export type OpenShare = z.infer<typeof OpenShare>;

/** What an opened link shows. Pictures are fetched under `/api/opened/{shareId}/…` with the visit's cookie. */
export const OpenedShare = z.object({
  shareId: Id,
  rights: z.array(ShareRight),
  expiresAt: z.iso.datetime(),
  study: PictureStudy,
});
export type OpenedShare = z.infer<typeof OpenedShare>;
