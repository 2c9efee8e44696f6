// Signing up (PL-1). Nothing exists but a request until the address is proved by the link in the mail; then practice,
// owner and account are made at once. A known address gets the same answer, and a mail that says it is known.
import { sql } from "drizzle-orm";
import type { SignUp } from "#core/contract/accounts.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { Role } from "#core/contract/sessions.ts";
import type { Transaction } from "#db/mod.ts";
import { account, audit, membership, practice } from "#db/schema/mod.ts";
import { auditRow } from "../../guard/audit.ts";
import type { RequestFacts } from "../../guard/env.ts";
import { byteaText, newSecret, secretHash } from "../../guard/secret.ts";
import { outgoing } from "../../mail/mod.ts";
import type { Mailing } from "../../mail/mod.ts";
import type { EdgeParts } from "../../parts.ts";
import { digestOf, weakPassword } from "../own/password.ts";
import { beginSession } from "../sessions/session.ts";
import type { Standing } from "../sessions/session.ts";
import { findAccount } from "../signIn/signIn.ts";
import { deadLink, linkLife, mayMail } from "./links.ts";

/** Keeps the request and mails the link. The answer never says whether the address was known. */
export async function signUp(
  parts: EdgeParts,
  wanted: SignUp,
  request: RequestFacts,
): Promise<{ email: string } | Refused> {
  const { email, name, practice: place } = wanted;
  const weak = weakPassword(wanted.password, [name, email, place?.name ?? ""]);
  if (weak) return weak;
  const passwordDigest = await digestOf(parts, wanted.password, request);
  if (!await mayMail(parts, email)) return { email };
  const known = await findAccount(parts, email);
  const secret = newSecret(parts.random);
  const createdAt = parts.now();
  const expiresAt = new Date(createdAt.getTime() + linkLife.signUp);
  const row = {
    id: parts.newId(),
    new_practice_id: place ? parts.newId() : null,
    email,
    name,
    occupation: wanted.role,
    practice_name: place?.name ?? null,
    practice_location: place?.location ?? null,
    password_digest: passwordDigest,
    secret_hash: byteaText(await secretHash(secret)),
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
  const link = `${parts.publicUrl}/confirm#${secret}`;
  const mailing = known
    ? alreadyRegistered(parts, wanted, known)
    : verification(wanted, row.id, { link, expiresAt });
  const mails = await outgoing(parts, [mailing], request);
  await parts.db.writeAsAccount(known ?? row.id, async (tx) => {
    if (!known) await tx.execute(sql`select app.begin_sign_up(${JSON.stringify(row)}::jsonb)`);
    await mails.post(tx);
  });
  return { email };
}

/** A sign-up as it comes out of the database, once. */
type Taken = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly occupation: Role;
  readonly practice_name: string | null;
  readonly practice_location: string | null;
  readonly password_digest: string;
  readonly expires_at: string | Date;
};

/** Makes the account, and the practice with its owner, of a sign-up whose link came back; and signs in. */
export async function confirmSignUp(
  parts: EdgeParts,
  secret: string,
  request: RequestFacts,
): Promise<Standing | Refused> {
  const hash = byteaText(await secretHash(secret));
  const [found] = await parts.db.lookUp<{ account_id: string; practice_id: string | null }>(
    sql`select account_id, practice_id from app.find_sign_up(${hash}::bytea)`,
  );
  if (!found) return deadLink;
  const actor = { account: found.account_id, practice: found.practice_id ?? undefined };
  return await parts.db.actingAs(actor, async (tx) => {
    const { rows: [taken] } = await tx.execute<Taken>(sql`select * from app.take_sign_up(${hash}::bytea)`);
    if (!taken || new Date(taken.expires_at) <= parts.now()) return deadLink;
    const known = await tx.execute(sql`select account_id from app.find_account(${taken.email})`);
    if (known.rows.length > 0) {
      return refuse("conflict", { detail: "This address has an account already. Sign in with it." });
    }
    await make(parts, tx, taken, found.practice_id);
    if (found.practice_id) {
      const person = { kind: "account", id: taken.id, practiceId: found.practice_id } as const;
      const deed = { action: "practice.made", subjectKind: "practice", subjectId: found.practice_id };
      await tx.insert(audit).values(auditRow(person, request, deed, parts.newId));
    }
    return await beginSession(parts, tx, taken.id, { request });
  });
}

async function make(
  { now, random }: EdgeParts,
  tx: Transaction,
  taken: Taken,
  practiceId: string | null,
): Promise<void> {
  const { id, email, name, occupation } = taken;
  const at = now();
  await tx.insert(account).values({
    id,
    email,
    name,
    occupation,
    passwordDigest: taken.password_digest,
    emailVerifiedAt: at,
    createdAt: at,
  });
  if (practiceId === null) return;
  await tx.insert(practice).values({
    id: practiceId,
    name: taken.practice_name ?? "",
    location: taken.practice_location ?? "",
    aeTitle: newAeTitle(random),
    createdAt: at,
  });
  await tx.insert(membership).values({ practiceId, accountId: id, role: "owner", createdAt: at });
}

/** An AE title that no other practice has by chance: `VET` and ten letters and digits that are not mistaken. */
function newAeTitle(random: (bytes: number) => Uint8Array): string {
  const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return `VET${Array.from(random(10), (byte) => letters[byte & 31]).join("")}`;
}

function verification(
  { email, name, practice: place }: SignUp,
  accountId: string,
  { link, expiresAt }: { readonly link: string; readonly expiresAt: Date },
): Mailing {
  const content = {
    kind: "verification",
    name,
    link,
    practice: place?.name ?? null,
    expiresAt: expiresAt.toISOString(),
  } as const;
  return { to: email, content, owner: { account: accountId } };
}

function alreadyRegistered({ publicUrl }: EdgeParts, { email, name }: SignUp, accountId: string): Mailing {
  const content = {
    kind: "already-registered",
    name,
    signInLink: `${publicUrl}/sign-in`,
    resetLink: `${publicUrl}/reset`,
  } as const;
  return { to: email, content, owner: { account: accountId } };
}
