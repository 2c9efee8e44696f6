// Product tokens (PL-4): five minutes of standing. Verified ones are remembered until they expire, for verifying costs
// more than all the rest of a request [so does a hash by WebCrypto, a turn of the event loop each: 0.4 of hello world
// against 0.8]; whether their session has ended is asked anew each time.
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { Role } from "#core/contract/sessions.ts";
import type { Product } from "#core/contract/sessions.ts";
import { signed, verified } from "./keys.ts";
import type { TokenKeys } from "./keys.ts";

/** How long a token lives, in seconds. */
export const tokenLife = 300;

const type = "at+jwt";

/** Why a bearer's text was not taken; refusals are counted by it. */
export type TokenRefusal = "form" | "signature" | "audience" | "expired" | "revoked";

/**
 * What a token says (RFC 9068 form, `typ` at+jwt): account and session, the practice acted for and the role there,
 * the epochs of both at signing, whether the person has a second factor, when they last proved who they are (seconds
 * since 1970), and whether they are an operator.
 */
const Claims = z.object({
  sub: Id,
  sid: Id,
  ep: z.int(),
  prc: Id.nullable(),
  pep: z.int(),
  role: Role.nullable(),
  sf: z.boolean(),
  prv: z.number(),
  op: z.boolean(),
  exp: z.number(),
});
export type Claims = z.infer<typeof Claims>;

/** Signs a token for one product. */
export async function signToken(
  keys: TokenKeys,
  product: Product,
  claims: Omit<Claims, "exp">,
  now: Date,
): Promise<string> {
  const issued = Math.floor(now.getTime() / 1000);
  const expiresAt = new Date((issued + tokenLife) * 1000);
  return await signed(keys, { ...claims, iat: issued }, { type, audience: product, expiresAt });
}

/** Reads a token of one product: its claims, or why it is not taken. */
export type ReadToken = (token: string, now: Date) => Promise<Claims | TokenRefusal>;

const longestToken = 2048;
const mostRemembered = 10_000;

/** Opens the reader of one product's tokens. */
export function openTokens(keys: TokenKeys, product: Product): ReadToken {
  const read = new Map<string, Claims>();
  return async (token, now) => {
    if (token.length > longestToken) return "form";
    const known = read.get(token) ?? await claimsOf(keys, product, token, now);
    if (typeof known === "string") return known;
    if (known.exp * 1000 <= now.getTime()) {
      read.delete(token);
      return "expired";
    }
    read.set(token, known);
    for (const oldest of read.keys()) {
      if (read.size <= mostRemembered) break;
      read.delete(oldest);
    }
    return known;
  };
}

async function claimsOf(
  keys: TokenKeys,
  product: Product,
  token: string,
  now: Date,
): Promise<Claims | TokenRefusal> {
  const payload = await verified(keys, token, { type, audience: product, now, oldest: tokenLife });
  if (typeof payload === "string") return payload;
  return Claims.safeParse(payload).data ?? "form";
}
