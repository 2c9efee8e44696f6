// The key that this platform's tokens and session cookies are signed with (Ed25519, RFC 8037), and what all of them
// have in common: one fixed algorithm, our name as issuer, and a type of their own, so that none is taken for another.
import { errors, jwtVerify, SignJWT } from "jose";
import type { JWTPayload } from "jose";
import { z } from "zod";

const algorithm = "EdDSA";
const issuer = "vetware";

const PublicJwk = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });

/** TOKEN_KEY: the key in use, and the public half of the one before it. */
export const TokenKeyText = z.object({
  keyId: z.string(),
  jwk: PublicJwk.extend({ d: z.string() }),
  previous: z.object({ keyId: z.string(), jwk: PublicJwk }).optional(),
});
export type TokenKeyText = z.infer<typeof TokenKeyText>;

/** The keys as imported. */
export type TokenKeys = {
  readonly id: string;
  readonly signing: CryptoKey;
  readonly verifying: ReadonlyMap<string, CryptoKey>;
};

/** Imports the keys, once. */
export async function importTokenKeys({ keyId, jwk, previous }: TokenKeyText): Promise<TokenKeys> {
  const { d: _, ...publicJwk } = jwk;
  const verifying = new Map([[keyId, await imported(publicJwk)]]);
  if (previous) verifying.set(previous.keyId, await imported(previous.jwk));
  return { id: keyId, signing: await imported(jwk), verifying };
}

function imported(jwk: z.infer<typeof PublicJwk> & { d?: string }): Promise<CryptoKey> {
  return crypto.subtle.importKey("jwk", jwk, "Ed25519", false, [jwk.d === undefined ? "verify" : "sign"]);
}

/** What a signed text is (`typ`), whom it is for, and when it ends. */
export type Seal = { readonly type: string; readonly audience: string; readonly expiresAt: Date };

/** Signs claims. */
export async function signed(
  keys: TokenKeys,
  claims: JWTPayload & { readonly sub: string },
  { type, audience, expiresAt }: Seal,
): Promise<string> {
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, typ: type, kid: keys.id })
    .setIssuer(issuer).setAudience(audience).setExpirationTime(expiresAt)
    .sign(keys.signing);
}

/** Why a signed text was not taken: of no form of ours, not signed by us, for another audience or type, or over. */
export type SealRefusal = "form" | "signature" | "audience" | "expired";

/** The claims of a signed text, or why it is not taken. */
export async function verified(
  keys: TokenKeys,
  text: string,
  { type, audience, now, oldest }: Omit<Seal, "expiresAt"> & { readonly now: Date; readonly oldest?: number },
): Promise<JWTPayload | SealRefusal> {
  try {
    const { payload } = await jwtVerify(text, ({ kid }) => keyOf(keys, kid), {
      algorithms: [algorithm],
      audience,
      issuer,
      typ: type,
      currentDate: now,
      requiredClaims: ["exp", "sub"],
      ...(oldest === undefined ? {} : { maxTokenAge: oldest }),
    });
    return payload;
  } catch (fault) {
    return refusalOf(fault);
  }
}

function refusalOf(fault: unknown): SealRefusal {
  if (fault instanceof errors.JWTExpired) return "expired";
  if (fault instanceof errors.JWTClaimValidationFailed) return "audience";
  return fault instanceof errors.JWSSignatureVerificationFailed || fault instanceof NoSuchKey
    ? "signature"
    : "form";
}

class NoSuchKey extends Error {}

function keyOf(keys: TokenKeys, kid: string | undefined): CryptoKey {
  const key = keys.verifying.get(kid ?? "");
  if (!key) throw new NoSuchKey("no such key");
  return key;
}
