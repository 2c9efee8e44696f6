// The rows of a transfer as the one who sends sees them.
import { and, asc, eq, isNull, lte, notExists, sql } from "drizzle-orm";
import type { Transfer } from "#core/contract/transfers.ts";
import { instance, object, series, study, transfer, transferInstance } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { tellTransfer } from "./ask.ts";
import { summed } from "./words.ts";

/** The transfer a job is about. */
export type TransferOf = { readonly practice: string; readonly transfer: string };

/** A transfer that has not ended, marked as running; undefined when there is nothing to do any more. */
export async function takeUp(db: Database, { practice, transfer: id }: TransferOf) {
  return await db.writeAs(practice, async (tx) => {
    const [row] = await tx.update(transfer).set({ state: "running" })
      .where(and(eq(transfer.id, id), isNull(transfer.endedAt))).returning();
    if (row) await tellTransfer(tx, practice, id);
    return row;
  });
}

/** An instance that is still to be sent, and where its bytes are. */
export type ToSend = Awaited<ReturnType<typeof instancesToSend>>[number];

/** What of a transfer is not settled, in the order of the study; undefined when the study is not there any more. */
export async function instancesToSend(
  db: Database,
  { practice, transfer: id }: TransferOf,
  studyId: string,
  asOf: Date,
) {
  return await db.readAs(practice, (q) =>
    q.select({
      id: instance.id,
      sopClassUID: instance.sopClassUid,
      sopInstanceUID: instance.sopInstanceUid,
      transferSyntaxUID: instance.transferSyntaxUid,
      object: { id: object.id, key: object.key, bytes: object.bytes, storedAt: object.storedAt },
    }).from(instance)
      .innerJoin(object, eq(object.id, instance.objectId))
      .innerJoin(series, eq(series.id, instance.seriesId))
      .where(and(
        eq(instance.studyId, studyId),
        eq(instance.current, true),
        lte(instance.receivedAt, asOf),
        notExists(
          q.select({ one: sql`1` }).from(transferInstance)
            .where(and(eq(transferInstance.transferId, id), eq(transferInstance.instanceId, instance.id))),
        ),
      ))
      .orderBy(asc(series.seriesNumber), asc(series.id), asc(instance.instanceNumber), asc(instance.id)));
}

/** Whether the study of a transfer can be seen: it may be in the bin by now. */
export async function studyIsThere(db: Database, practice: string, studyId: string): Promise<boolean> {
  const rows = await db.readAs(
    practice,
    (q) => q.select({ id: study.id }).from(study).where(eq(study.id, studyId)),
  );
  return rows.length > 0;
}

/** Says how many instances there are in all, settled ones and those to be sent. */
export async function setTotal(
  db: Database,
  { practice, transfer: id }: TransferOf,
  toSend: number,
): Promise<void> {
  await db.applyAs(practice, (q) =>
    q.update(transfer).set({
      total: sql`(select count(*) from ${transferInstance} s where s.transfer_id = ${id}::uuid) + ${toSend}`,
    }).where(eq(transfer.id, id)));
}

/** Notes what became of one instance; `reason` null means that the peer has it. */
export async function settle(
  db: Database,
  { practice, transfer: id }: TransferOf,
  settled: { readonly instance: string; readonly reason: string | null; readonly tell: boolean },
): Promise<void> {
  const { reason, tell } = settled;
  await db.writeAs(practice, async (tx) => {
    const added = await tx.insert(transferInstance)
      .values({ practiceId: practice, transferId: id, instanceId: settled.instance, reason })
      .onConflictDoNothing().returning({ id: transferInstance.instanceId });
    if (added.length === 0) return;
    const counted = reason === null
      ? { sent: sql`${transfer.sent} + 1` }
      : { failed: sql`${transfer.failed} + 1` };
    await tx.update(transfer).set(counted).where(eq(transfer.id, id));
    if (tell) await tellTransfer(tx, practice, id);
  });
}

/** Whether someone has asked for the end of a transfer. */
export async function isCancelled(db: Database, { practice, transfer: id }: TransferOf): Promise<boolean> {
  const [row] = await db.readAs(
    practice,
    (q) => q.select({ at: transfer.cancelAskedAt }).from(transfer).where(eq(transfer.id, id)),
  );
  return row === undefined || row.at !== null;
}

/** Writes why it is not done yet; it will be tried again. */
export async function setReason(
  db: Database,
  { practice, transfer: id }: TransferOf,
  reason: string,
): Promise<void> {
  await db.writeAs(practice, async (tx) => {
    await tx.update(transfer).set({ reason }).where(and(eq(transfer.id, id), isNull(transfer.endedAt)));
    await tellTransfer(tx, practice, id);
  });
}

/** How a transfer ends: in a state of its own, or as its instances have it. */
export type Ending = { readonly state?: Transfer["state"]; readonly reason?: string };

/** Ends a transfer. Where it was broken off, all that is not sent counts as failed. */
export async function endTransfer(
  db: Database,
  { practice, transfer: id }: TransferOf,
  ending: Ending,
  at: Date,
): Promise<void> {
  await db.writeAs(practice, async (tx) => {
    const reasons = await tx.select({
      reason: sql<string>`${transferInstance.reason}`,
      count: sql<number>`count(*)::int`,
    }).from(transferInstance)
      .where(and(eq(transferInstance.transferId, id), sql`${transferInstance.reason} is not null`))
      .groupBy(transferInstance.reason);
    const why = [ending.reason, summed(reasons)].filter((one) => one).join(" ") || null;
    const state = ending.state ?? (reasons.length > 0 ? "failed" : "done");
    const failed = state === "failed" ? sql`${transfer.total} - ${transfer.sent}` : transfer.failed;
    const ended = await tx.update(transfer).set({ state, reason: why, failed, endedAt: at })
      .where(and(eq(transfer.id, id), isNull(transfer.endedAt))).returning({ id: transfer.id });
    if (ended.length > 0) await tellTransfer(tx, practice, id);
  });
}
