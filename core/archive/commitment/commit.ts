// Whether instances are kept for good, from row, size and hash of what is stored: only what is in the object store
// counts, and what is in the bin does not.
import { setTimeout as pause } from "node:timers/promises";
import { eq, inArray } from "drizzle-orm";
import type { Log } from "#core/contract/log.ts";
import {
  type CommitmentReport,
  type CommittedInstance,
  type FailureReason,
  failureReasons,
  reportCommitment,
} from "#core/dimse/mod.ts";
import { ObjectError, type Objects } from "#core/services/objects/mod.ts";
import { instance, object } from "#db/schema/mod.ts";
import type { Places } from "../reading.ts";
import { destinationOf } from "../peers/destination.ts";
import type { CommitmentAsked } from "./job.ts";

export type Committing = Places & {
  /** Whether everything durable is in rows and object store. */
  readonly settled: () => boolean;
  readonly log: Log;
};

/** Looks and tells. @throws AssociationFailed when the peer cannot be told; then it is tried again. */
export async function commitStorage(
  committing: Committing,
  { practice, peer, transaction, instances }: CommitmentAsked,
  signal: AbortSignal,
): Promise<void> {
  const destination = await destinationOf(committing.db, practice, peer);
  if (!destination) return committing.log("commitment_dropped", { practice, peer }, "warning");
  const wanted = instances.map(([sopClassUID, sopInstanceUID]) => ({ sopClassUID, sopInstanceUID }));
  const found = await lookPatiently(committing, practice, wanted, signal);
  const outcome = await reportCommitment(
    { ...destination, signal },
    { transactionUID: transaction, ...found },
  );
  const fields = {
    practice,
    peer,
    held: found.held.length,
    failed: found.failed.length,
    status: outcome.status,
  };
  committing.log("commitment_reported", fields);
}

type Found = Omit<CommitmentReport, "transactionUID">;

const lookAgainMs = 500;
const patienceMs = 120_000;

/** What was just acknowledged is in rows and store a moment later: a "no" is said only when nothing is on its way. */
async function lookPatiently(
  committing: Committing,
  practice: string,
  wanted: readonly CommittedInstance[],
  signal: AbortSignal,
): Promise<Found> {
  const ends = performance.now() + patienceMs;
  for (;;) {
    const wasSettled = committing.settled();
    const found = await look(committing, practice, wanted);
    if (found.failed.length === 0 || wasSettled || performance.now() > ends) return found;
    await pause(lookAgainMs, undefined, { signal });
  }
}

const rowsAtOnce = 500;

async function look(
  places: Places,
  practice: string,
  wanted: readonly CommittedInstance[],
): Promise<Found> {
  const held: CommittedInstance[] = [];
  const failed: Found["failed"][number][] = [];
  for (let from = 0; from < wanted.length; from += rowsAtOnce) {
    const some = wanted.slice(from, from + rowsAtOnce);
    const rows = Map.groupBy(await rowsOf(places, practice, some), (row) => row.sopInstanceUid);
    for (const one of some) {
      const reason = await whyNot(places, one, rows.get(one.sopInstanceUID) ?? []);
      if (reason === undefined) held.push(one);
      else failed.push({ ...one, reason });
    }
  }
  return { held, failed };
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

function rowsOf({ db }: Places, practice: string, some: readonly CommittedInstance[]) {
  return db.readAs(practice, (q) =>
    q.select({
      sopInstanceUid: instance.sopInstanceUid,
      sopClassUid: instance.sopClassUid,
      key: object.key,
      bytes: object.bytes,
      sha256: object.sha256,
      storedAt: object.storedAt,
    }).from(instance).innerJoin(object, eq(object.id, instance.objectId))
      .where(inArray(instance.sopInstanceUid, some.map((one) => one.sopInstanceUID))));
}

/** Why an instance is not committed: all that came under its UID must be there, whole. */
async function whyNot(
  { objects }: Places,
  { sopClassUID }: CommittedInstance,
  rows: readonly Row[],
): Promise<FailureReason | undefined> {
  if (rows.length === 0) return failureReasons.noSuchObjectInstance;
  if (!rows.some((row) => row.sopClassUid === sopClassUID)) return failureReasons.classInstanceConflict;
  const areWhole = await Promise.all(rows.map((row) => isWhole(objects, row)));
  return areWhole.every((whole) => whole) ? undefined : failureReasons.processingFailure;
}

async function isWhole(objects: Objects, { key, bytes, sha256, storedAt }: Row): Promise<boolean> {
  if (storedAt === null) return false;
  try {
    const stored = await objects.head(key);
    return stored?.size === bytes && stored.sha256 === Buffer.from(sha256).toString("hex");
  } catch (fault) {
    if (fault instanceof ObjectError && fault.kind === "damaged") return false;
    throw fault; // the store is away: it is tried again
  }
}
