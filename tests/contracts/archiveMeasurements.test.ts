// PA-9 measurements that are kept with a study: durable reports in the archive, one after another, that come back when
// the rows are made again and leave with the study.
import { uuidv7 } from "uuidv7";
import { afterAll, describe, expect, it } from "vitest";
import type { Archive } from "#core/archive/mod.ts";
import type { Measurement } from "#core/contract/measurements.ts";
import { isRefused } from "#core/contract/problem.ts";
import { openDecoders, readMeasurementReport, readPart10 } from "#core/dicom/mod.ts";
import { type House, openHouses, settled, upload } from "#tests/make/archive.ts";
import { radiograph } from "#tests/make/radiograph.ts";

const { newHouse, archiveIn, close, asOwner, forgetProgress } = openHouses();
const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
afterAll(() => decoders.close());

const by = {
  who: { account: uuidv7(), permission: "study:measure" },
  from: { ip: null, userAgent: null },
} as const;
const length = (instanceId: string, x: number): Measurement => ({
  instanceId,
  frame: 0,
  kind: "length",
  points: [{ x: 1, y: 2 }, { x, y: 7.5 }],
  text: "",
  millimetres: null,
});

type Kept = { house: House; archive: Archive; study: string; picture: string };

/** A practice with one radiograph whose picture is ready. */
async function withPicture(): Promise<Kept> {
  const house = await newHouse();
  const archive = await archiveIn(house, { decoders });
  await archive.receive(upload(house, radiograph({ uid: "1.2.3.7.1" })));
  await settled(archive);
  await deriveAll(house, archive);
  const [row] = await own(house, "id, study_id from instance");
  return { house, archive, study: String(row?.study_id), picture: String(row?.id) };
}

const own = ({ practice }: House, what: string) =>
  asOwner(practice.id, `select ${what} where practice_id = '${practice.id}' order by id`);

async function deriveAll(house: House, archive: Archive): Promise<void> {
  const pending = await asOwner(
    house.practice.id,
    `select id from instance where practice_id = '${house.practice.id}' and derivation = 'pending' order by id`,
  );
  for (const { id } of pending) await archive.derive({ practice: house.practice.id, instance: String(id) });
}

async function save({ house, archive, study }: Kept, after: string | null, measurements: Measurement[]) {
  const wish = { practice: house.practice.id, study, after, measurements, author: "Dr Vet", by };
  const saved = await archive.saveMeasurements(wish);
  return isRefused(saved) ? saved.refused.status : saved.report;
}

const reports = (house: House) =>
  own(house, "id, author, sop_instance_uid, series_instance_uid, measurements from measurement_report");

describe("PA-9 measurements kept with a study", () => {
  it("are a report in the archive, readable again as it was drawn, and in its study", async () => {
    const kept = await withPicture();
    const report = await save(kept, null, [length(kept.picture, 40)]);
    await settled(kept.archive);
    await deriveAll(kept.house, kept.archive);
    const [row, ...more] = await reports(kept.house);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ id: report, author: "Dr Vet" });
    const [, instance] = await own(kept.house, "id, study_id, sop_class_uid, derivation from instance");
    expect(instance).toMatchObject({
      id: report,
      study_id: kept.study,
      sop_class_uid: "1.2.840.10008.5.1.4.1.1.88.33",
      derivation: "none",
    });
    const opened = await kept.archive.openOriginal(kept.house.practice.id, String(report));
    const file = new Uint8Array(await new Response(await opened?.read()).arrayBuffer());
    const { instanceId: _, ...drawn } = length(kept.picture, 40);
    expect(readMeasurementReport(readPart10(file).dataset)?.measurements).toEqual([
      { ...drawn, sopInstanceUid: "1.2.3.7.1" },
    ]);
    const deeds = await own(kept.house, "id, action from audit");
    expect(deeds.filter(({ action }) => action === "study.measured")).toHaveLength(1);
  });

  it("follow one another: who does not know the newest is told, and nothing of theirs is kept", async () => {
    const kept = await withPicture();
    const first = String(await save(kept, null, [length(kept.picture, 40)]));
    const [one, other] = await Promise.all([
      save(kept, first, [length(kept.picture, 50)]),
      save(kept, first, [length(kept.picture, 60)]),
    ]);
    const second = [one, other].filter((answer) => typeof answer === "string");
    expect([second.length, [one, other].includes(409)]).toEqual([1, true]);
    expect(await save(kept, null, [])).toBe(409);
    expect(await save(kept, String(second[0]), [])).toEqual(expect.any(String));
    await settled(kept.archive);
    expect(await own(kept.house, "id from instance")).toHaveLength(4);
    const rows = await reports(kept.house);
    expect(rows.map(({ measurements }) => (measurements as unknown[]).length)).toEqual([1, 1, 0]);
    expect(new Set(rows.map((row) => row.series_instance_uid)).size).toBe(1);
  });

  it("are refused on pictures of another study, and for a study that is not there", async () => {
    const kept = await withPicture();
    const stranger = await withPicture();
    expect(await save(kept, null, [length(stranger.picture, 40)])).toBe(422);
    expect(await save({ ...kept, study: stranger.study }, null, [])).toBe(404);
    expect(await save({ ...kept, study: uuidv7() }, null, [])).toBe(404);
    expect(await reports(kept.house)).toEqual([]);
  });

  it("come back with a replay, and leave with the study", async () => {
    const kept = await withPicture();
    const { house, study } = kept;
    const first = await save(kept, null, [length(kept.picture, 40)]);
    await save(kept, String(first), [length(kept.picture, 50), length(kept.picture, 60)]);
    await settled(kept.archive);
    await deriveAll(house, kept.archive);
    const before = await reports(house);
    await close(kept.archive);
    await forgetProgress();
    for (const table of ["derivative", "instance", "series", "study", "object"]) {
      await asOwner(house.practice.id, `delete from ${table} where practice_id = '${house.practice.id}'`);
    }
    expect(await reports(house)).toEqual([]);
    const again = await archiveIn(house, { decoders });
    await settled(again);
    await deriveAll(house, again);
    expect(await reports(house)).toEqual(before);

    const author = { who: { ...by.who, permission: "study:delete" }, from: by.from } as const;
    await again.binStudy({ practice: house.practice.id, study, author });
    await asOwner(
      house.practice.id,
      `update study set purge_at = now() - interval '1 day' where id = '${study}'`,
    );
    expect(await again.purgeStudies()).toBe(1);
    expect(await reports(house)).toEqual([]);
  });
});
