// Passwords and passcodes: the core alone makes and compares digests, so that slow work stays off the edge (PL-3).
// What travels is signed and on the private line between the halves; it is never logged and never stored.
import { z } from "zod";
import { call } from "./call.ts";
import { Id } from "./identifiers.ts";

/** What a person types. Length in characters; longer ones are refused before any work is done on them. */
const Typed = z.string().min(1).max(256);

/** An argon2id digest in PHC string form; its parameters travel with it. */
export const SecretDigest = z.string().max(512).startsWith("$argon2id$");
export type SecretDigest = z.infer<typeof SecretDigest>;

/** Makes the digest of a secret. Refused as `too-many` when the short queue is full. */
export const digestSecret = call("secrets.digest", {
  asks: z.strictObject({ secret: Typed }),
  answers: z.strictObject({ digest: SecretDigest }),
  writes: false,
  within: "10s",
  permission: "secret:digest",
});

/**
 * Compares a secret with a digest. Without a digest (no such account) the work is done all the same and the
 * answer is no, so that time does not tell. `newDigest` is there when it matches and the parameters have risen.
 */
export const verifySecret = call("secrets.verify", {
  asks: z.strictObject({ secret: Typed, digest: SecretDigest.nullable() }),
  answers: z.strictObject({ matches: z.boolean(), newDigest: SecretDigest.optional() }),
  writes: false,
  within: "10s",
  permission: "secret:verify",
});

/** What is kept sealed in the database (PL-14): text under the platform's sealing key, bound to what it is for. */
export const SealedText = z.string().max(65_536).startsWith("sealed.");

/** What a sealed text is for; it opens for nothing else. */
const purpose = z.string().regex(/^[a-z-]+:[0-9a-f-]{36}$/);

/** Seals texts, e.g. what a mail says until it is sent. */
export const sealSecrets = call("secrets.seal", {
  asks: z.strictObject({
    texts: z.array(z.strictObject({ text: z.string().max(32_768), purpose })).min(1).max(10),
  }),
  answers: z.strictObject({ sealed: z.array(SealedText) }),
  writes: false,
  within: "10s",
  permission: "secret:seal",
});

/** Makes a TOTP secret (RFC 6238: SHA-1, 6 digits, 30 s), shown once and sealed for the account. */
export const makeTotp = call("secrets.makeTotp", {
  asks: z.strictObject({ account: Id, email: z.string().max(254) }),
  answers: z.strictObject({ secret: z.string(), uri: z.string(), sealed: SealedText }),
  writes: false,
  within: "10s",
  permission: "secret:seal",
});

/**
 * Compares a code with a sealed TOTP secret, one step back and forth. `step` is the 30-second step it fits, always
 * after `after`, so that a code serves once; null when it fits none. `resealed` is there after the key was rotated.
 */
export const checkTotp = call("secrets.checkTotp", {
  asks: z.strictObject({
    account: Id,
    sealed: SealedText,
    code: z.string().regex(/^\d{6}$/),
    after: z.int().min(0),
  }),
  answers: z.strictObject({ step: z.int().nullable(), resealed: SealedText.optional() }),
  writes: false,
  within: "10s",
  permission: "secret:verify",
});
