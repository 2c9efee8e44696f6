// Asking for a transfer and taking it back: rows, audit, doorbell and the job that sends, in one transaction.
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { refuse, type Refused } from "#core/contract/problem.ts";
import type { Transfer } from "#core/contract/transfers.ts";
import { presentTransfer } from "#core/domain/transfer.ts";
import { audit, dicomPeer, event, instance, study, transfer } from "#db/schema/mod.ts";
import type { Database, PracticeTransaction } from "#db/mod.ts";
import { type Author, deedOf } from "../acting.ts";

/** Who asks for what to be sent where. */
export type TransferWish = {
  readonly practice: string;
  readonly study: string;
  readonly peer: string;
  readonly author: Author;
};

/** Who asks for the end of which transfer. */
export type Cancel = { readonly practice: string; readonly transfer: string; readonly author: Author };

/** Begins a transfer, or answers the one of the same study to the same peer that has not ended. */
export async function startTransfer(
  db: Database,
  { practice, study: studyId, peer, author }: TransferWish,
  at: Date,
): Promise<Transfer | Refused> {
  return await db.writeAs(practice, async (tx) => {
    const [known] = await tx.select({ id: study.id }).from(study).where(eq(study.id, studyId)).for("share");
    if (!known) return refuse("not-found", { detail: "There is no such study." });
    const [target] = await tx.select().from(dicomPeer).where(eq(dicomPeer.id, peer));
    if (!target) return refuse("not-found", { detail: "There is no such peer." });
    if (target.host === null) {
      return refuse("conflict", { detail: "This peer only sends: it has no host and port to be sent to." });
    }
    const [live] = await liveOne(tx, studyId, peer);
    if (live) {
      await askToSend(tx, practice, live.id);
      return presentTransfer(live);
    }
    const row = {
      id: uuidv7(),
      practiceId: practice,
      studyId,
      peerId: peer,
      peerName: target.name,
      total: await tx.$count(instance, and(eq(instance.studyId, studyId), eq(instance.current, true))),
      createdAt: at,
    };
    const [begun] = await tx.insert(transfer).values(row).onConflictDoNothing().returning();
    const [other] = begun ? [] : await liveOne(tx, studyId, peer);
    if (!begun) return other ? presentTransfer(other) : refuse("conflict", { detail: "Try again." });
    const deed = { action: "study.sent", subjectKind: "study", subjectId: studyId, at };
    await tx.insert(audit).values(deedOf(practice, author, deed));
    await tellTransfer(tx, practice, begun.id);
    await askToSend(tx, practice, begun.id);
    return presentTransfer(begun);
  });
}

function liveOne(tx: PracticeTransaction, studyId: string, peer: string) {
  return tx.select().from(transfer)
    .where(and(eq(transfer.studyId, studyId), eq(transfer.peerId, peer), isNull(transfer.endedAt)))
    .orderBy(desc(transfer.createdAt)).limit(1);
}

/** Asks for the end of a transfer: at once where it waits; one that runs hears of it within a second. */
export async function cancelTransfer(
  db: Database,
  { practice, transfer: id, author }: Cancel,
  at: Date,
): Promise<Transfer | Refused> {
  return await db.writeAs(practice, async (tx) => {
    const waiting = and(eq(transfer.id, id), eq(transfer.state, "waiting"));
    const ended = await tx.update(transfer).set({ state: "cancelled", cancelAskedAt: at, endedAt: at })
      .where(waiting).returning();
    const running = and(eq(transfer.id, id), eq(transfer.state, "running"), isNull(transfer.cancelAskedAt));
    const asked = await tx.update(transfer).set({ cancelAskedAt: at }).where(running).returning();
    const [row] = await tx.select().from(transfer).where(eq(transfer.id, id));
    if (!row) return refuse("not-found", { detail: "There is no such transfer." });
    if (asked.length > 0) await askToSend(tx, practice, id);
    if (ended.length + asked.length > 0) {
      const deed = { action: "transfer.cancelled", subjectKind: "transfer", subjectId: id, at };
      await tx.insert(audit).values(deedOf(practice, author, deed));
      await tellTransfer(tx, practice, id);
    }
    return presentTransfer(row);
  });
}

/** Asks for the job; one that waits or runs is left as it is, one that was lost with its core is made good. */
async function askToSend(tx: PracticeTransaction, practice: string, id: string): Promise<void> {
  const asks = JSON.stringify({ practice, transfer: id });
  await tx.execute(sql`select app.enqueue('sendStudy', ${asks}::jsonb, ${`send:${id}`})`);
}

/** The doorbell of a transfer. */
export async function tellTransfer(tx: PracticeTransaction, practiceId: string, id: string): Promise<void> {
  await tx.insert(event).values({ practiceId, kind: "transfer.changed", subjectId: id });
}
