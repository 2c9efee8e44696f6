// Passkeys (WebAuthn level 3): registering them, and signing in or proving with one. The passkey's own check of its
// person (PIN, finger) is asked for, so that a passkey alone is both factors. Challenges are handed out by the hash,
// live five minutes and are taken once.
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { eq, gt, sql } from "drizzle-orm";
import { base64url } from "jose";
import type { NewPasskey, PasskeySignIn } from "#core/contract/accounts.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { passkey, passkeyChallenge } from "#db/schema/mod.ts";
import { parseAddress } from "../../guard/addressRange.ts";
import { byteaText, secretHash } from "../../guard/secret.ts";
import type { EdgeParts } from "../../parts.ts";

const challengeLife = 5 * 60_000;
const notTaken = refuse("unauthenticated", {
  detail: "This passkey was not accepted. Try again, or sign in another way.",
});

/** A passkey as its row holds it. */
type PasskeyRow = typeof passkey.$inferSelect;

/** Undefined where passkeys work; they are bound to a host name, and an IP address is none (WebAuthn level 3, 5.1.2). */
export function passkeysWork({ publicUrl }: Pick<EdgeParts, "publicUrl">): Refused | undefined {
  if (!parseAddress(new URL(publicUrl).hostname)) return undefined;
  return refuse("conflict", {
    detail: "Passkeys work under a host name, such as localhost, and not under an IP address.",
  });
}

/** What the browser is asked to sign in with whatever passkey it has for us. */
export async function signInOptions(parts: EdgeParts): Promise<Record<string, unknown>> {
  const options = await generateAuthenticationOptions({
    rpID: rpIdOf(parts),
    userVerification: "required",
    challenge: await newChallenge(parts),
  });
  return { ...options };
}

/** What the browser is asked to make a passkey. */
export async function registrationOptions(
  parts: EdgeParts,
  { id, email, name }: { readonly id: string; readonly email: string; readonly name: string },
): Promise<Record<string, unknown>> {
  const known = await parts.db.readAsAccount(
    id,
    (q) => q.select({ credentialId: passkey.credentialId }).from(passkey).where(eq(passkey.accountId, id)),
  );
  const options = await generateRegistrationOptions({
    rpName: "Vetware",
    rpID: rpIdOf(parts),
    userID: new TextEncoder().encode(id),
    userName: email,
    userDisplayName: name,
    attestationType: "none",
    challenge: await newChallenge(parts),
    excludeCredentials: known.map(({ credentialId }) => ({ id: base64url.encode(credentialId) })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { ...options };
}

/** The row of a new passkey, or a refusal: made for another site, over an old challenge, or without its person's check. */
export async function newPasskeyRow(
  parts: EdgeParts,
  accountId: string,
  { name, credential }: NewPasskey,
): Promise<typeof passkey.$inferInsert | Refused> {
  const made = await verifyRegistrationResponse({
    response: credential as RegistrationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(parts, challenge),
    expectedOrigin: new URL(parts.publicUrl).origin,
    expectedRPID: rpIdOf(parts),
    requireUserVerification: true,
  }).catch(() => undefined); // whatever it is, it is no passkey of ours
  if (!made?.verified) return refuse("invalid", { detail: "This passkey was not accepted. Try again." });
  const { credential: { id, publicKey, counter, transports = [] } } = made.registrationInfo;
  return {
    id: parts.newId(),
    accountId,
    credentialId: base64url.decode(id),
    publicKey,
    counter,
    transports,
    name,
    createdAt: parts.now(),
  };
}

/** The account whose passkey signed a challenge of ours; the passkey's counter goes on. */
export async function accountOfPasskey(
  parts: EdgeParts,
  { credential }: PasskeySignIn,
): Promise<{ readonly accountId: string } | Refused> {
  const row = await findPasskey(parts, credential.id);
  if (!row) return notTaken;
  const proof = await verifyAuthenticationResponse({
    response: credential as AuthenticationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(parts, challenge),
    expectedOrigin: new URL(parts.publicUrl).origin,
    expectedRPID: rpIdOf(parts),
    requireUserVerification: true,
    credential: {
      id: base64url.encode(row.credentialId),
      publicKey: new Uint8Array(row.publicKey),
      counter: row.counter,
    },
  }).catch(() => undefined);
  if (!proof?.verified) return notTaken;
  const { accountId } = row;
  const set = { counter: proof.authenticationInfo.newCounter, lastUsedAt: parts.now() };
  await parts.db.applyAsAccount(accountId, (q) => q.update(passkey).set(set).where(eq(passkey.id, row.id)));
  return { accountId };
}

async function findPasskey(parts: EdgeParts, credentialId: string): Promise<PasskeyRow | undefined> {
  const id = byteaText(base64url.decode(credentialId));
  const [found] = await parts.db.lookUp<{ passkey_id: string; account_id: string }>(
    sql`select passkey_id, account_id from app.find_passkey(${id}::bytea)`,
  );
  if (!found) return undefined;
  const [row] = await parts.db.readAsAccount(
    found.account_id,
    (q) => q.select().from(passkey).where(eq(passkey.id, found.passkey_id)),
  );
  return row;
}

async function newChallenge(parts: EdgeParts): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(parts.random(32));
  const hash = byteaText(await secretHash(base64url.encode(challenge)));
  const expiresAt = new Date(parts.now().getTime() + challengeLife).toISOString();
  await parts.db.lookUp(sql`insert into ${passkeyChallenge} (challenge_hash, expires_at)
    values (${hash}::bytea, ${expiresAt}::timestamptz)`);
  return challenge;
}

async function takeChallenge(parts: EdgeParts, challenge: string): Promise<boolean> {
  const hash = byteaText(await secretHash(challenge));
  const taken = await parts.db.lookUp(sql`delete from ${passkeyChallenge}
    where challenge_hash = ${hash}::bytea and ${
    gt(passkeyChallenge.expiresAt, parts.now())
  } returning expires_at`);
  return taken.length > 0;
}

function rpIdOf({ publicUrl }: EdgeParts): string {
  return new URL(publicUrl).hostname;
}
