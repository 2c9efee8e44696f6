// What the `__Host-session` cookie holds: a secret of one use, in an envelope that we signed. The signature says
// of any old secret, however many turns ago, which session it belonged to, so that a stolen one that comes back
// ends that session; and a made-up one costs no database query.
import { z } from "zod";
import { Id, Secret } from "#core/contract/identifiers.ts";
import { signed, verified } from "./keys.ts";
import type { TokenKeys } from "./keys.ts";

const kind = { type: "session+jwt", audience: "session" };

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
  return await signed(keys, { sub: accountId, sid: sessionId, jti: secret }, { ...kind, expiresAt });
}

/** Opens the cookie; undefined when it is not ours or over. */
export async function openSession(
  keys: TokenKeys,
  cookie: string,
  now: Date,
): Promise<SessionSecret | undefined> {
  const claims = Claims.safeParse(await verified(keys, cookie, { ...kind, now })).data; // a refusal is no claims
  return claims && { sessionId: claims.sid, accountId: claims.sub, secret: claims.jti };
}
