// Thirty days in the bin, then gone: files, pictures and rows, with the links taken back and all of it in the audit. A
// kill at any step is made good by the next run, and a replay of the journal brings nothing back.
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { Archive, ArchiveSettings } from "#core/archive/mod.ts";
import { element, tags } from "#core/dicom/mod.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import type { Database } from "#db/mod.ts";
import { arrival, dataset, type House, keysOf, openHouses, settled } from "#tests/make/archive.ts";
import { keptInstances } from "#tests/make/core.ts";

const { db, newHouse, archiveIn, close, asOwner, forgetProgress } = openHouses();
const day = 86_400_000;
const author = {
  who: { account: uuidv7(), permission: "study:delete" },
  from: { ip: "198.51.100.7", userAgent: "browser" },
} as const;

/** An archive with a clock of the test's. */
async function opened(more: Partial<ArchiveSettings> = {}, house?: House) {
  const home = house ?? await newHouse();
  const clock = { now: Date.parse("2026-11-26T10:00:00Z") };
  const archive = await archiveIn(home, { now: () => new Date(clock.now), ...more });
  return { house: home, archive, clock };
}

async function send(house: House, archive: Archive, facts = dataset()) {
  await archive.receive(arrival(house, facts.uid, facts.bytes));
  await settled(archive);
  return facts;
}

const own = ({ practice }: House, what: string, where = "true") =>
  asOwner(practice.id, `select ${what} where practice_id = '${practice.id}' and ${where}`);

async function studyOf(house: House): Promise<string> {
  const [row] = await own(house, "id from study");
  return String(row?.id);
}

async function bin(house: House, archive: Archive): Promise<string> {
  const study = await studyOf(house);
  expect(await archive.binStudy({ practice: house.practice.id, study, author })).toHaveProperty("purgeAt");
  return study;
}

const deedsOf = async (house: House) =>
  (await own(house, "action, actor_kind, host(ip) as ip from audit", "action <> 'study.received'"))
    .map(({ action, actor_kind: kind, ip }) => [action, kind, ip].filter(Boolean).join(" ")).sort();

async function share(house: House, study: string): Promise<void> {
  await asOwner(
    house.practice.id,
    `insert into share (id, practice_id, study_id, token_hash, rights, expires_at) values ('${uuidv7()}',
      '${house.practice.id}', '${study}', '\\x${
      randomBytes(32).toString("hex")
    }', '{view}', now() + interval '1 year')`,
  );
}

describe("PA-2 the bin", () => {
  it("hides a study for thirty days and gives it back whole", async () => {
    const { house, archive } = await opened();
    await send(house, archive);
    const study = await bin(house, archive);
    const [row] = await keptInstances(db(), house.practice.id);
    expect(row).toBeUndefined();
    const deletion = { practice: house.practice.id, study, author };
    expect(await archive.binStudy(deletion)).toEqual({ purgeAt: "2026-12-26T10:00:00.000Z" });
    expect(await archive.restoreStudy(deletion)).toEqual({ restored: true });
    expect(await archive.restoreStudy(deletion)).toEqual({ restored: false });
    expect(await keptInstances(db(), house.practice.id)).toHaveLength(1);
    expect(await deedsOf(house)).toEqual([
      "study.deleted account 198.51.100.7",
      "study.restored account 198.51.100.7",
    ]);
  });

  it("gives no byte of a study that is in it", async () => {
    const { house, archive } = await opened();
    await send(house, archive);
    const [row] = await keptInstances(db(), house.practice.id);
    await bin(house, archive);
    expect(await archive.openOriginal(house.practice.id, row?.id ?? "")).toBeUndefined();
  });

  it("gives a study back when something new comes for it, and not for what it has already", async () => {
    const { house, archive } = await opened();
    const first = await send(house, archive);
    await bin(house, archive);
    await send(house, archive, first);
    expect(await keptInstances(db(), house.practice.id)).toEqual([]);
    await send(house, archive);
    expect(await keptInstances(db(), house.practice.id)).toHaveLength(2);
    expect(await deedsOf(house)).toEqual(["study.deleted account 198.51.100.7", "study.restored dicom_peer"]);
    const [{ purge_at: purgeAt } = {}] = await own(house, "purge_at from study");
    expect(purgeAt).toBeNull();
  });

  it("removes files, pictures, rows and links after thirty days, no day sooner, and audits it", async () => {
    const { house, archive, clock } = await opened();
    await send(house, archive);
    const [row] = await keptInstances(db(), house.practice.id);
    const picture = `practice/${house.practice.id}/derivative/some-picture`;
    await house.objects.put(picture, { bytes: new Uint8Array([1, 2, 3]) });
    const objectId = uuidv7();
    await asOwner(
      house.practice.id,
      `insert into object (id, practice_id, key, bytes, sha256, media_type, stored_at) values
        ('${objectId}', '${house.practice.id}', '${picture}', 3, '\\x${
        "00".repeat(32)
      }', 'image/webp', now());
       insert into derivative (id, practice_id, instance_id, kind, object_id) values
        ('${uuidv7()}', '${house.practice.id}', '${row?.id}', 'preview', '${objectId}')`,
    );
    const study = await bin(house, archive);
    await share(house, study);
    clock.now += 30 * day - 1;
    await archive.purgeStudies();
    expect(await keysOf(house)).toHaveLength(2);
    clock.now += 1;
    expect(await archive.purgeStudies()).toBeGreaterThan(0);
    expect(await archive.purgeStudies()).toBe(0);
    expect(await keysOf(house)).toEqual([]);
    for (const table of ["study", "series", "instance", "derivative", "object"]) {
      expect([table, await own(house, `id from ${table}`)]).toEqual([table, []]);
    }
    expect(await own(house, "id from share", "revoked_at is null")).toEqual([]);
    expect(await deedsOf(house)).toEqual([
      "share.revoked system",
      "study.deleted account 198.51.100.7",
      "study.purged system",
    ]);
  });

  it("leaves a study alone that was taken back in time, and one of another practice", async () => {
    const { house, archive, clock } = await opened();
    await send(house, archive);
    const study = await bin(house, archive);
    clock.now += 29 * day;
    await archive.restoreStudy({ practice: house.practice.id, study, author });
    clock.now += 29 * day;
    await archive.purgeStudies();
    expect(await keptInstances(db(), house.practice.id)).toHaveLength(1);
    const other = await newHouse();
    const stolen = { practice: other.practice.id, study, author };
    expect(await archive.binStudy(stolen)).toHaveProperty("refused");
    expect(await archive.restoreStudy(stolen)).toHaveProperty("refused");
  });

  const cuts = {
    "before the tombstone is written": (house: House) => {
      const path = join(house.folder, "archive/purged");
      let blocked = true;
      const block = () => rm(path, { recursive: true, force: true }).then(() => writeFile(path, "no folder"));
      const objects: Objects = {
        ...house.objects,
        delete: (key) => blocked ? Promise.reject(new Error("too early")) : house.objects.delete(key),
      };
      const go = async () => {
        blocked = false;
        await rm(path);
      };
      return { objects, database: db(), block, go };
    },
    "between two objects": (house: House) => {
      let left = 1;
      const objects: Objects = {
        ...house.objects,
        delete: (key) => left-- > 0 ? house.objects.delete(key) : Promise.reject(new Error("killed")),
      };
      return {
        objects,
        database: db(),
        block: () => Promise.resolve(),
        go: () => Promise.resolve(void (left = 100)),
      };
    },
    "before the end is noted": (house: House) => {
      let away = false;
      const database: Database = {
        ...db(),
        writeAs: (practice, work) =>
          away ? Promise.reject(new Error("killed")) : db().writeAs(practice, work),
      };
      const block = () => Promise.resolve(void (away = true));
      return { objects: house.objects, database, block, go: () => Promise.resolve(void (away = false)) };
    },
  };

  it.each(Object.entries(cuts))("finishes a removal that was cut off %s", async (_, cutOff) => {
    const house = await newHouse();
    const { objects, database, block, go } = cutOff(house);
    const { archive, clock } = await opened({ objects, db: database }, house);
    for (let count = 0; count < 3; count++) await send(house, archive);
    await bin(house, archive);
    clock.now += 30 * day;
    await block();
    await expect(archive.purgeStudies()).rejects.toThrow();
    expect(await own(house, "id from study")).toEqual([]);
    expect(await own(house, "id from study_purge", "finished_at is null")).toHaveLength(1);
    await go();
    await archive.purgeStudies();
    expect(await keysOf(house)).toEqual([]);
    expect(await own(house, "id from object")).toEqual([]);
    expect(await own(house, "id from study_purge", "finished_at is null")).toEqual([]);
    await close(archive);
    await forgetProgress();
    const { archive: second } = await opened({}, house);
    await settled(second);
    expect(await own(house, "id from study")).toEqual([]);
  });

  it("brings nothing back on a replay of the whole journal, and does not stumble over what is gone", async () => {
    const { house, archive, clock } = await opened();
    const first = await send(house, archive);
    await send(house, archive, first);
    await bin(house, archive);
    clock.now += 30 * day;
    await archive.purgeStudies();
    await close(archive);
    await forgetProgress();
    const { archive: second } = await opened({}, house);
    await settled(second);
    expect(await keptInstances(db(), house.practice.id)).toEqual([]);
    expect(await own(house, "id from study")).toEqual([]);
  });

  it("takes the same study anew after its removal, and keeps that on a replay", async () => {
    const { house, archive, clock } = await opened();
    const first = await send(house, archive);
    await bin(house, archive);
    clock.now += 30 * day;
    await archive.purgeStudies();
    await send(house, archive, first);
    const kept = await keptInstances(db(), house.practice.id);
    expect(kept).toHaveLength(1);
    await close(archive);
    await forgetProgress();
    const { archive: second } = await opened({}, house);
    await settled(second);
    expect(await keptInstances(db(), house.practice.id)).toEqual(kept);
  });

  it("leaves what came under the same UID for another study, which is shown from then on", async () => {
    const { house, archive, clock } = await opened();
    const first = await send(house, archive, dataset({ study: "1.2.3.10" }));
    await bin(house, archive);
    const second = dataset({
      uid: first.uid,
      study: "1.2.3.11",
      more: [element(tags.StudyDescription, "corrected")],
    });
    await send(house, archive, second);
    expect((await keptInstances(db(), house.practice.id)).map(({ current }) => current)).toEqual([false]);
    clock.now += 30 * day;
    await archive.purgeStudies();
    expect((await keptInstances(db(), house.practice.id)).map(({ current }) => current)).toEqual([true]);
    expect(await own(house, "instance_count, version_count from study")).toEqual([
      { instance_count: 1, version_count: 0 },
    ]);
  });
});
