// Product tokens (PL-4): five minutes of standing, signed with Ed25519 (RFC 8037) by one fixed algorithm. Verified
// ones are remembered by their hash until they expire; whether their session has ended is asked anew each time.
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { Product, Role } from "#core/contract/sessions.ts";
import { hexOf, secretHash } from "../guard/secret.ts";

/** How long a token lives, in seconds. */
export const tokenLife = 300;

const algorithm = "EdDSA";
const issuer = "vetware";
const type = "at+jwt";

/** What a token says: person, session, practice and role (RFC 9068 form, `typ` at+jwt). */
const Claims = z.object({
  sub: Id,
  sid: Id,
  prc: Id,
  role: Role,
  exp: z.number(),
});
export type Claims = z.infer<typeof Claims>;

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

/** Signs a token for one product. */
export async function signToken(
  keys: TokenKeys,
  product: Product,
  { sub, sid, prc, role }: Omit<Claims, "exp">,
  now: Date,
): Promise<string> {
  const issued = Math.floor(now.getTime() / 1000);
  return await new SignJWT({ sid, prc, role })
    .setProtectedHeader({ alg: algorithm, typ: type, kid: keys.id })
    .setIssuer(issuer).setAudience(product).setSubject(sub).setIssuedAt(issued).setExpirationTime(
      issued + tokenLife,
    )
    .sign(keys.signing);
}

/** Reads a token of one product; undefined when it is not ours, not for it, or over. */
export type ReadToken = (token: string, now: Date) => Promise<Claims | undefined>;

const longestToken = 2048;
const mostRemembered = 10_000;

/** Opens the reader of one product's tokens. */
export function openTokens(keys: TokenKeys, product: Product): ReadToken {
  const read = new Map<string, Claims>();
  return async (token, now) => {
    if (token.length > longestToken) return undefined;
    const hash = hexOf(await secretHash(token));
    const known = read.get(hash) ?? await verified(keys, product, token, now);
    if (!known || known.exp * 1000 <= now.getTime()) {
      read.delete(hash);
      return undefined;
    }
    read.set(hash, known);
    for (const oldest of read.keys()) {
      if (read.size <= mostRemembered) break;
      read.delete(oldest);
    }
    return known;
  };
}

async function verified(
  keys: TokenKeys,
  product: Product,
  token: string,
  now: Date,
): Promise<Claims | undefined> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOf(keys, kid), {
      algorithms: [algorithm],
      audience: product,
      issuer,
      typ: type,
      currentDate: now,
      requiredClaims: ["exp", "iat", "sub"],
      maxTokenAge: tokenLife,
    });
    return Claims.safeParse(payload).data;
  } catch {
    return undefined; // forged, expired or for another: all one to the caller, who asks for a sign-in
  }
}

/** The key a token names. @throws when there is none, which refuses the token */
export function keyOf(keys: TokenKeys, kid: string | undefined): CryptoKey {
  const key = keys.verifying.get(kid ?? "");
  if (!key) throw new Error("no such key");
  return key;
}
