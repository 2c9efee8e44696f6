// The job `sendStudy`: sends what is not settled of a transfer, one instance after another, and notes each before the
// next. Killed anywhere, it goes on there: only the instance under way is sent again, which changes nothing at the peer.
import { AssociationFailed, openStoreUser, type StoreUser } from "#core/dimse/mod.ts";
import { isUndecodable } from "#core/dicom/mod.ts";
import { type Destination, destinationOf } from "../peers/destination.ts";
import { type Sources, storedDataset, withRecoded } from "./dataset.ts";
import { associations, syntaxesFor } from "./plan.ts";
import {
  endTransfer,
  instancesToSend,
  isCancelled,
  setReason,
  settle,
  setTotal,
  studyIsThere,
  takeUp,
  type ToSend,
  type TransferOf,
} from "./rows.ts";
import { isKept, refusalWords } from "./words.ts";

export type Sending = Sources & { readonly now: () => Date };

/** One attempt: the last one ends the transfer whatever happens, an earlier one throws to be tried again. */
export type Attempt = { readonly isLast: boolean; readonly signal?: AbortSignal };

const lookForCancelMs = 1000;
const tellEveryMs = 1000;
/** What trying again does not change. */
const lasting: readonly string[] = ["rejected", "certificate"];

/** Sends a study, or what is left of it. @throws AssociationFailed when it should be tried again. */
export async function sendStudy(sending: Sending, of: TransferOf, attempt: Attempt): Promise<void> {
  const { db, now } = sending;
  const row = await takeUp(db, of);
  if (!row) return;
  const end = (ending = {}) => endTransfer(db, of, ending, now());
  if (row.cancelAskedAt) return await end({ state: "cancelled" });
  if (!await studyIsThere(db, of.practice, row.studyId)) {
    return await end({ state: "failed", reason: "The study was deleted meanwhile." });
  }
  const destination = await destinationOf(db, of.practice, row.peerId);
  if (!destination) {
    return await end({ state: "failed", reason: "The peer was taken out, or cannot be sent to any more." });
  }
  const toSend = await instancesToSend(db, of, row.studyId, row.createdAt);
  await setTotal(db, of, toSend.length);

  const stop = new AbortController();
  const watch = setInterval(async () => {
    if (await isCancelled(db, of).catch(() => false)) stop.abort();
  }, lookForCancelMs);
  const signal = AbortSignal.any([stop.signal, ...(attempt.signal ? [attempt.signal] : [])]);
  try {
    await sendAll(sending, of, { destination, toSend, signal });
    await end();
  } catch (fault) {
    if (stop.signal.aborted) return await end({ state: "cancelled" });
    await giveUpOrThrow(sending, of, fault, attempt);
  } finally {
    clearInterval(watch);
  }
}

async function giveUpOrThrow(
  { db, now }: Sending,
  of: TransferOf,
  fault: unknown,
  attempt: Attempt,
): Promise<void> {
  const words = fault instanceof AssociationFailed
    ? fault.message
    : "It could not be sent for a fault on our side.";
  // The core is being shut: the next one goes on.
  if (attempt.signal?.aborted) throw fault;
  const isLasting = fault instanceof AssociationFailed && lasting.includes(fault.code);
  if (isLasting || attempt.isLast) {
    return await endTransfer(db, of, { state: "failed", reason: words }, now());
  }
  await setReason(db, of, `${words} It is tried again.`);
  throw fault;
}

type Batch = {
  readonly destination: Destination;
  readonly toSend: readonly ToSend[];
  readonly signal: AbortSignal;
};

async function sendAll(
  sending: Sending,
  of: TransferOf,
  { destination, toSend, signal }: Batch,
): Promise<void> {
  let toldAt = 0;
  for (const { instances, proposed } of associations(toSend)) {
    const user = await openStoreUser({ ...destination, instances: proposed, signal });
    try {
      for (const one of instances) {
        const reason = await sendOne(sending, user, one);
        const tell = Date.now() - toldAt >= tellEveryMs;
        if (tell) toldAt = Date.now();
        await settle(sending.db, of, { instance: one.id, reason, tell });
      }
      await user.release();
    } catch (fault) {
      user.abort();
      throw fault;
    }
  }
}

/** Sends one instance; null when the peer has it, else why not. */
async function sendOne(sending: Sending, user: StoreUser, one: ToSend): Promise<string | null> {
  const { sopClassUID, sopInstanceUID } = one;
  const accepted = syntaxesFor(one).find((transferSyntaxUID) =>
    user.accepts({ sopClassUID, transferSyntaxUID })
  );
  if (accepted === undefined) return "The peer takes it in no transfer syntax that it can be sent in.";
  const send = async (dataset: AsyncIterable<Uint8Array>) => {
    const outcome = await user.send({ sopClassUID, sopInstanceUID, transferSyntaxUID: accepted, dataset });
    return isKept(outcome) ? null : refusalWords(outcome);
  };
  if (accepted !== one.transferSyntaxUID) {
    const sent = await withRecoded(sending, one, accepted, send);
    return isUndecodable(sent)
      ? `It cannot be written as the peer takes it: ${sent.undecodable}.`
      : sent.sent;
  }
  const dataset = await storedDataset(sending, one);
  return dataset ? await send(dataset) : "Its file is not in the store.";
}
