// The demo practice's people, key and peers. Fixed ids make a seed that was cut off safe to run again.
import { sql } from "drizzle-orm";
import type { Database } from "#db/mod.ts";
import { account, apiKey, dicomPeer, membership, practice } from "#db/schema/mod.ts";
import { permissions } from "#core/domain/permissions.ts";

const practiceId = "019a0000-0000-7000-8000-000000000001";
const accountId = "019a0000-0000-7000-8000-000000000002";
const apiKeyId = "019a0000-0000-7000-8000-000000000003";
const peerIds = ["019a0000-0000-7000-8000-000000000004", "019a0000-0000-7000-8000-000000000005"] as const;

/** The AE title that equipment calls to reach the demo practice. */
export const demoAeTitle = "VETWARE";
/** Who signs in to the demo practice. */
export const demoEmail = "vet@demo.vetware.example";

/** Makes the demo practice, or brings its secrets up to date. It accepts any calling AE title from this machine. */
export async function seedPractice(
  db: Database,
  secrets: { passwordDigest: string; apiKeyHash: Uint8Array },
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
    await tx.insert(membership).values({ practiceId, accountId, role: "owner" }).onConflictDoNothing();
    await tx.insert(apiKey).values({
      id: apiKeyId,
      practiceId,
      name: "Demo scripts",
      product: "vetpacs",
      permissions: Object.keys(permissions),
      secretHash: secrets.apiKeyHash,
      createdBy: accountId,
    }).onConflictDoUpdate({ target: apiKey.id, set: { secretHash: secrets.apiKeyHash } });
    await tx.insert(dicomPeer).values([
      { id: peerIds[0], practiceId, name: "This machine (IPv4)", address: "127.0.0.1/32" },
      { id: peerIds[1], practiceId, name: "This machine (IPv6)", address: "::1/128" },
    ]).onConflictDoNothing();
  });
}
