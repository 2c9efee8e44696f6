// Records that are durable but not yet wholly taken over: rows first, then the object store. They are worked on in
// order where nothing fails; one that fails waits for its next try without holding up the rest, and the place up to
// which all is done (the progress) stays before it.
import type { JournalEntry, JournalPlace } from "../journal/mod.ts";

/** Where a record stands: `rows` not written, `bytes` not in the object store, `done`. */
export type PendingState = "rows" | "bytes" | "done";

/** One record on its way. `tries` counts failures in its present state; `notBefore` is in milliseconds. */
export type Pending = {
  readonly entry: JournalEntry;
  state: PendingState;
  duplicate: boolean;
  tries: number;
  notBefore: number;
};

const firstPauseMs = 250;
const longestPauseMs = 60_000;

/** The pause after a number of failures, doubling. */
export function pauseAfter(tries: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 20));
}

/** All records on their way, oldest first. */
export class PendingRecords {
  #list: Pending[] = [];
  #bytes = 0;
  #progress: JournalPlace | undefined;

  get count(): number {
    return this.#list.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Up to where everything is done; undefined until something was. */
  get progress(): JournalPlace | undefined {
    return this.#progress;
  }

  /** Puts records behind the others, or before them (what a start reads back). */
  add(entries: readonly JournalEntry[], where: "behind" | "before" = "behind"): void {
    const added = entries.map((entry): Pending => ({
      entry,
      state: "rows",
      duplicate: false,
      tries: 0,
      notBefore: 0,
    }));
    this.#list = where === "behind" ? this.#appended(added) : [...added, ...this.#list];
    for (const { record } of entries) this.#bytes += record.bytes;
  }

  #appended(added: readonly Pending[]): Pending[] {
    for (const one of added) this.#list.push(one);
    return this.#list;
  }

  /** Records in a state that may be tried at `now`, at most `most`, oldest first. */
  ready(state: PendingState, now: number, most: number): Pending[] {
    const found: Pending[] = [];
    for (const one of this.#list) {
      if (one.state !== state || one.notBefore > now) continue;
      found.push(one);
      if (found.length === most) break;
    }
    return found;
  }

  /** When the next record in a state may be tried; undefined when there is none. */
  nextTry(state: PendingState): number | undefined {
    let earliest: number | undefined;
    for (const one of this.#list) {
      if (one.state === state) earliest = Math.min(earliest ?? Infinity, one.notBefore);
    }
    return earliest;
  }

  /** Moves a record on after success. */
  advance(one: Pending, state: PendingState): void {
    one.state = state;
    one.tries = 0;
    one.notBefore = 0;
  }

  /** Sets a record back after a failure. */
  postpone(one: Pending, now: number): void {
    one.tries++;
    one.notBefore = now + pauseAfter(one.tries);
  }

  /** Forgets what is done at the front; true when the progress has moved. */
  settle(): boolean {
    let done = 0;
    for (const { state, entry } of this.#list) {
      if (state !== "done") break;
      this.#bytes -= entry.record.bytes;
      this.#progress = entry.next;
      done++;
    }
    if (done > 0) this.#list.splice(0, done);
    return done > 0;
  }

  /** Names of incoming files that are still needed. */
  incomingNames(): Set<string> {
    return new Set(this.#list.map(({ entry }) => entry.record.incoming));
  }
}
