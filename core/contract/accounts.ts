// Accounts: signing up, what a person may change of themselves, and the second factors (PL-1, PL-3, PL-5).
import { z } from "zod";
import { Id, Secret } from "./identifiers.ts";
import { FactorCode, MailAddress, Role } from "./sessions.ts";

/** One line of text for people: trimmed, without control characters (PS3.5 6.1.3 has no use for them either). */
export const Line = (most: number) =>
  z.string().trim().min(1, "must not be empty").max(most, `may have ${most} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "must be one line without control characters");

/**
 * A new password: any characters, counted as code points, 12 to 128 (NIST SP 800-63B asks no composition). Which are
 * too easily guessed is told when it is set.
 */
export const NewPassword = z.string().max(256)
  .refine((text) => [...text].length >= 12, "needs at least 12 characters")
  .refine((text) => [...text].length <= 128, "may have 128 characters");

/** The practice of a sign-up. `location` is town and country, as people say it. */
export const PracticeFacts = z.object({ name: Line(200), location: Line(200) });

/** Asks for an account. Without a practice it is one for Insights alone. `role` is what the person does there. */
export const SignUp = z.object({
  name: Line(200),
  email: MailAddress,
  password: NewPassword,
  role: Role,
  practice: PracticeFacts.nullable(),
});
export type SignUp = z.infer<typeof SignUp>;

/** Answer to whatever sends a mail: the same for known and unknown addresses. */
export const MailOnItsWay = z.object({ email: z.string() });

/** A secret out of a mail, posted by a person who pressed a button. */
export const MailedSecret = z.object({ token: Secret });

export const AskReset = z.object({ email: MailAddress });
export const SetPassword = z.object({ token: Secret, password: NewPassword });
export type SetPassword = z.infer<typeof SetPassword>;

/** A passkey of a person (WebAuthn level 3). */
export const Passkey = z.object({
  id: Id,
  name: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});

/** The asker's own account. */
export const OwnAccount = z.object({
  id: Id,
  name: z.string(),
  email: z.string(),
  role: Role.nullable(),
  createdAt: z.iso.datetime(),
  totp: z.boolean(),
  recoveryCodesLeft: z.int(),
  passkeys: z.array(Passkey),
  /** An address that waits to be proved, by both the old and the new one. */
  newEmail: z.string().nullable(),
  practices: z.array(z.object({ id: Id, name: z.string(), role: Role, joinedAt: z.iso.datetime() })),
});
export type OwnAccount = z.infer<typeof OwnAccount>;

export const ChangeAccount = z.object({ name: Line(200) });
export const ChangePassword = z.object({ current: z.string().min(1).max(128), password: NewPassword });
export type ChangePassword = z.infer<typeof ChangePassword>;
export const ChangeEmail = z.object({ email: MailAddress });

/** Which of the two proofs of a change of address was given, and whether it is done. */
export const EmailChanged = z.object({ done: z.boolean(), waitingFor: z.enum(["old", "new"]).nullable() });
export type EmailChanged = z.infer<typeof EmailChanged>;

/** A TOTP secret to be put into an authenticator: base32, and as an otpauth address. Counts once it is confirmed. */
export const NewTotp = z.object({ secret: z.string(), uri: z.string() });
export type NewTotp = z.infer<typeof NewTotp>;
export const ConfirmTotp = z.object({ code: FactorCode });

/** Ten codes, each good once, shown once: 16 base32 characters in four groups. */
export const RecoveryCodes = z.object({ codes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

/** What the browser's `navigator.credentials` is asked, in its JSON form (WebAuthn level 3, 5.1.9 and 5.1.10). */
export const PasskeyOptions = z.object({ options: z.record(z.string(), z.unknown()) });

const Encoded = z.string().max(8192).regex(/^[A-Za-z0-9_-]*$/);
const credential = {
  id: Encoded,
  rawId: Encoded,
  type: z.literal("public-key"),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).optional(),
};

/** `PublicKeyCredential.toJSON()` of a new passkey, with a name for the list. */
export const NewPasskey = z.object({
  name: Line(100),
  credential: z.object({
    ...credential,
    response: z.object({
      clientDataJSON: Encoded,
      attestationObject: z.string().max(32_768).regex(/^[A-Za-z0-9_-]*$/),
      transports: z.array(z.string().max(20)).max(10).optional(),
    }),
  }),
});
export type NewPasskey = z.infer<typeof NewPasskey>;

/** `PublicKeyCredential.toJSON()` of a sign-in with a passkey. */
export const PasskeySignIn = z.object({
  credential: z.object({
    ...credential,
    response: z.object({
      clientDataJSON: Encoded,
      authenticatorData: Encoded,
      signature: Encoded,
      userHandle: Encoded.nullish(),
    }),
  }),
});
export type PasskeySignIn = z.infer<typeof PasskeySignIn>;
