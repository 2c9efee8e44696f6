// Signing in, and who is there (PL-4).
import { z } from "zod";
import { Id } from "./identifiers.ts";

/** The products a token may be for; a token of one is refused by the others. `account` is people and practices. */
export const Product = z.enum(["vetpacs", "vetai", "keepsake", "insights", "account"]);
export type Product = z.infer<typeof Product>;

export const Role = z.enum(["owner", "admin", "veterinarian", "technician", "front_desk"]);
export type Role = z.infer<typeof Role>;

/** A mail address as people type it; compared without regard to case. */
export const MailAddress = z.email("is not a mail address").max(254);

/** What a second factor is proved by: six digits of TOTP (RFC 6238), or a recovery code. Blanks are taken out. */
export const FactorCode = z.string().max(40).transform((text) => text.replace(/[\s-]/g, "").toUpperCase())
  .pipe(z.string().regex(/^(\d{6}|[A-Z2-7]{16})$/, "is neither a six-digit code nor a recovery code"));

/** Without `code`, a person who has a second factor is refused as `second-factor`. */
export const SignIn = z.object({
  email: MailAddress,
  password: z.string().min(1).max(128),
  code: FactorCode.optional(),
});
export type SignIn = z.infer<typeof SignIn>;

/** What a person must do before their role counts in full. */
export const SignInNeed = z.enum(["second-factor"]);

/**
 * The person of a session, the practice they act for, and what they may do there. `practice` and `role` are null for
 * an account without a practice. `provedUntil` is when the last proof of identity stops counting as recent.
 */
export const Me = z.object({
  account: z.object({ id: Id, name: z.string(), email: z.string() }),
  practice: z.object({ id: Id, name: z.string(), aeTitle: z.string() }).nullable(),
  role: Role.nullable(),
  practices: z.array(z.object({ id: Id, name: z.string(), role: Role })),
  permissions: z.array(z.string()),
  /** Set where the role asks for a second factor and the person has none: until then the role's rights are withheld. */
  need: SignInNeed.nullable(),
  hasSecondFactor: z.boolean(),
  sessionId: Id,
  provedUntil: z.iso.datetime().nullable(),
});
export type Me = z.infer<typeof Me>;

/** Goes on for another practice of the same account. */
export const SwitchPractice = z.object({ practiceId: Id });

/** Proves again who sits there: the password (and a code where there is a second factor). */
export const ProveAgain = z.object({ password: z.string().min(1).max(128), code: FactorCode.optional() });
export type ProveAgain = z.infer<typeof ProveAgain>;

/** One sign-in of the asker's account, newest first. Address and user agent are those of the last use. */
export const SessionSummary = z.object({
  id: Id,
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
});
export const SessionList = z.object({ sessions: z.array(SessionSummary) });
export type SessionList = z.infer<typeof SessionList>;
