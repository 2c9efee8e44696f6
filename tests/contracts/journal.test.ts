import { appendFile, copyFile, mkdir, mkdtemp, open, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { JournalDamage, JournalRefusal, openJournal } from "#core/archive/journal/mod.ts";
import type { Journal, JournalPlace, JournalRecord } from "#core/archive/journal/mod.ts";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolders() {
  const root = await mkdtemp(join(tmpdir(), "journal-"));
  folders.push(root);
  const incoming = join(root, "incoming");
  await mkdir(incoming);
  return { root, incoming, folder: join(root, "journal") };
}

function record(number: number): JournalRecord {
  const id = `01900000-0000-7000-8000-${String(number).padStart(12, "0")}`;
  return {
    version: 1,
    practice: "01900000-0000-7000-8000-00000000aaaa",
    source: { kind: "dimse", actor: "system", id: null },
    instance: id,
    object: id,
    sopClassUID: "1.2.840.10008.5.1.4.1.1.1.1",
    sopInstanceUID: `1.2.3.${number}`,
    transferSyntaxUID: "1.2.840.10008.1.2.1",
    datasetSha256: "ab".repeat(32),
    fileSha256: "cd".repeat(32),
    datasetOffset: 340,
    bytes: 1000 + number,
    incoming: id,
    key: `practice/01900000-0000-7000-8000-00000000aaaa/original/${id}`,
    receivedAt: "2026-11-23T20:00:00.000Z",
  };
}

async function numbersIn(journal: Journal, from?: JournalPlace): Promise<number[]> {
  const numbers: number[] = [];
  for await (const entry of journal.read(from ?? journal.first)) numbers.push(entry.record.bytes - 1000);
  return numbers;
}

describe("PA-2 the archive's journal", () => {
  it("gives back every record in its order, from any place, after it was opened again", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    const entries = await Promise.all([1, 2, 3, 4, 5].map((number) => journal.append(record(number))));
    expect(await numbersIn(journal)).toEqual([1, 2, 3, 4, 5]);
    await journal.close();
    const { journal: again, cutBytes } = await openJournal(where);
    expect(cutBytes).toBe(0);
    expect(await numbersIn(again, entries[2]?.next)).toEqual([4, 5]);
    await again.append(record(6));
    expect(await numbersIn(again, entries[2]?.place)).toEqual([3, 4, 5, 6]);
    await again.close();
  });

  it("cuts a last record that is torn at any of its bytes and keeps all before it", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    await journal.append(record(1));
    const before = journal.end.position;
    await journal.append(record(2));
    const whole = journal.end.position;
    await journal.close();
    const path = join(where.folder, "000001.jsonl");
    const copy = join(where.root, "copy");
    await copyFile(path, copy);
    for (let length = before; length < whole; length++) {
      await copyFile(copy, path);
      await truncate(path, length);
      const { journal: opened, cutBytes } = await openJournal(where);
      expect(cutBytes).toBe(length - before);
      expect(await numbersIn(opened)).toEqual([1]);
      await opened.append(record(3));
      expect(await numbersIn(opened)).toEqual([1, 3]);
      await opened.close();
    }
  }, 60_000);

  it("cuts a torn group of which a later line reached the disk before an earlier one", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    await journal.append(record(1));
    const start = journal.end.position;
    await Promise.all([journal.append(record(2)), journal.append(record(3)), journal.append(record(4))]);
    await journal.close();
    // the second append began a group of its own, so the third and fourth share the last one
    const path = join(where.folder, "000001.jsonl");
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    const lastGroup = (lines[0]?.length ?? 0) + 1 + (lines[1]?.length ?? 0) + 1;
    expect(lastGroup).toBeGreaterThan(start);
    await flip(path, lastGroup + 100);
    const { journal: opened } = await openJournal(where);
    expect(await numbersIn(opened)).toEqual([1, 2]);
    await opened.close();
  });

  it("stops loudly when a record in the middle is not as it was written", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    for (const number of [1, 2, 3]) await journal.append(record(number));
    await journal.close();
    await flip(join(where.folder, "000001.jsonl"), 200);
    await expect(openJournal(where)).rejects.toThrow(JournalDamage);
  });

  it("stops loudly when a segment in the row is missing", async () => {
    const where = { ...await newFolders(), segmentBytes: 1 };
    const { journal } = await openJournal(where);
    for (const number of [1, 2, 3]) await journal.append(record(number));
    await journal.close();
    await rm(join(where.folder, "000002.jsonl"));
    await expect(openJournal(where)).rejects.toThrow(/segment 2 .*missing/);
  });

  it("begins a new segment by size and reads across the border", async () => {
    const where = { ...await newFolders(), segmentBytes: 1500 };
    const { journal } = await openJournal(where);
    for (let number = 1; number <= 10; number++) await journal.append(record(number));
    expect(journal.end.segment).toBeGreaterThan(3);
    expect(await numbersIn(journal)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await journal.close();
    const { journal: again } = await openJournal(where);
    expect(await numbersIn(again)).toHaveLength(10);
    await again.close();
  });

  it("finds damage in an earlier segment when it is read", async () => {
    const where = { ...await newFolders(), segmentBytes: 1 };
    const { journal } = await openJournal(where);
    for (const number of [1, 2, 3]) await journal.append(record(number));
    await flip(join(where.folder, "000002.jsonl"), 200);
    await expect(numbersIn(journal)).rejects.toThrow(/segment 2 at byte 0/);
    await journal.close();
  });

  it("refuses while its folder is gone, says so beforehand, and goes on when it is back", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    await journal.append(record(1));
    await rm(where.incoming, { recursive: true });
    await expect(journal.append(record(2))).rejects.toThrow(JournalRefusal);
    expect(journal.sound).toBe(false);
    await mkdir(where.incoming);
    expect(await journal.isWritable()).toBe(true);
    await journal.append(record(3));
    expect(await numbersIn(journal)).toEqual([1, 3]);
    await journal.close();
  });

  it("leaves nothing of a probe behind", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    await journal.append(record(1));
    await rm(where.incoming, { recursive: true });
    await journal.append(record(2)).catch(() => undefined);
    await mkdir(where.incoming);
    await journal.isWritable();
    expect((await stat(join(where.folder, "000001.jsonl"))).size).toBe(journal.end.position);
    await journal.close();
  });

  it("does not take a record that has grown behind its line feed for a sound end", async () => {
    const where = await newFolders();
    const { journal } = await openJournal(where);
    await journal.append(record(1));
    const end = journal.end.position;
    await journal.close();
    await appendFile(join(where.folder, "000001.jsonl"), Buffer.alloc(100_000));
    const { journal: again, cutBytes } = await openJournal(where);
    expect([again.end.position, cutBytes]).toEqual([end, 100_000]);
    await again.close();
  });
});

async function flip(path: string, position: number): Promise<void> {
  const handle = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, position);
  byte.writeUInt8(byte.readUInt8(0) ^ 1, 0);
  await handle.write(byte, 0, 1, position);
  await handle.close();
}
