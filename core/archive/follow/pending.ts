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
const manyTries = 6;

/** The pause after a number of failures, doubling. */
export function pauseAfter(tries: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 20));
}

/** All records on their way, oldest first. */
export class PendingRecords {
  readonly #list: Pending[] = [];
  #bytes = 0;
  #progress: JournalPlace | undefined;

  get count(): number {
    return this.#list.length;
  }

  /** How many of them have not failed many times in a row. */
  get moving(): number {
    return this.#list.reduce((sum, { tries }) => tries < manyTries ? sum + 1 : sum, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Up to where everything is done; undefined until something was. */
  get progress(): JournalPlace | undefined {
    return this.#progress;
  }

  /** Puts records behind the others. */
  add(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      this.#list.push({ entry, state: "rows", duplicate: false, tries: 0, notBefore: 0 });
      this.#bytes += entry.record.bytes;
    }
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
}
