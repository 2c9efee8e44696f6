// The feed of the archive's journal: everything once and in order, few at a time, whatever is appended meanwhile.
import { describe, expect, it } from "vitest";
import { Feed } from "#core/archive/follow/feed.ts";
import { PendingRecords } from "#core/archive/follow/pending.ts";
import type { JournalEntry, JournalPlace } from "#core/archive/journal/mod.ts";

const place = (position: number): JournalPlace => ({ segment: 1, position });

/** An entry at a place of its own; of its record only what the feed looks at. */
function entryAt(position: number): JournalEntry {
  const record = {
    version: 1,
    practice: "p",
    source: { kind: "dimse", actor: "dicom_peer", id: null },
    instance: `${position}`,
    object: `${position}`,
    sopClassUID: "1",
    sopInstanceUID: "1",
    transferSyntaxUID: "1",
    datasetSha256: "",
    fileSha256: "",
    datasetOffset: 0,
    bytes: 10,
    incoming: `${position}`,
    key: "k",
    receivedAt: "",
  } as const;
  return { record, place: place(position), next: place(position + 1) };
}

/** A journal in memory of so many records, and what takes them from the feed at once. */
function houseOf(count: number, more: { fails?: () => boolean; stuck?: boolean } = {}) {
  const listeners = new Set<(entries: readonly JournalEntry[]) => void>();
  const journal = {
    end: place(count),
    async *read(from: JournalPlace) {
      const { position: end } = journal.end;
      for (let position = from.position; position < end; position++) {
        if (more.fails?.()) throw new Error("the disk stutters");
        yield entryAt(position);
      }
    },
    onAppended(listener: (entries: readonly JournalEntry[]) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const append = () => {
    const entry = entryAt(journal.end.position);
    journal.end = entry.next;
    for (const listener of listeners) listener([entry]);
  };
  const pending = new PendingRecords();
  const taken: number[] = [];
  let most = 0;
  const take = () => {
    most = Math.max(most, pending.count);
    for (const one of pending.ready("rows", 0, 500)) {
      taken.push(one.entry.place.position);
      pending.advance(one, "done");
    }
    pending.settle();
  };
  const failAgain = () => {
    for (const one of pending.ready("rows", Infinity, 10_000)) pending.postpone(one, 0);
  };
  const work = more.stuck ? failAgain : take;
  const stop = new AbortController();
  const feed = new Feed({
    journal,
    pending,
    wanted: ({ place: { position } }) => position % 1000 !== 7,
    added: work,
    wait: () => Promise.resolve(work()),
    stopped: stop.signal,
  });
  return { feed, append, pending, take, taken, mostAtOnce: () => most };
}

const wanted = (count: number) =>
  Array.from({ length: count }, (_, index) => index).filter((at) => at % 1000 !== 7);

describe("PA-2 the journal's feed", () => {
  it("hands over a long journal in order, a few thousand at a time", async () => {
    const { feed, taken, take, pending, mostAtOnce } = houseOf(9500);
    await feed.catchUp(place(0));
    while (pending.count > 0) take();
    expect(feed.caughtUp).toBe(true);
    expect(taken).toEqual(wanted(9500));
    expect(mostAtOnce()).toBeLessThanOrEqual(3000);
  });

  it("counts what arrives meanwhile, and hands it over behind the rest, once", async () => {
    const { feed, taken, take, append, pending } = houseOf(5000);
    const caughtUp = feed.catchUp(place(0));
    for (let count = 0; count < 100; count++) append();
    expect(feed.unread).toEqual({ records: 100, bytes: 1000 });
    await caughtUp;
    expect(feed.unread).toEqual({ records: 0, bytes: 0 });
    for (let count = 0; count < 100; count++) append();
    while (pending.count > 0) take();
    expect(taken).toEqual(wanted(5200));
  });

  it("goes on where a try was cut off", async () => {
    let reads = 0;
    const { feed, taken, take, pending } = houseOf(5000, { fails: () => ++reads === 4500 });
    await expect(feed.catchUp(place(0))).rejects.toThrow("stutters");
    await feed.catchUp(place(0));
    while (pending.count > 0) take();
    expect(taken).toEqual(wanted(5000));
  });

  it("does not wait for records that fail again and again", async () => {
    const { feed, pending } = houseOf(4000, { stuck: true });
    await feed.catchUp(place(0));
    expect(feed.caughtUp).toBe(true);
    expect(pending.count).toBe(wanted(4000).length);
  });
});
