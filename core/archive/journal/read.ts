// Reads acknowledged records in their order, from a place up to the place where the durable journal ends.
import { open } from "node:fs/promises";
import { JournalDamage, type JournalPlace } from "./faults.ts";
import type { JournalRecord } from "./record.ts";
import { scanLines } from "./scan.ts";
import { segmentPath } from "./segments.ts";

/** A record, where it stands, and where the next one will. */
export type JournalEntry = {
  readonly record: JournalRecord;
  readonly place: JournalPlace;
  readonly next: JournalPlace;
};

/**
 * The records between two places.
 * @throws JournalDamage at the first record that is not as it was written.
 */
export async function* readEntries(
  folder: string,
  from: JournalPlace,
  to: JournalPlace,
): AsyncGenerator<JournalEntry> {
  for (let segment = from.segment; segment <= to.segment; segment++) {
    const position = segment === from.segment ? from.position : 0;
    yield* readSegment(folder, { segment, position }, segment === to.segment ? to.position : undefined);
  }
}

async function* readSegment(
  folder: string,
  from: JournalPlace,
  to: number | undefined,
): AsyncGenerator<JournalEntry> {
  const { segment } = from;
  const handle = await open(segmentPath(folder, segment), "r");
  try {
    const end = to ?? (await handle.stat()).size;
    for await (const { start, end: next, line } of scanLines(handle, from.position, end)) {
      const place = { segment, position: start };
      if (!line) throw new JournalDamage(place, "a record is unreadable");
      yield { record: line.record, place, next: { segment, position: next } };
    }
  } finally {
    await handle.close();
  }
}
