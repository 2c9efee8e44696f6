import type { VerifyingKeys } from "./keys.ts";
import { readClaim } from "./parse.ts";
import { audienceHeader, clockSkew, signatureBase, signatureLife } from "./profile.ts";
import type { Profile, SignatureTerms, SignedMessage } from "./profile.ts";

/** Why a signature is not taken. */
export type SignatureFault = "shape" | "audience" | "time" | "key" | "signature";

/** What verifying needs: the live keys, the own name as audience, `now` in milliseconds since 1970. */
export type Verifying = {
  readonly keys: VerifyingKeys;
  readonly audience: string;
  readonly now: () => number;
};

/** The terms of a signature that holds, or why it does not. The nonce is not spent here: that is the next step. */
export type Verdict = { readonly accepted: SignatureTerms } | { readonly fault: SignatureFault };

const encoder = new TextEncoder();

/** Verifies a message against a profile; the cheap checks come first, the mathematics last. */
export async function verifyMessage(
  profile: Profile,
  message: SignedMessage,
  verifying: Verifying,
): Promise<Verdict> {
  const claim = readClaim(profile, message.headers);
  if (!claim) return { fault: "shape" };
  if (message.headers.get(audienceHeader) !== verifying.audience) return { fault: "audience" };
  if (!isTimely(claim.terms, verifying.now() / 1000)) return { fault: "time" };
  const key = verifying.keys.get(claim.terms.keyId);
  if (!key) return { fault: "key" };
  const base = signatureBase(profile, message, claim.parameters);
  if (base === undefined) return { fault: "shape" };
  const holds = await crypto.subtle.verify("Ed25519", key, claim.signature, encoder.encode(base));
  return holds ? { accepted: claim.terms } : { fault: "signature" };
}

/** `now` in seconds. Every life but ours is refused; a longer one would outlive the memory of nonces. */
function isTimely({ created, expires }: SignatureTerms, now: number): boolean {
  const life = expires - created;
  return life === signatureLife && created <= now + clockSkew && expires > now - clockSkew;
}
