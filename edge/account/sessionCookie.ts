// What the `__Host-session` cookie holds: a secret of one use, in an envelope that we signed. The signature says
// of any old secret, however many turns ago, which session it belonged to, so that a stolen one that comes back
// ends that session; and a made-up one costs no database query.
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { Id, Secret } from "#core/contract/identifiers.ts";
import type { TokenKeys } from "./token.ts";
import { keyOf } from "./token.ts";

const algorithm = "EdDSA";
const issuer = "vetware";
const audience = "session";
const type = "session+jwt";

/** The cookie's content. */
export type SessionSecret = {
  readonly sessionId: string;
  readonly accountId: string;
  readonly secret: string;
};

const Claims = z.object({ sub: Id, sid: Id, jti: Secret });

/** Seals a secret for the cookie; it ends with the session. */
export async function sealSession(
  keys: TokenKeys,
  { sessionId, accountId, secret }: SessionSecret,
  expiresAt: Date,
): Promise<string> {
  return await new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: algorithm, typ: type, kid: keys.id })
    .setIssuer(issuer).setAudience(audience).setSubject(accountId).setJti(secret).setExpirationTime(expiresAt)
    .sign(keys.signing);
}

/** Opens the cookie; undefined when it is not ours or over. */
export async function openSession(
  keys: TokenKeys,
  cookie: string,
  now: Date,
): Promise<SessionSecret | undefined> {
  try {
    const { payload } = await jwtVerify(cookie, ({ kid }) => keyOf(keys, kid), {
      algorithms: [algorithm],
      audience,
      issuer,
      typ: type,
      currentDate: now,
      requiredClaims: ["exp"],
    });
    const { sub, sid, jti } = Claims.parse(payload);
    return { sessionId: sid, accountId: sub, secret: jti };
  } catch {
    return undefined; // not a session of ours: its bearer is a stranger
  }
}
