// Reads the two signature fields by their exact shape; a superset of RFC 8941 is not wanted here.
import { fromBase64 } from "./base64.ts";
import { label } from "./profile.ts";
import type { Profile, SignatureTerms } from "./profile.ts";

/** A signature as claimed; nothing of it is believed before it has been verified. */
export type Claim = {
  readonly terms: SignatureTerms;
  readonly parameters: string;
  readonly signature: Uint8Array<ArrayBuffer>;
};

const terms =
  /^;created=([1-9]\d{0,11});expires=([1-9]\d{0,11});nonce="([A-Za-z0-9_-]{22,64})";keyid="([A-Za-z0-9._-]{1,64})";tag="([a-z-]+)"$/;

// 64 bytes: 85 free characters, one with two bits of content, padding. Other spellings of the same bytes are refused.
const signatureForm = /^([A-Za-z0-9+/]{85}[AQgw]==):$/;

/** The claim of a message in the given profile, or undefined when either field has any other shape. */
export function readClaim(profile: Profile, headers: Headers): Claim | undefined {
  const parameters = after(`${label}=`, headers.get("signature-input"));
  const encoded = after(`${label}=:`, headers.get("signature"));
  const claimed = after(profile.list, parameters ?? null);
  if (parameters === undefined || encoded === undefined || claimed === undefined) return undefined;
  const [, created, expires, nonce, keyId, tag] = terms.exec(claimed) ?? [];
  const [, base64] = signatureForm.exec(encoded) ?? [];
  if (!nonce || !keyId || !base64 || tag !== profile.tag) return undefined;
  return {
    terms: { created: Number(created), expires: Number(expires), nonce, keyId },
    parameters,
    signature: fromBase64(base64),
  };
}

function after(start: string, text: string | null): string | undefined {
  return text?.startsWith(start) ? text.slice(start.length) : undefined;
}
