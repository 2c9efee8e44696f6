// The journal makes everything again in an empty database: the same ids, the first arrival current, versions and
// alternates as they were, studies complete once more, pictures under the objects they had; what was removed for good
// stays away.
import { uuidv7 } from "uuidv7";
import { afterAll, describe, expect, it } from "vitest";
import type { Archive } from "#core/archive/mod.ts";
import { rowId } from "#core/archive/rows/ids.ts";
import { openDecoders } from "#core/dicom/mod.ts";
import { arrival, type House, keysOf, openHouses, settled } from "#tests/make/archive.ts";
import { dicomDataset, encapsulated, literalRun, type Picture } from "#tests/make/dicom.ts";

const { newHouse, archiveIn, close, asOwner, forgetProgress } = openHouses();
const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
afterAll(() => decoders.close());

const day = 86_400_000;
const rle = "1.2.840.10008.1.2.5";
const author = {
  who: { account: uuidv7(), permission: "study:delete" },
  from: { ip: null, userAgent: null },
} as const;

const picture = (number: number, more: Partial<Picture> = {}): Picture => ({
  rows: 2,
  columns: 2,
  bitsAllocated: 8,
  pixels: new Uint8Array([number, 2, 3, 4]),
  sopInstanceUID: `1.2.826.9.${number}`,
  studyInstanceUID: `1.2.826.8.${number % 3}`,
  seriesInstanceUID: `1.2.826.7.${number % 4}`,
  ...more,
});

async function send(house: House, archive: Archive, sent: Picture): Promise<void> {
  const syntax = sent.transferSyntaxUID ?? "1.2.840.10008.1.2.1";
  const uid = sent.sopInstanceUID ?? "";
  expect(await archive.receive(arrival(house, uid, dicomDataset(sent), syntax))).toHaveProperty("instance");
  await settled(archive);
}

const own = ({ practice }: House, what: string, where = "true") =>
  asOwner(practice.id, `select ${what} where practice_id = '${practice.id}' and ${where}`);

/** Does what the queue would be asked for. */
async function deriveAll(house: House, archive: Archive): Promise<void> {
  for (const { id } of await own(house, "id from instance", "derivation = 'pending' order by id")) {
    await archive.derive({ practice: house.practice.id, instance: String(id) });
  }
}

/** All that must come back; times at which work was done are not of it. */
async function stateOf(house: House) {
  return {
    studies: await own(
      house,
      `id, study_instance_uid, patient_name, series_count, instance_count, version_count, received_at,
        last_received_at, completed_at is not null as complete from study`,
      "true order by id",
    ),
    series: await own(
      house,
      "id, study_id, series_instance_uid, instance_count from series",
      "true order by id",
    ),
    instances: await own(
      house,
      `id, series_id, study_id, sop_instance_uid, object_id, current, relation, derivation, received_at,
        encode(dataset_sha256, 'hex') as dataset from instance`,
      "true order by id",
    ),
    pictures: await asOwner(
      house.practice.id,
      `select d.instance_id, d.kind, o.key, o.bytes from derivative d join object o on o.id = d.object_id
        where d.practice_id = '${house.practice.id}' order by d.instance_id, d.kind`,
    ),
    keys: await keysOf(house),
  };
}

describe("PA-2 a replay into an empty database", () => {
  it("brings everything back as it was, and nothing that was removed for good", async () => {
    const house = await newHouse();
    const clock = { now: Date.parse("2026-11-26T10:00:00Z") };
    const open = () => archiveIn(house, { decoders, now: () => new Date(clock.now) });
    const archive = await open();
    for (let number = 1; number <= 7; number++) {
      clock.now += 1000;
      await send(house, archive, picture(number));
    }
    await send(house, archive, picture(1));
    await send(house, archive, picture(4, { pixels: new Uint8Array([9, 9, 9, 9]) }));
    const same = picture(5);
    await send(house, archive, {
      ...same,
      transferSyntaxUID: rle,
      pixels: encapsulated([literalRun(same.pixels)]),
    });
    await deriveAll(house, archive);
    const [removed] = await own(house, "id from study", "study_instance_uid = '1.2.826.8.0'");
    await archive.binStudy({ practice: house.practice.id, study: String(removed?.id), author });
    clock.now += 30 * day;
    await archive.purgeStudies();
    await archive.completeStudies();
    const before = await stateOf(house);
    expect(before.studies).toHaveLength(2);
    expect(before.instances.map(({ relation }) => relation).sort()).toEqual(
      ["alternate", "current", "current", "current", "current", "current", "version"],
    );
    expect(before.pictures).toHaveLength(15);

    await close(archive);
    await forgetProgress();
    for (const table of ["derivative", "instance", "series", "study", "object", "study_purge"]) {
      await asOwner(house.practice.id, `delete from ${table} where practice_id = '${house.practice.id}'`);
    }
    const again = await open();
    await settled(again);
    await deriveAll(house, again);
    await again.completeStudies();
    expect(await stateOf(house)).toEqual(before);
  });

  it("follows a journal from its first record when the saved progress is that of a longer one", async () => {
    const [longer, house] = [await newHouse(), await newHouse()];
    const other = await archiveIn(longer);
    for (let number = 1; number <= 3; number++) await send(longer, other, picture(number));
    await close(other);

    const archive = await archiveIn(house);
    await Promise.all([4, 5].map((number) => send(house, archive, picture(number))));
    expect(await own(house, "id from instance")).toHaveLength(2);
    await close(archive);
    const again = await archiveIn(house);
    await send(house, again, picture(6));
    expect(await own(house, "id from instance")).toHaveLength(3);
  });
});

describe("rowId()", () => {
  it("is a UUIDv7 of the instant, the same for the same parts and no others", () => {
    const at = new Date("2026-11-26T10:00:00.123Z");
    const id = rowId(at, "practice", "1.2.3");
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(at.getTime());
    expect(rowId(at, "practice", "1.2.3")).toBe(id);
    expect(rowId(at, "practice", "1.2.4")).not.toBe(id);
    expect(rowId(at, "practice1", ".2.3")).not.toBe(id);
    expect(rowId(new Date(at.getTime() + 1), "practice", "1.2.3")).not.toBe(id);
  });
});
