// The integrity scrub (PA-2): a file that was changed or lost on disk is found, told to the practice that it belongs
// to, and a picture is made again. Orphans go after a day, and never an original that the journal still names.
import { readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Archive } from "#core/archive/mod.ts";
import { keepPace } from "#core/archive/integrity/pace.ts";
import { openDecoders } from "#core/dicom/mod.ts";
import { Integrity } from "#core/contract/integrity.ts";
import { bearer, startEdge } from "#tests/make/edge.ts";
import {
  arrival,
  dataset,
  type House,
  incomingOf,
  keysOf,
  openHouses,
  settled,
  upload,
} from "#tests/make/archive.ts";
import { keptInstances } from "#tests/make/core.ts";
import { openGiven } from "#tests/make/given.ts";
import { radiograph } from "#tests/make/radiograph.ts";

const { database, db, newHouse, archiveIn, asOwner } = openHouses();
const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
afterAll(() => decoders.close());

const day = 86_400_000;
const atOnce = () => Promise.resolve();
const own = ({ practice }: House, what: string, where = "true") =>
  asOwner(practice.id, `select ${what} where practice_id = '${practice.id}' and ${where}`);

async function send(house: House, archive: Archive, count = 1): Promise<void> {
  for (let number = 0; number < count; number++) {
    const { uid, bytes } = dataset();
    await archive.receive(arrival(house, uid, bytes));
  }
  await settled(archive);
}

/** The file on disk that holds an object, found by the object's last bytes but one record. */
async function fileOf(house: House, key: string): Promise<string> {
  const folder = join(house.folder, "objects/objects");
  const opened = await house.objects.get(key);
  const bytes = Buffer.from(await new Response(opened?.stream).arrayBuffer());
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).subarray(0, bytes.length).equals(bytes)) return path;
  }
  throw new Error("the object is in no file");
}

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function reportOf(house: House) {
  const edge = await startEdge({ database: database() });
  try {
    const given = openGiven(database());
    const key = await given.apiKey({ ...house.practice, name: "" });
    await given.owner.close();
    const answer = await edge.app.request("/api/integrity", { headers: bearer(key.secret) });
    return Integrity.parse(await answer.json()).report;
  } finally {
    await edge.stop();
  }
}

describe("PA-2 the integrity scrub", () => {
  it("reads everything once a week, and finds nothing where nothing is wrong", async () => {
    const house = await newHouse();
    const clock = { now: Date.parse("2026-11-26T10:00:00Z") };
    const archive = await archiveIn(house, { now: () => new Date(clock.now), pace: atOnce });
    expect(await reportOf(house)).toBeNull();
    await send(house, archive, 3);
    await archive.scrubObjects();
    const report = await reportOf(house);
    expect(report).toMatchObject({ checked: 3, missing: 0, damaged: 0, faults: [] });
    const [{ sum } = {}] = await own(house, "sum(bytes)::int as sum from object");
    expect(report?.bytes).toBe(sum);
    clock.now += 6 * day;
    await archive.scrubObjects();
    expect(await own(house, "id from scrub")).toHaveLength(1);
    clock.now += day;
    await archive.scrubObjects();
    expect(await own(house, "id from scrub", "ended_at is not null")).toHaveLength(2);
  });

  it("tells the practice, and no other, which file was changed on disk and which is gone", async () => {
    const [house, other] = [await newHouse(), await newHouse()];
    const archive = await archiveIn(house, { pace: atOnce });
    await send(house, archive, 3);
    const [sound, changed, lost] = await keptInstances(db(), house.practice.id);
    await flipByte(await fileOf(house, changed?.key ?? ""));
    await rm(await fileOf(house, lost?.key ?? ""));
    await archive.scrubObjects();
    const report = await reportOf(house);
    expect(report).toMatchObject({ checked: 3, missing: 1, damaged: 1 });
    expect(report?.faults.map(({ instanceId, fault, what }) => [instanceId, fault, what]).sort()).toEqual([
      [changed?.id, "damaged", "original"],
      [lost?.id, "missing", "original"],
    ].sort());
    const told = await own(house, "subject_id as id from event", "kind = 'integrity.failed'");
    expect(told.map(({ id }) => id).sort()).toEqual([changed?.id, lost?.id].sort());
    expect(await own(house, "action from audit", `subject_id = '${changed?.id}'`))
      .toEqual([{ action: "original.damaged" }]);
    expect(await own(house, "action from audit", `subject_id = '${sound?.id}'`)).toEqual([]);
    expect(await reportOf(other)).toMatchObject({ checked: 0, faults: [] });
  });

  it("has a picture made again that was damaged", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { pace: atOnce, decoders });
    await archive.receive(upload(house, radiograph({ uid: "1.2.3.88" })));
    await settled(archive);
    const [row] = await keptInstances(db(), house.practice.id);
    const job = { practice: house.practice.id, instance: row?.id ?? "" };
    await archive.derive(job);
    const before = await keysOf(house);
    const preview = before.find((key) => key.endsWith("-preview")) ?? "";
    await flipByte(await fileOf(house, preview));
    await archive.scrubObjects();
    expect(await reportOf(house)).toMatchObject({
      damaged: 1,
      faults: [{ what: "picture", instanceId: row?.id }],
    });
    expect(await archive.derive(job)).toBe("ready");
    expect(await keysOf(house)).toEqual(before);
    const opened = await house.objects.get(preview);
    const bytes = Buffer.from(await new Response(opened?.stream).arrayBuffer());
    expect(bytes.toString("latin1", 0, 4)).toBe("RIFF");
  });

  it("goes on behind the last step when it was cut off", async () => {
    const house = await newHouse();
    const stop = new AbortController();
    let pieces = 0;
    const archive = await archiveIn(house, {
      pace: () => {
        if (++pieces === 2) stop.abort();
        return Promise.resolve();
      },
      scrubAtOnce: 2,
    });
    await send(house, archive, 5);
    await archive.scrubObjects(stop.signal);
    expect(await reportOf(house)).toMatchObject({ checked: 2, endedAt: null });
    await archive.scrubObjects();
    expect(await reportOf(house)).toMatchObject({ checked: 5, endedAt: expect.any(String) });
    expect(await own(house, "id from scrub")).toHaveLength(1);
  });

  it("keeps to its share of the time", async () => {
    const clock = { now: 0, waited: 0 };
    const pace = keepPace({
      share: 0.25,
      now: () => clock.now,
      wait: (milliseconds) => {
        clock.waited += milliseconds;
        clock.now += milliseconds;
        return Promise.resolve();
      },
    });
    for (let piece = 0; piece < 100; piece++) {
      clock.now += 4;
      await pace();
    }
    expect(clock.waited / clock.now).toBeCloseTo(0.75, 1);
  });
});

describe("PA-2 orphans", () => {
  it("go after a day: incoming files without a record, objects without a row", async () => {
    const house = await newHouse();
    const clock = { now: Date.now() };
    const archive = await archiveIn(house, { now: () => new Date(clock.now) });
    await send(house, archive);
    const kept = await keysOf(house);
    await writeFile(join(house.folder, "archive/incoming/left"), "half a file");
    const orphan = `practice/${house.practice.id}/derivative/${"0".repeat(64)}`;
    await house.objects.put(orphan, { bytes: new Uint8Array(10) });
    clock.now += day - 60_000;
    expect(await archive.sweepOrphans()).toEqual({ incoming: 0, objects: 0, pictures: 0, rowless: 0 });
    clock.now += 120_000;
    expect(await archive.sweepOrphans()).toMatchObject({ incoming: 1, objects: 1 });
    expect(await incomingOf(house)).toEqual([]);
    expect(await keysOf(house)).toEqual(kept);
  });

  it("are never originals that the journal names, whatever became of their rows", async () => {
    const house = await newHouse();
    const clock = { now: Date.now() };
    const archive = await archiveIn(house, { now: () => new Date(clock.now) });
    await send(house, archive);
    const before = await keysOf(house);
    for (const table of ["instance", "series", "study", "object"]) {
      await asOwner(house.practice.id, `delete from ${table} where practice_id = '${house.practice.id}'`);
    }
    clock.now += 2 * day;
    expect(await archive.sweepOrphans()).toMatchObject({ objects: 0, rowless: 1 });
    expect(await keysOf(house)).toEqual(before);
  });

  it("are pictures that were replaced by others", async () => {
    const house = await newHouse();
    const clock = { now: Date.now() };
    const archive = await archiveIn(house, { now: () => new Date(clock.now) });
    const key = `practice/${house.practice.id}/derivative/${"0".repeat(64)}`;
    await house.objects.put(key, { bytes: new Uint8Array(10) });
    await utimes(await fileOf(house, key), 0, 0);
    await asOwner(
      house.practice.id,
      `insert into object (id, practice_id, key, bytes, sha256, media_type, stored_at) values (gen_random_uuid(),
        '${house.practice.id}', '${key}', 10, '\\x${"00".repeat(32)}', 'image/webp', now())`,
    );
    clock.now += 2 * day;
    expect(await archive.sweepOrphans()).toMatchObject({ pictures: 1 });
    expect(await keysOf(house)).toEqual([]);
    expect(await own(house, "id from object")).toEqual([]);
  });
});
