// Passwords and passcodes: the core alone makes and compares digests, so that slow work stays off the edge (PL-3).
// What travels is signed and on the private line between the halves; it is never logged and never stored.
import { z } from "zod";
import { call } from "./call.ts";

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
