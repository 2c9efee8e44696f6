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

/** Sends a study, or what is left of it. @throws what should be tried again, and faults on our side. */
export async function sendStudy(sending: Sending, of: TransferOf, attempt: Attempt): Promise<void> {
  const { db, now } = sending;
  const row = await takeUp(db, of);
  if (!row) return;
  const destination = await destinationOf(db, of.practice, row.peerId);
  const isThere = await studyIsThere(db, of.practice, row.studyId);
  if (row.cancelAskedAt || !isThere || !destination) {
    const reason = isThere ? peerGone : studyGone;
    return await endTransfer(db, of, row.cancelAskedAt ? cancelled : { state: "failed", reason }, now());
  }
  const toSend = await instancesToSend(db, of, row.studyId, row.createdAt);
  await setTotal(db, of, toSend.length);
  const cancel = watchForCancel(sending, of);
  const signal = AbortSignal.any([cancel.signal, ...(attempt.signal ? [attempt.signal] : [])]);
  try {
    await sendAll(sending, of, { destination, toSend, signal });
    await endTransfer(db, of, {}, now());
  } catch (fault) {
    if (cancel.signal.aborted) return await endTransfer(db, of, cancelled, now());
    await giveUpOrThrow(sending, of, fault, attempt);
  } finally {
    cancel.unwatch();
  }
}

const cancelled = { state: "cancelled" } as const;
const studyGone = "The study was deleted meanwhile.";
const peerGone = "The peer was taken out, or cannot be sent to any more.";

/** A signal that is aborted when someone asks for the end of the transfer. */
function watchForCancel({ db }: Sending, of: TransferOf) {
  const stop = new AbortController();
  const timer = setInterval(async () => {
    // A database that does not answer is asked again a second later.
    if (await isCancelled(db, of).catch(() => false)) stop.abort();
  }, lookForCancelMs);
  return { signal: stop.signal, unwatch: () => clearInterval(timer) };
}

async function giveUpOrThrow(
  { db, now }: Sending,
  of: TransferOf,
  fault: unknown,
  attempt: Attempt,
): Promise<void> {
  // The core is being shut: the next one goes on.
  if (attempt.signal?.aborted) throw fault;
  const isPeers = fault instanceof AssociationFailed;
  const words = isPeers ? fault.message : "It could not be sent for a fault on our side.";
  const isLasting = isPeers && lasting.includes(fault.code);
  if (!isLasting && !attempt.isLast) {
    await setReason(db, of, `${words} It is tried again.`);
    throw fault;
  }
  await endTransfer(db, of, { state: "failed", reason: words }, now());
  if (!isPeers) throw fault;
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
        const at = sending.now().getTime();
        const tell = at - toldAt >= tellEveryMs;
        if (tell) toldAt = at;
        await settle(sending.db, of, { instance: one.id, reason, tell });
      }
    } catch (fault) {
      user.abort();
      throw fault;
    }
    await leave(user);
  }
}

/** All is answered: a peer that does not let us go properly has the instances all the same. */
async function leave(user: StoreUser): Promise<void> {
  try {
    await user.release();
  } catch (fault) {
    if (!(fault instanceof AssociationFailed)) throw fault;
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
