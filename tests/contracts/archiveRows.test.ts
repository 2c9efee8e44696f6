// Rows and object store follow the archive's journal (PA-2), whatever is away meanwhile, and can be made again from it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { element, tags } from "#core/dicom/mod.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import type { Database } from "#db/mod.ts";
import {
  arrival,
  dataset,
  incomingOf,
  openHouses,
  settled,
  sha256,
  storedBytes,
} from "#tests/make/archive.ts";
import { givenPractice, keptInstances } from "#tests/make/core.ts";
import { eventually } from "#tests/make/until.ts";

const { database, db, newHouse, archiveIn, close, forgetProgress, asOwner } = openHouses();

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
    const rows = await keptInstances(db(), house.practice.id);
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
    const rows = await keptInstances(db(), house.practice.id);
    expect(rows.map((row) => [row.datasetSha256, row.current])).toEqual([
      [sha256(first.bytes), true],
      [sha256(second.bytes), false],
    ]);
    const stored = await storedBytes(house.objects, rows[1]?.key ?? "");
    expect(stored.subarray(-second.bytes.length).equals(second.bytes)).toBe(true);
  });

  it("gives two practices that hold the same instance a row each", async () => {
    const house = await newHouse();
    const other = { ...house, practice: await givenPractice(database().addresses.vetware_owner) };
    const archive = await archiveIn(house);
    const { uid, bytes } = dataset();
    await Promise.all([
      archive.receive(arrival(house, uid, bytes)),
      archive.receive(arrival(other, uid, bytes)),
    ]);
    await settled(archive);
    const [mine] = await keptInstances(db(), house.practice.id);
    const [theirs] = await keptInstances(db(), other.practice.id);
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
    const { rows: [study] } = await db().readAs(
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
    const [row] = await keptInstances(db(), house.practice.id);
    expect(row).toMatchObject({ sopInstanceUid: "1.2.99.1", current: true });
    const stored = await storedBytes(house.objects, row?.key ?? "");
    expect(stored.subarray(-garbage.length).equals(garbage)).toBe(true);
    const faults = await db().readAs(house.practice.id, (q) => q.execute(sql`select fault from instance`));
    expect(faults.rows[0]?.fault).toEqual(expect.stringMatching(/header/));
  });

  it("replays what was durable but not in rows, and sweeps what was never acknowledged", async () => {
    const house = await newHouse();
    const away: Database = {
      ...db(),
      lookUp: () => Promise.reject(new Error("the database is away")),
      withBin: { ...db().withBin, writeAs: () => Promise.reject(new Error("the database is away")) },
    };
    const first = await archiveIn(house, { db: away });
    const { uid, bytes } = dataset();
    await first.receive(arrival(house, uid, bytes));
    expect(first.backlog()).toMatchObject({ records: 1 });
    await close(first);
    await writeFile(
      join(house.folder, "archive/incoming/01900000-0000-7000-8000-000000000000"),
      "half a file",
    );
    const second = await archiveIn(house);
    await settled(second);
    expect(await keptInstances(db(), house.practice.id)).toHaveLength(1);
    await eventually(() => incomingOf(house), (names) => names.length === 0);
  });

  it("changes nothing when the whole journal is replayed, duplicates included", async () => {
    const house = await newHouse();
    const first = await archiveIn(house);
    const { uid, bytes } = dataset();
    for (let times = 0; times < 3; times++) await first.receive(arrival(house, uid, bytes));
    await settled(first);
    const before = await keptInstances(db(), house.practice.id);
    await close(first);
    await forgetProgress();
    const second = await archiveIn(house);
    await settled(second);
    expect(await keptInstances(db(), house.practice.id)).toEqual(before);
  });

  it("makes all rows again for a database that lost them", async () => {
    const house = await newHouse();
    const first = await archiveIn(house);
    const instances = [dataset(), dataset(), dataset()];
    for (const { uid, bytes } of [...instances, ...instances]) {
      await first.receive(arrival(house, uid, bytes));
    }
    await settled(first);
    const before = await keptInstances(db(), house.practice.id);
    await close(first);
    await forgetProgress();
    for (const table of ["instance", "series", "study", "object"]) {
      await asOwner(house.practice.id, `delete from ${table}`);
    }
    const second = await archiveIn(house);
    await settled(second);
    const after = await keptInstances(db(), house.practice.id);
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
    const rows = await eventually(
      () => keptInstances(db(), house.practice.id),
      (found) => found.length === 3,
    );
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
    expect((await keptInstances(db(), house.practice.id)).every(({ storedAt }) => storedAt !== null)).toBe(
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
      () => keptInstances(db(), house.practice.id),
      (rows) => rows.length === 1 && rows[0]?.storedAt !== null,
    );
    expect(archive.backlog().records).toBe(2);
    expect(await incomingOf(house)).toHaveLength(1);
  });
});
