// Puts the archive together: journal, receiving, following, reading, deriving.
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Adoption } from "#core/contract/adoptions.ts";
import type { Log } from "#core/contract/log.ts";
import type { EventAudience } from "#core/contract/capability.ts";
import type { DomainEvent } from "#core/contract/events.ts";
import type { SavedMeasurements } from "#core/contract/measurements.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { Transfer } from "#core/contract/transfers.ts";
import type { ZipOutcome } from "#core/contract/studies.ts";
import type { Decoders } from "#core/dicom/mod.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import type { Database } from "#db/mod.ts";
import { type AdoptionWish, adoptStudy } from "./adopt/ask.ts";
import { type AdoptionOf, copyStudy } from "./adopt/copy.ts";
import { binStudy, type Deletion, restoreStudy } from "./bin/bin.ts";
import { purgeStudies } from "./bin/purge.ts";
import { readTombstones } from "./bin/tombstones.ts";
import { completeStudies } from "./complete/complete.ts";
import { type DerivationOutcome, derive, type DeriveJob, giveUpDerivation } from "./derive/derive.ts";
import { prepareStudyAgain } from "./derive/prepareAgain.ts";
import { openStudyZip, type StudyZip, type ZipWish } from "./export/studyZip.ts";
import { Follower } from "./follow/follower.ts";
import { leftoversIn } from "./follow/sweep.ts";
import type { Pace } from "./integrity/pace.ts";
import { scrubObjects } from "./integrity/scrub.ts";
import { type MeasurementWish, saveMeasurements } from "./measurements/save.ts";
import { type JournalDamage, openJournal } from "./journal/mod.ts";
import { sweepOrphans, type Swept } from "./orphans/orphans.ts";
import {
  type DerivativeKind,
  eventsAfter,
  newestEvent,
  openDerivative,
  openOriginal,
  type Readable,
} from "./reading.ts";
import type { Arrival, Received, Refusal } from "./receive/arrival.ts";
import { receive } from "./receive/receive.ts";
import { type Cancel, cancelTransfer, startTransfer, type TransferWish } from "./transfer/ask.ts";
import type { TransferOf } from "./transfer/rows.ts";
import { commitStorage } from "./commitment/commit.ts";
import type { CommitmentAsked } from "./commitment/job.ts";
import { type Attempt, sendStudy } from "./transfer/send.ts";
import { type Backlog, openRoom, type RoomBounds } from "./receive/room.ts";
import { openPictures } from "./retrieve/rendered.ts";
import { openHeaders } from "./retrieve/headers.ts";
import { openRetrieve, type Retrieve } from "./retrieve/retrieve.ts";
import { receiveZip, type ZipArrival } from "./unpack/receiveZip.ts";

export type ArchiveSettings = {
  /** The archive's own folder; journal, incoming files and work in progress stand in it. */
  readonly folder: string;
  readonly db: Database;
  readonly objects: Objects;
  readonly decoders: Pick<Decoders, "derive" | "digest" | "recode" | "frames" | "render">;
  readonly log: Log;
  /** What may wait for database and object store, and the free disk below which nothing is taken. */
  readonly bounds: RoomBounds;
  /** Most bytes of one instance. */
  readonly limit: number;
  readonly now?: () => Date;
  readonly segmentBytes?: number;
  /** How fast stored objects are read again; a quarter of the time when not said. */
  readonly pace?: Pace;
  /** How many objects are read again in one step; 50 when not said. */
  readonly scrubAtOnce?: number;
  /** How many studies one transaction completes; 500 when not said. */
  readonly completeAtOnce?: number;
  /** Told when jobs were asked for, so that nobody waits for the queue's next look. */
  readonly asked?: () => void;
  /** Told when acknowledged records cannot be read: the process must end and an operator must look. */
  readonly damaged: (fault: JournalDamage) => void;
};

/** The archive of all practices, open. */
export type Archive = {
  /** Takes an arrival; a receipt means that it would survive a power cut. Rejects with what `bytes` threw. */
  receive(arrival: Arrival): Promise<Received>;
  /** Takes the DICOM files of a ZIP, each like an arrival of its own. Rejects with what `bytes` threw. */
  receiveZip(arrival: ZipArrival): Promise<ZipOutcome | Refusal>;
  openOriginal(practice: string, instance: string): Promise<Readable | undefined>;
  openDerivative(practice: string, instance: string, kind: DerivativeKind): Promise<Readable | undefined>;
  /** A study's files as a ZIP with a DICOMDIR; undefined where there are none. */
  openZip(practice: string, wish: ZipWish): Promise<StudyZip | Refused | undefined>;
  /** What DICOMweb retrieves; see {@link openRetrieve}. */
  readonly retrieve: Retrieve;
  eventsAfter(audience: EventAudience, cursor: string | undefined, limit?: number): Promise<DomainEvent[]>;
  newestEvent(audience: EventAudience): Promise<string>;
  derive(job: DeriveJob): Promise<DerivationOutcome>;
  giveUpDerivation(job: DeriveJob): Promise<void>;
  prepareStudyAgain(practice: string, study: string): Promise<{ asked: number } | Refused>;
  /** Keeps measurements with a study; durable when answered. */
  saveMeasurements(wish: MeasurementWish): Promise<SavedMeasurements | Refused>;
  binStudy(deletion: Omit<Deletion, "at">): Promise<{ purgeAt: string } | Refused>;
  restoreStudy(deletion: Omit<Deletion, "at">): Promise<{ restored: boolean } | Refused>;
  /** Marks studies that have gone quiet as complete; how many. */
  completeStudies(signal?: AbortSignal): Promise<number>;
  /** Removes for good what has been in the bin for its time; how many studies. */
  purgeStudies(signal?: AbortSignal): Promise<number>;
  /** Begins to copy what a visit of a link shows into the acting practice. */
  adoptStudy(wish: AdoptionWish): Promise<Adoption | Refused>;
  /** Copies a study that is being adopted, or what is left of it; see {@link copyStudy}. */
  copyStudy(of: AdoptionOf, attempt: Attempt): Promise<void>;
  startTransfer(wish: TransferWish): Promise<Transfer | Refused>;
  cancelTransfer(cancel: Cancel): Promise<Transfer | Refused>;
  /** Tells a peer which of the instances it asks about are kept for good. */
  commitStorage(asked: CommitmentAsked, signal: AbortSignal): Promise<void>;
  /** Sends a study to a peer, or what is left of it; see {@link sendStudy}. */
  sendStudy(of: TransferOf, attempt: Attempt): Promise<void>;
  /** Goes on reading stored objects again, until all of this week are read; how many. */
  scrubObjects(signal?: AbortSignal): Promise<number>;
  /** Takes away files and objects that nothing names. */
  sweepOrphans(signal?: AbortSignal): Promise<Swept>;
  /** Durable, but not yet wholly in rows and object store. */
  backlog(): Backlog;
  /** Whether everything durable is in rows and object store. */
  readonly settled: boolean;
  /** Whether an arrival would be taken now; rejects otherwise. For readiness. */
  check(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the archive: cuts a torn end of the journal, replays what is not in rows yet, sweeps what was never
 * acknowledged. @throws JournalDamage when acknowledged records cannot be read.
 */
export async function openArchive(settings: ArchiveSettings): Promise<Archive> {
  const { folder, db, objects, decoders, log, bounds, limit, now = () => new Date() } = settings;
  const incoming = join(folder, "incoming");
  const work = join(folder, "work");
  const purged = join(folder, "purged");
  const tombstones = () => readTombstones(purged);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await rm(work, { recursive: true, force: true });
  const leftovers = await leftoversIn(incoming);
  const { journal, cutBytes } = await openJournal({
    folder: join(folder, "journal"),
    incoming,
    segmentBytes: settings.segmentBytes,
  });
  if (cutBytes > 0) log("journal_cut", { bytes: cutBytes }, "warning");

  const follower = new Follower(
    {
      journal,
      incoming,
      purged: tombstones,
      objects,
      db,
      log,
      now,
      damaged: settings.damaged,
    },
    leftovers,
  );
  follower.start();
  const room = openRoom(incoming, bounds, () => follower.backlog());
  const receiving = { journal, incoming, room, limit, log, now };
  const places = { db, objects, incoming };
  const render = openPictures({ ...places, decoders, work });
  const running = new Set<Promise<unknown>>();
  let closing = false;

  const whileOpen = async <Answer>(work: () => Promise<Answer>): Promise<Answer | Refusal> => {
    if (closing) return { refusal: "closing", words: "The archive is being shut. Try again in a minute." };
    const answer = work();
    const ended = answer.catch(() => undefined).finally(() => running.delete(ended));
    running.add(ended);
    return await answer;
  };
  const receiveOne = (arrival: Arrival) => whileOpen(() => receive(receiving, arrival));
  const unpacking = { folder: join(work, "zip"), room, receive: receiveOne, fileBytes: limit, log };

  return {
    receive: receiveOne,
    receiveZip: (arrival) => whileOpen(() => receiveZip(unpacking, arrival)),
    openOriginal: (practice, instance) => openOriginal(places, practice, instance),
    openDerivative: (practice, instance, kind) => openDerivative(places, practice, instance, kind),
    retrieve: openRetrieve({ ...places, decoders, work }),
    openZip: (practice, wish) => openStudyZip({ ...places, render }, practice, wish, now()),
    eventsAfter: (audience, cursor, most) => eventsAfter(db, audience, cursor, most),
    newestEvent: (audience) => newestEvent(db, audience),
    derive: (job) => derive({ ...places, decoders, work, now }, job),
    giveUpDerivation: (job) => giveUpDerivation({ db }, job),
    prepareStudyAgain: async (practice, study) => {
      const asked = await prepareStudyAgain(db, practice, study);
      settings.asked?.();
      return asked;
    },
    saveMeasurements: (wish) =>
      saveMeasurements({ db, headers: openHeaders(places), receive: receiveOne, now }, wish),
    binStudy: (deletion) => binStudy(db, { ...deletion, at: now() }),
    restoreStudy: (deletion) => restoreStudy(db, { ...deletion, at: now() }),
    completeStudies: (signal) => completeStudies({ db, now, batch: settings.completeAtOnce }, signal),
    purgeStudies: (signal) => purgeStudies({ db, objects, purged, now }, signal),
    adoptStudy: async (wish) => {
      const begun = await adoptStudy(db, wish, now());
      settings.asked?.();
      return begun;
    },
    copyStudy: (of, attempt) => copyStudy({ ...places, receive: receiveOne, now }, of, attempt),
    startTransfer: async (wish) => {
      const begun = await startTransfer(db, wish, now());
      settings.asked?.();
      return begun;
    },
    cancelTransfer: (cancel) => cancelTransfer(db, cancel, now()),
    commitStorage: (asked, signal) =>
      commitStorage({ ...places, log, settled: () => follower.settled }, asked, signal),
    sendStudy: (of, attempt) => sendStudy({ ...places, decoders, work, now }, of, attempt),
    scrubObjects: (signal) =>
      scrubObjects({ db, objects, now, pace: settings.pace, stepObjects: settings.scrubAtOnce }, signal),
    async sweepOrphans(signal) {
      const swept = await sweepOrphans({
        ...places,
        journal,
        purged: tombstones,
        settled: () => follower.settled,
        now,
      }, signal);
      log("orphans_swept", swept);
      return swept;
    },
    backlog: () => follower.backlog(),
    get settled() {
      return follower.settled;
    },
    async check() {
      const refusal = await room.refusalNow();
      if (refusal || !await journal.isWritable()) throw new Error(refusal?.refusal ?? "journal");
    },
    async close() {
      closing = true;
      await Promise.all(running);
      await follower.stop();
      await journal.close();
    },
  };
}
