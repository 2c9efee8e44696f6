// Follows the journal: turns durable records into rows and moves their bytes into the object store, each by a loop
// of its own, so that one being away does not stop the other. Everything here may be cut off at any point and
// begun again from the progress.
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { faultFields, type Log } from "#core/contract/log.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import type { Database } from "#db/mod.ts";
import type { Purged } from "../bin/tombstones.ts";
import { type Journal, JournalDamage, type JournalPlace, type JournalRecord } from "../journal/mod.ts";
import { systemCode } from "../journal/faults.ts";
import type { Backlog } from "../receive/room.ts";
import { type DescribedRecord, isKnownElsewhere, markStored, writeRows } from "../rows/arrivals.ts";
import { BytesMissing, storeBytes } from "./bytes.ts";
import { Feed } from "./feed.ts";
import { describeRecord } from "./headers.ts";
import { type Pending, PendingRecords } from "./pending.ts";
import { forgetProgress, readProgress, writeProgress } from "./progress.ts";
import { sweep } from "./sweep.ts";

export type Following = {
  readonly journal: Journal;
  readonly incoming: string;
  /** Reads what was removed for good. */
  readonly purged: () => Promise<Purged>;
  readonly objects: Objects;
  readonly db: Database;
  readonly log: Log;
  readonly now: () => Date;
  /** Told when jobs were asked for. */
  readonly asked?: () => void;
  /** Told when acknowledged records cannot be read: nothing may go on as if all were well. */
  readonly damaged: (fault: JournalDamage) => void;
};

const batchRecords = 256;
const longestWaitMs = 1000;
// Files handed to the store side by side share the sync of their folder.
const storedAtOnce = 8;
// Milliseconds from one batch to the next. A batch costs the database about as much as ten records in it, so under a
// steady stream they are let gather; the first after a silence waits for nothing. Nobody waits for `bytes`.
const restMs = { rows: 800, bytes: 1000 } as const;

/** A follower that runs; made by {@link startFollower}. */
export class Follower {
  readonly #with: Following;
  readonly #pending = new PendingRecords();
  readonly #stopping = new AbortController();
  /** Files that stood in the incoming folder at the start and that no record has named so far. */
  readonly #leftovers: Set<string>;
  #wakes = new Set<() => void>();
  #loops: Promise<unknown> = Promise.resolve();
  readonly #feed: Feed;
  readonly #endAtStart: JournalPlace;
  #purged: Purged | undefined;

  constructor(following: Following, leftovers: readonly string[]) {
    this.#with = following;
    this.#leftovers = new Set(leftovers);
    this.#endAtStart = following.journal.end;
    this.#feed = new Feed({
      journal: following.journal,
      pending: this.#pending,
      wanted: ({ record }) => this.#isWanted(record),
      added: () => this.#wake(),
      wait: () => this.#wait(longestWaitMs),
      stopped: this.#stopping.signal,
    });
  }

  /** Begins; what was appended before is read back from the journal, from the progress on. */
  start(): void {
    this.#loops = Promise.all([
      this.#catchUp(),
      this.#loop("rows", () => this.#writeRows()),
      this.#loop("bytes", () => this.#storeBytes()),
    ]);
  }

  /** What is durable but not yet wholly in rows and object store, as far as it is known. */
  backlog(): Backlog {
    const { unread } = this.#feed;
    return { records: this.#pending.count + unread.records, bytes: this.#pending.bytes + unread.bytes };
  }

  /** True when the journal's records of earlier runs are known and nothing waits. For tests and shutting down. */
  get settled(): boolean {
    return this.#feed.caughtUp && this.#pending.count === 0;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#loops;
  }

  /** Reads the records of earlier runs; waits for the database as long as it takes. */
  async #catchUp(): Promise<void> {
    const { journal, log, incoming } = this.#with;
    for (let tries = 0; !this.#stopping.signal.aborted; tries++) {
      try {
        const from = await this.#savedProgress() ?? journal.first;
        this.#purged = await this.#with.purged();
        await this.#feed.catchUp(from);
        if (!this.#feed.caughtUp) return;
        const { segment, position } = from;
        log("journal_replayed", { records: this.#feed.read, segment, position });
        return await sweep(incoming, [...this.#leftovers], log);
      } catch (fault) {
        if (fault instanceof JournalDamage) return this.#with.damaged(fault);
        if (tries % 30 === 0) log("journal_replay_failed", faultFields(fault), "error");
        await this.#wait(longestWaitMs);
      }
    }
  }

  /**
   * Undefined when there is none, or none of this journal: a progress past the journal's end was saved of another
   * one (the folder is new, or older than the database), and what is appended from now on would be passed over.
   */
  async #savedProgress(): Promise<JournalPlace | undefined> {
    const { db, log } = this.#with;
    const saved = await readProgress(db);
    if (!saved || !isPast(saved, this.#endAtStart)) return saved;
    log("journal_progress_foreign", { ...saved }, "warning");
    await forgetProgress(db);
    return undefined;
  }

  /** An incoming file that a record names is no leftover, whoever takes the record on. */
  #isWanted({ object, incoming }: JournalRecord): boolean {
    if (this.#purged?.hasObject(object)) return false;
    this.#leftovers.delete(incoming);
    return true;
  }

  async #loop(state: "rows" | "bytes", work: () => Promise<number>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const worked = await work();
      if (worked >= batchRecords) continue;
      if (worked > 0) {
        await this.#rest(restMs[state]);
        continue;
      }
      const next = this.#pending.nextTry(state);
      await this.#wait(Math.max(10, Math.min(longestWaitMs, (next ?? Infinity) - this.#time())));
    }
  }

  /** One batch of rows; how many records moved on. */
  async #writeRows(): Promise<number> {
    const batch = this.#pending.ready("rows", this.#time(), batchRecords);
    let moved = 0;
    for (const [practice, group] of Map.groupBy(batch, ({ entry }) => entry.record.practice)) {
      moved += await this.#writeGroup(practice, group);
    }
    if (moved > 0) {
      this.#wake();
      this.#with.asked?.();
    }
    return moved;
  }

  /** A group that fails is tried record by record, so that one bad record holds up none but itself. */
  async #writeGroup(practice: string, group: readonly Pending[]): Promise<number> {
    const { db, objects, incoming } = this.#with;
    try {
      const described: DescribedRecord[] = [];
      for (const { entry } of group) described.push(await describeRecord(objects, incoming, entry.record));
      const outcomes = await db.withBin.writeAs(practice, (tx) => writeRows(tx, practice, described));
      group.forEach((one, index) => {
        one.duplicate = outcomes[index] === "duplicate";
        this.#pending.advance(one, "bytes");
      });
      return group.length;
    } catch (fault) {
      const [first] = group;
      if (group.length === 1 && first && await this.#isFinishedDuplicate(first, fault)) return 1;
      if (group.length === 1 && first) return this.#postpone(first, "rows", fault);
      if (await this.#databaseAnswers()) return await this.#writeSingly(practice, group);
      for (const one of group) this.#pending.postpone(one, this.#time());
      this.#with.log("rows_postponed", { records: group.length, ...faultFields(fault) }, "warning");
      return 0;
    }
  }

  async #writeSingly(practice: string, group: readonly Pending[]): Promise<number> {
    let moved = 0;
    for (const one of group) moved += await this.#writeGroup(practice, [one]);
    return moved;
  }

  async #databaseAnswers(): Promise<boolean> {
    return await readProgress(this.#with.db).then(() => true, () => false);
  }

  /**
   * On a replay the bytes of a duplicate are gone already, and rightly: the same bytes stand under another record,
   * or were removed for good with it.
   */
  async #isFinishedDuplicate(one: Pending, fault: unknown): Promise<boolean> {
    if (!(fault instanceof BytesMissing)) return false;
    const { record } = one.entry;
    const removed = this.#purged?.hasDataset(record.practice, record.datasetSha256) === true;
    const duplicate = removed || await isKnownElsewhere(this.#with.db, record).catch(() => false);
    if (!duplicate) return false;
    one.duplicate = true;
    this.#pending.advance(one, "bytes");
    return true;
  }

  #postpone(one: Pending, step: "rows" | "bytes", fault: unknown): number {
    this.#pending.postpone(one, this.#time());
    const { instance, practice } = one.entry.record;
    const fields = { step, instance, practice, tries: one.tries, ...faultFields(fault) };
    if (one.tries < 4 || one.tries % 20 === 0) this.#with.log("record_postponed", fields, "error");
    return 0;
  }

  /** Stores the bytes of some records, notes it, and moves the progress; how many records moved on. */
  async #storeBytes(): Promise<number> {
    const batch = this.#pending.ready("bytes", this.#time(), batchRecords);
    const results = await inGroups(batch, storedAtOnce, (one) => this.#storeOne(one));
    const stored = batch.filter((_, index) => results[index] === true);
    const noted = await this.#note(stored);
    for (const one of noted) this.#pending.advance(one, "done");
    if (this.#pending.settle()) await this.#saveProgress();
    return noted.length;
  }

  async #storeOne(one: Pending): Promise<boolean> {
    const { objects, incoming } = this.#with;
    try {
      if (one.duplicate) await removeIfThere(join(incoming, one.entry.record.incoming));
      else await storeBytes(objects, incoming, one.entry.record);
      return true;
    } catch (fault) {
      this.#postpone(one, "bytes", fault);
      return false;
    }
  }

  /** Writes into the rows that the bytes are stored; a duplicate has no row of its own. */
  async #note(stored: readonly Pending[]): Promise<Pending[]> {
    const noted: Pending[] = stored.filter((one) => one.duplicate);
    const kept = stored.filter((one) => !one.duplicate);
    for (const [practice, group] of Map.groupBy(kept, ({ entry }) => entry.record.practice)) {
      const objects = group.map(({ entry }) => entry.record.object);
      try {
        await this.#with.db.writeAs(practice, (tx) => markStored(tx, objects, this.#with.now()));
        noted.push(...group);
      } catch (fault) {
        for (const one of group) this.#postpone(one, "bytes", fault);
      }
    }
    return noted;
  }

  async #saveProgress(): Promise<void> {
    const { progress } = this.#pending;
    if (!progress) return;
    try {
      await writeProgress(this.#with.db, progress);
    } catch (fault) {
      // a later batch saves it; until then a restart replays what is done, which changes nothing
      this.#with.log("journal_progress_unsaved", faultFields(fault), "warning");
    }
  }

  #time(): number {
    return this.#with.now().getTime();
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }

  /** A pause that only the end cuts short. */
  async #rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #wait(milliseconds: number): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wakes.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#wakes.add(end);
    });
  }
}

function isPast(place: JournalPlace, end: JournalPlace): boolean {
  return place.segment === end.segment ? place.position > end.position : place.segment > end.segment;
}

async function inGroups<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += size) {
    results.push(...await Promise.all(items.slice(at, at + size).map(work)));
  }
  return results;
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((fault: unknown) => {
    if (systemCode(fault) !== "ENOENT") throw fault;
  });
}
