// Hands the journal's records to the follower in their order: first those of earlier runs, a bounded number at a time,
// however long the journal is; from then on each group as it becomes durable. Until it has caught up, what arrives is
// only counted: it stands in the journal behind what is still to be read, and progress must not pass that by.
import type { Journal, JournalEntry, JournalPlace } from "../journal/mod.ts";
import type { Backlog } from "../receive/room.ts";
import type { PendingRecords } from "./pending.ts";

/** How many records of earlier runs are on their way at once. */
const mostAtOnce = 2000;

export type Feeding = {
  readonly journal: Pick<Journal, "end" | "read" | "onAppended">;
  readonly pending: PendingRecords;
  /** Whether a record is to be followed; one that was removed for good is not. Told of each record of earlier runs. */
  readonly wanted: (entry: JournalEntry) => boolean;
  /** Told when records were added. */
  readonly added: () => void;
  /** Waits a while, or until something has moved on. */
  readonly wait: () => Promise<void>;
  readonly stopped: AbortSignal;
};

/** A feed; it counts from the moment it is made. */
export class Feed {
  readonly #with: Feeding;
  #unread = { records: 0, bytes: 0 };
  #caughtUp = false;
  #read = 0;
  /** Up to where records of earlier runs were handed over: where a try that was cut off goes on. */
  #place: JournalPlace | undefined;

  constructor(feeding: Feeding) {
    this.#with = feeding;
    const ended = feeding.journal.onAppended((entries) => this.#appended(entries));
    feeding.stopped.addEventListener("abort", ended, { once: true });
  }

  /** Appended since the start and not handed over yet. */
  get unread(): Backlog {
    return this.#unread;
  }

  /** Whether every record of the journal was handed over. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** How many records of earlier runs were handed over. */
  get read(): number {
    return this.#read;
  }

  /** Hands over what stands in the journal from a place on, until it has caught up. @throws JournalDamage */
  async catchUp(from: JournalPlace): Promise<void> {
    const { journal, pending, stopped, wait } = this.#with;
    this.#place ??= from;
    while (!stopped.aborted) {
      const { end } = journal;
      const next = await this.#readSome(this.#place);
      // Nothing was appended since the end was asked for: from here on every group is handed over as it comes.
      if (next === this.#place && isSame(end, journal.end)) {
        this.#caughtUp = true;
        this.#unread = { records: 0, bytes: 0 };
        return;
      }
      this.#place = next;
      // Records that fail again and again are not waited for: they would hold up all that came after them.
      while (pending.moving > mostAtOnce / 2 && !stopped.aborted) await wait();
    }
  }

  async #readSome(from: JournalPlace): Promise<JournalPlace> {
    const { journal, pending, wanted, added } = this.#with;
    const entries: JournalEntry[] = [];
    let [next, seen] = [from, 0];
    for await (const entry of journal.read(from)) {
      next = entry.next;
      if (wanted(entry)) entries.push(entry);
      if (++seen === mostAtOnce) break;
    }
    pending.add(entries);
    this.#read += entries.length;
    if (entries.length > 0) added();
    return next;
  }

  #appended(entries: readonly JournalEntry[]): void {
    if (this.#caughtUp) {
      this.#with.pending.add(entries);
      this.#with.added();
      return;
    }
    this.#unread.records += entries.length;
    for (const { record } of entries) this.#unread.bytes += record.bytes;
  }
}

function isSame(one: JournalPlace, other: JournalPlace): boolean {
  return one.segment === other.segment && one.position === other.position;
}
