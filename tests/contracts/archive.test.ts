import { createHash } from "node:crypto";
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sql } from "drizzle-orm";
import { type Archive, type ArchiveSettings, type Arrival, openArchive } from "#core/archive/mod.ts";
import { element, fileMetaInformation, tags, writeDataset } from "#core/dicom/mod.ts";
import type { WritableElement } from "#core/dicom/mod.ts";
import { openFolderObjects } from "#core/services/objects/folder.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import { type Database, openDatabase, openPlainDatabase } from "#db/mod.ts";
import { startEmbedded, type TestDatabase } from "#tests/make/database.ts";
import { givenPractice, keptInstances, type TestPractice } from "#tests/make/core.ts";
import { eventually } from "#tests/make/until.ts";

const explicitLittleEndian = "1.2.840.10008.1.2.1";
const digitalXray = "1.2.840.10008.5.1.4.1.1.1.1";

let database: TestDatabase;
let db: Database;
const open: Archive[] = [];
const folders: string[] = [];

beforeAll(async () => {
  database = await startEmbedded();
  db = openDatabase(database.addresses.vetware_core);
}, 120_000);

afterEach(async () => {
  for (const archive of open.splice(0)) await archive.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  await forgetProgress();
});

afterAll(async () => {
  await db?.close();
  await database?.stop();
});

/** Another test's archive has a journal of its own, but the table knows one. */
async function forgetProgress(): Promise<void> {
  await db.lookUp(sql`delete from journal_progress`);
}

type House = { readonly folder: string; readonly objects: Objects; readonly practice: TestPractice };

async function newHouse(): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "archive-"));
  folders.push(folder);
  const objects = await openFolderObjects(join(folder, "objects"));
  return { folder, objects, practice: await givenPractice(database.addresses.vetware_owner) };
}

const decoders = { derive: () => Promise.reject(new Error("no pictures are made here")) };

async function archiveIn(house: House, more: Partial<ArchiveSettings> = {}): Promise<Archive> {
  const archive = await openArchive({
    folder: join(house.folder, "archive"),
    db,
    objects: house.objects,
    decoders,
    log: () => undefined,
    bounds: { records: 100, bytes: 1e9, freeBytes: 0 },
    limit: 64 * 1024 * 1024,
    damaged: (fault) => {
      throw fault;
    },
    ...more,
  });
  open.push(archive);
  return archive;
}

let counter = 0;

type Facts = { readonly uid?: string; readonly study?: string; readonly more?: readonly WritableElement[] };

function dataset({ uid = `1.2.826.${++counter}`, study = "1.2.3.4", more = [] }: Facts = {}) {
  const bytes = writeDataset([
    element(tags.SOPClassUID, digitalXray),
    element(tags.SOPInstanceUID, uid),
    element(tags.StudyInstanceUID, study),
    element(tags.SeriesInstanceUID, `${study}.1`),
    element(tags.Modality, "DX"),
    element(tags.PatientName, "Müller^Bello"),
    element(tags.PatientID, "P-17"),
    ...more,
  ]);
  return { uid, bytes };
}

function arrival(house: House, uid: string, bytes: Uint8Array): Arrival {
  return {
    kind: "dataset",
    practice: house.practice.id,
    source: { kind: "dimse", actor: "dicom_peer", id: house.practice.peer },
    sopClassUID: digitalXray,
    sopInstanceUID: uid,
    transferSyntaxUID: explicitLittleEndian,
    bytes: slicesOf(bytes),
  };
}

async function* slicesOf(bytes: Uint8Array, size = 100): AsyncGenerator<Uint8Array[]> {
  for (let at = 0; at < bytes.length; at += 2 * size) {
    yield [bytes.subarray(at, at + size), bytes.subarray(at + size, at + 2 * size)];
  }
}

function upload(house: House, file: Uint8Array): Arrival {
  return {
    kind: "file",
    practice: house.practice.id,
    source: { kind: "upload", actor: "account", id: null },
    bytes: slicesOf(file, 1000),
  };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const settled = (archive: Archive) => eventually(() => Promise.resolve(archive.settled), (is) => is);
const incomingOf = (house: House) => readdir(join(house.folder, "archive/incoming"));

async function storedBytes(objects: Objects, key: string): Promise<Buffer> {
  const opened = await objects.get(key);
  if (!opened) throw new Error("not in the store");
  return Buffer.from(await new Response(opened.stream).arrayBuffer());
}

describe("PA-2 receiving", () => {
  it("keeps a dataset byte for byte behind a file header of its own, in rows and in the object store", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const receipt = await archive.receive(arrival(house, uid, bytes));
    expect(receipt).toMatchObject({ sopInstanceUID: uid, datasetSha256: sha256(bytes) });
    await settled(archive);
    const [row] = await keptInstances(db, house.practice.id);
    expect(row).toMatchObject({ sopInstanceUid: uid, current: true, derivation: "pending" });
    const stored = await storedBytes(house.objects, row?.key ?? "");
    expect(stored.subarray(stored.length - bytes.length).equals(bytes)).toBe(true);
    expect(stored.toString("latin1", 128, 132)).toBe("DICM");
    expect("refusal" in receipt ? "" : receipt.fileSha256).toBe(sha256(stored));
    expect(row?.storedAt).not.toBeNull();
    expect(await incomingOf(house)).toEqual([]);
  });

  it("keeps an uploaded file as it was sent and names its dataset by the same hash as a peer's", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const meta = fileMetaInformation({
      sopClassUID: digitalXray,
      sopInstanceUID: uid,
      transferSyntaxUID: explicitLittleEndian,
    });
    const file = Buffer.concat([Buffer.from(meta).fill(7, 0, 128), bytes]);
    const receipt = await archive.receive(upload(house, file));
    expect(receipt).toMatchObject({
      bytes: file.length,
      fileSha256: sha256(file),
      datasetSha256: sha256(bytes),
      studyInstanceUID: "1.2.3.4",
    });
    await settled(archive);
    const [row] = await keptInstances(db, house.practice.id);
    expect((await storedBytes(house.objects, row?.key ?? "")).equals(file)).toBe(true);
  });

  it("takes an upload without file header when it can be read", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const receipt = await archive.receive(upload(house, bytes));
    expect(receipt).toMatchObject({ sopInstanceUID: uid, datasetSha256: sha256(bytes) });
  });

  it.each([
    ["an empty file", Buffer.alloc(0), /empty/],
    ["a ZIP archive", Buffer.from("PK\x03\x04 and more of it"), /ZIP/],
    ["a JPEG picture", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), /JPEG/],
    ["random bytes", Buffer.from("this is a letter to the clinic, and no picture at all".repeat(9)), /DICOM/],
    ["a header alone", Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]), /DICOM/],
  ])("refuses an upload that is %s and says why", async (_, file, words) => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const refused = await archive.receive(upload(house, file));
    expect(refused).toMatchObject({ refusal: "content", words: expect.stringMatching(words) });
    expect(await incomingOf(house)).toEqual([]);
    expect(archive.backlog().records).toBe(0);
  });

  it("leaves nothing of a stream that breaks off", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const broken = async function* () {
      yield [bytes.subarray(0, 200)];
      throw new Error("the peer is gone");
    };
    await expect(archive.receive({ ...arrival(house, uid, bytes), bytes: broken() })).rejects.toThrow("gone");
    expect(await incomingOf(house)).toEqual([]);
    await settled(archive);
    expect(await keptInstances(db, house.practice.id)).toEqual([]);
  });

  it("refuses what is larger than allowed and keeps nothing of it", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { limit: 1000 });
    const { uid, bytes } = dataset({ more: [element(tags.PixelData, new Uint8Array(2000), "OW")] });
    expect(await archive.receive(arrival(house, uid, bytes))).toMatchObject({ refusal: "large" });
    expect(await incomingOf(house)).toEqual([]);
  });

  it("refuses at once while its disk is gone, and takes the next one when it is back", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const incoming = join(house.folder, "archive/incoming");
    await rename(incoming, `${incoming}.away`);
    const { uid, bytes } = dataset();
    expect(await archive.receive(arrival(house, uid, bytes))).toMatchObject({ refusal: "disk" });
    await expect(archive.check()).rejects.toThrow();
    await rename(`${incoming}.away`, incoming);
    await eventually(
      () => archive.receive(arrival(house, uid, bytes)),
      (received) => !("refusal" in received),
    );
    await archive.check();
  });

  it("refuses below the floor of free space", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house, { bounds: { records: 100, bytes: 1e9, freeBytes: 2 ** 60 } });
    const { uid, bytes } = dataset();
    expect(await archive.receive(arrival(house, uid, bytes))).toMatchObject({ refusal: "space" });
  });
});

describe("PA-2 rows follow the journal", () => {
  it("stores the same bytes once, however often and however at once they come", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const receipts = await Promise.all(
      Array.from({ length: 5 }, () => archive.receive(arrival(house, uid, bytes))),
    );
    expect(receipts.every((receipt) => !("refusal" in receipt))).toBe(true);
    await settled(archive);
    await archive.receive(arrival(house, uid, bytes));
    await settled(archive);
    const rows = await keptInstances(db, house.practice.id);
    expect(rows).toHaveLength(1);
    expect(await incomingOf(house)).toEqual([]);
    const keys = [];
    for await (const { key } of house.objects.list(`practice/${house.practice.id}/`)) keys.push(key);
    expect(keys).toEqual([rows[0]?.key]);
  });

  it("keeps other bytes under the same UID beside the first, which stays current", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const first = dataset();
    const second = dataset({ uid: first.uid, more: [element(tags.StudyDescription, "changed")] });
    await archive.receive(arrival(house, first.uid, first.bytes));
    await archive.receive(arrival(house, first.uid, second.bytes));
    await settled(archive);
    const rows = await keptInstances(db, house.practice.id);
    expect(rows.map((row) => [row.datasetSha256, row.current])).toEqual([
      [sha256(first.bytes), true],
      [sha256(second.bytes), false],
    ]);
    const stored = await storedBytes(house.objects, rows[1]?.key ?? "");
    expect(stored.subarray(-second.bytes.length).equals(second.bytes)).toBe(true);
  });

  it("gives two practices that hold the same instance a row each", async () => {
    const house = await newHouse();
    const other = { ...house, practice: await givenPractice(database.addresses.vetware_owner) };
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    await Promise.all([
      archive.receive(arrival(house, uid, bytes)),
      archive.receive(arrival(other, uid, bytes)),
    ]);
    await settled(archive);
    const [mine] = await keptInstances(db, house.practice.id);
    const [theirs] = await keptInstances(db, other.practice.id);
    expect(mine?.sopInstanceUid).toBe(theirs?.sopInstanceUid);
    expect(mine?.key).not.toBe(theirs?.key);
    expect(await archive.openOriginal(house.practice.id, theirs?.id ?? "")).toBeUndefined();
  });

  it("counts, names and makes searchable what a study holds, and tells of it", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const before = await archive.newestEvent({ practice: house.practice.id });
    for (let number = 0; number < 3; number++) {
      const { uid, bytes } = dataset({ more: [element(tags.PatientSpeciesDescription, "Hündin")] });
      await archive.receive(arrival(house, uid, bytes));
    }
    await settled(archive);
    const { rows: [study] } = await db.readAs(
      house.practice.id,
      (q) =>
        q.execute<Record<string, unknown>>(
          sql`select id, search_text, series_count, instance_count, modalities,
        patient_name from study`,
        ),
    );
    expect(study).toMatchObject({ series_count: 1, instance_count: 3, modalities: ["DX"] });
    expect(study?.patient_name).toBe("Müller^Bello");
    expect(study?.search_text).toContain("muller bello");
    expect(study?.search_text).toContain("p-17");
    const events = await archive.eventsAfter({ practice: house.practice.id }, before);
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ kind, subjectId }) => kind === "study.changed" && subjectId === study?.id)).toBe(
      true,
    );
    const last = events.at(-1)?.cursor;
    expect(await archive.eventsAfter({ practice: house.practice.id }, last)).toEqual([]);
    const audits = await asOwner(house.practice.id, "select action, actor_kind, actor_id from audit");
    expect(audits).toEqual([
      { action: "study.received", actor_kind: "dicom_peer", actor_id: house.practice.peer },
    ]);
  });

  it("asks for one derivation for each instance", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    const receipt = await archive.receive(arrival(house, uid, bytes));
    await archive.receive(arrival(house, uid, bytes));
    await settled(archive);
    const asked = await asOwner(
      house.practice.id,
      "select payload from app.job_request where name = 'derive'",
    );
    const mine = asked.filter(({ payload }) => JSON.stringify(payload).includes(house.practice.id));
    expect(mine).toEqual([
      { payload: { practice: house.practice.id, instance: "refusal" in receipt ? "" : receipt.instance } },
    ]);
  });

  it("loses no instance whose header cannot be read", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const garbage = Buffer.from("\xff\xfe\x00\x00garbage that no reader understands".repeat(20), "latin1");
    await archive.receive(arrival(house, "1.2.99.1", garbage));
    await settled(archive);
    const [row] = await keptInstances(db, house.practice.id);
    expect(row).toMatchObject({ sopInstanceUid: "1.2.99.1", current: true });
    const stored = await storedBytes(house.objects, row?.key ?? "");
    expect(stored.subarray(-garbage.length).equals(garbage)).toBe(true);
    const faults = await db.readAs(house.practice.id, (q) => q.execute(sql`select fault from instance`));
    expect(faults.rows[0]?.fault).toEqual(expect.stringMatching(/header/));
  });

  it("replays what was durable but not in rows, and sweeps what was never acknowledged", async () => {
    const house = await newHouse();
    const away: Database = {
      ...db,
      lookUp: () => Promise.reject(new Error("the database is away")),
      withBin: { ...db.withBin, writeAs: () => Promise.reject(new Error("the database is away")) },
    };
    const first = await archiveIn(house, { db: away });
    const { uid, bytes } = dataset();
    await first.receive(arrival(house, uid, bytes));
    expect(first.backlog()).toMatchObject({ records: 1 });
    await first.close();
    await writeFile(
      join(house.folder, "archive/incoming/01900000-0000-7000-8000-000000000000"),
      "half a file",
    );
    const second = await archiveIn(house);
    await settled(second);
    expect(await keptInstances(db, house.practice.id)).toHaveLength(1);
    await eventually(() => incomingOf(house), (names) => names.length === 0);
  });

  it("changes nothing when the whole journal is replayed, duplicates included", async () => {
    const house = await newHouse();
    const first = await archiveIn(house);
    const { uid, bytes } = dataset();
    for (let times = 0; times < 3; times++) await first.receive(arrival(house, uid, bytes));
    await settled(first);
    const before = await keptInstances(db, house.practice.id);
    await first.close();
    await forgetProgress();
    const second = await archiveIn(house);
    await settled(second);
    expect(await keptInstances(db, house.practice.id)).toEqual(before);
  });

  it("makes all rows again for a database that lost them", async () => {
    const house = await newHouse();
    const first = await archiveIn(house);
    const instances = [dataset(), dataset(), dataset()];
    for (const { uid, bytes } of [...instances, ...instances]) {
      await first.receive(arrival(house, uid, bytes));
    }
    await settled(first);
    const before = await keptInstances(db, house.practice.id);
    await first.close();
    await forgetProgress();
    for (const table of ["instance", "series", "study", "object"]) {
      await asOwner(house.practice.id, `delete from ${table}`);
    }
    const second = await archiveIn(house);
    await settled(second);
    const after = await keptInstances(db, house.practice.id);
    expect(after.map(({ id, key }) => [id, key])).toEqual(before.map(({ id, key }) => [id, key]));
  });

  it("goes on taking while the object store is away, up to its backlog, and catches up", async () => {
    const house = await newHouse();
    let isAway = true;
    const objects: Objects = {
      ...house.objects,
      put: (key, source) => isAway ? Promise.reject(new Error("away")) : house.objects.put(key, source),
    };
    const archive = await archiveIn({ ...house, objects }, {
      bounds: { records: 3, bytes: 1e9, freeBytes: 0 },
    });
    const instances = [dataset(), dataset(), dataset(), dataset()];
    const received = [];
    for (const { uid, bytes } of instances) received.push(await archive.receive(arrival(house, uid, bytes)));
    expect(received.map((one) => "refusal" in one ? one.refusal : "taken")).toEqual([
      "taken",
      "taken",
      "taken",
      "backlog",
    ]);
    const rows = await eventually(() => keptInstances(db, house.practice.id), (found) => found.length === 3);
    const original = await archive.openOriginal(house.practice.id, rows[0]?.id ?? "");
    const part = await original?.read({ offset: (original?.size ?? 0) - 10, length: 10 });
    expect(
      Buffer.from(await new Response(part).arrayBuffer()).equals(
        instances[0]?.bytes.slice(-10) ?? Buffer.alloc(0),
      ),
    )
      .toBe(true);
    isAway = false;
    await settled(archive);
    expect((await keptInstances(db, house.practice.id)).every(({ storedAt }) => storedAt !== null)).toBe(
      true,
    );
  });

  it("does not let one record that fails hold up the others", async () => {
    const house = await newHouse();
    const archive = await archiveIn(house);
    const bad = { ...house, practice: { ...house.practice, id: "01900000-0000-7000-8000-00000000dead" } };
    const lost = dataset();
    await archive.receive(arrival(bad, lost.uid, lost.bytes));
    const { uid, bytes } = dataset();
    await archive.receive(arrival(house, uid, bytes));
    await eventually(
      () => keptInstances(db, house.practice.id),
      (rows) => rows.length === 1 && rows[0]?.storedAt !== null,
    );
    expect(archive.backlog().records).toBe(2);
    expect(await incomingOf(house)).toHaveLength(1);
  });
});

async function asOwner(practice: string, statement: string): Promise<Record<string, unknown>[]> {
  const owner = openPlainDatabase(database.addresses.vetware_owner);
  try {
    return await owner.transaction(async (query) => {
      await query("select set_config('app.practice_id', $1, true)", [practice]);
      return await query(statement);
    });
  } finally {
    await owner.close();
  }
}
