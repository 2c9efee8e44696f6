// The demo practice's people, key and peers. Fixed ids make a seed that was cut off safe to run again.
import { sql } from "drizzle-orm";
import type { Database, Transaction } from "#db/mod.ts";
import { account, apiKey, dicomPeer, membership, practice, totp } from "#db/schema/mod.ts";
import { keyPermissions, rolePermissions } from "#core/domain/permissions.ts";

const practiceId = "019a0000-0000-7000-8000-000000000001";
const accountId = "019a0000-0000-7000-8000-000000000002";
const operatorId = "019a0000-0000-7000-8000-000000000006";
const apiKeyId = "019a0000-0000-7000-8000-000000000003";
const peerIds = ["019a0000-0000-7000-8000-000000000004", "019a0000-0000-7000-8000-000000000005"] as const;

/** The AE title that equipment calls to reach the demo practice. */
export const demoAeTitle = "VETWARE";
/** Who signs in to the demo practice, and the operator of the demo. */
export const demoEmail = "vet@demo.vetware.example";
export const demoOperatorEmail = "operator@demo.vetware.example";

/** Secrets of someone who signs in, as their rows hold them; `sealedTotp` is sealed for the account. */
export type PersonSecrets = { readonly passwordDigest: string; readonly sealedTotp: string };

/** Who the demo's rows are of; secrets are sealed for these. */
export const demoAccounts = { vet: accountId, operator: operatorId } as const;

/** Makes the demo practice, or brings its secrets up to date. It accepts any calling AE title from this machine. */
export async function seedPractice(
  db: Database,
  secrets: PersonSecrets & { readonly apiKeyHash: Uint8Array },
): Promise<void> {
  await db.actingAs({ practice: practiceId, account: accountId }, async (tx) => {
    await tx.insert(practice).values({
      id: practiceId,
      name: "Harbour Animal Clinic (demo)",
      location: "Rotterdam, Netherlands",
      aeTitle: demoAeTitle,
    }).onConflictDoNothing();
    await tx.insert(account).values({
      id: accountId,
      email: demoEmail,
      name: "Dr Demo Vet",
      passwordDigest: secrets.passwordDigest,
      emailVerifiedAt: sql`now()`,
    }).onConflictDoUpdate({ target: account.id, set: { passwordDigest: secrets.passwordDigest } });
    await insertTotp(tx, accountId, secrets.sealedTotp);
    await tx.insert(membership).values({ practiceId, accountId, role: "owner" }).onConflictDoNothing();
    await tx.insert(apiKey).values({
      id: apiKeyId,
      practiceId,
      name: "Demo scripts",
      product: "vetpacs",
      permissions: [...keyPermissions("vetpacs", rolePermissions.owner)],
      secretHash: secrets.apiKeyHash,
      createdBy: accountId,
    }).onConflictDoUpdate({ target: apiKey.id, set: { secretHash: secrets.apiKeyHash } });
    await tx.insert(dicomPeer).values([
      { id: peerIds[0], practiceId, name: "This machine (IPv4)", address: "127.0.0.1/32" },
      { id: peerIds[1], practiceId, name: "This machine (IPv6)", address: "::1/128" },
    ]).onConflictDoNothing();
  });
}

/** Makes the operator of the demo: an account of its own kind, in no practice. */
export async function seedOperator(db: Database, secrets: PersonSecrets): Promise<void> {
  await db.writeAsAccount(operatorId, async (tx) => {
    await tx.insert(account).values({
      id: operatorId,
      email: demoOperatorEmail,
      name: "Demo operator",
      kind: "operator",
      passwordDigest: secrets.passwordDigest,
      emailVerifiedAt: sql`now()`,
    }).onConflictDoUpdate({ target: account.id, set: { passwordDigest: secrets.passwordDigest } });
    await insertTotp(tx, operatorId, secrets.sealedTotp);
  });
}

async function insertTotp(tx: Transaction, accountId: string, sealed: string): Promise<void> {
  const set = { sealed, lastStep: 0 };
  await tx.insert(totp).values({ accountId, sealed, confirmedAt: sql`now()`, createdAt: sql`now()` })
    .onConflictDoUpdate({ target: totp.accountId, set });
}
