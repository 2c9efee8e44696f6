import { and, eq } from "drizzle-orm";
import type { Transaction } from "#db/mod.ts";
import { membership } from "#db/schema/mod.ts";

/**
 * Whether a person is the only owner of the practice acted for. The owners' rows stay locked until the transaction
 * ends, so that two owners cannot both leave at once.
 */
export async function isLastOwner(tx: Transaction, practiceId: string, accountId: string): Promise<boolean> {
  const owners = await tx.select({ id: membership.accountId }).from(membership)
    .where(and(eq(membership.practiceId, practiceId), eq(membership.role, "owner"))).for("update");
  return owners.length === 1 && owners[0]?.id === accountId;
}
