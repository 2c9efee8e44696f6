// A study is complete after a quiet minute, told once, and open again when something new comes. The clock is the test's.
import { describe, expect, it } from "vitest";
import { arrival, dataset, type House, openHouses, settled } from "#tests/make/archive.ts";

const { newHouse, archiveIn, asOwner } = openHouses();
const minute = 60_000;

const stateOf = async ({ practice }: House) => {
  const of = `practice_id = '${practice.id}'`;
  const [study] = await asOwner(practice.id, `select id, completed_at from study where ${of}`);
  const events = await asOwner(
    practice.id,
    `select subject_id from event where ${of} and kind = 'study.completed'`,
  );
  expect(events.every(({ subject_id: subject }) => subject === study?.id)).toBe(true);
  return { complete: study?.completed_at !== null, told: events.length };
};

describe("PA-2 a study is complete", () => {
  it("after a quiet minute, told once, and open again when something new comes", async () => {
    const house = await newHouse();
    let now = Date.parse("2026-11-26T10:00:00Z");
    const archive = await archiveIn(house, { now: () => new Date(now) });
    const send = async (facts = dataset()) => {
      await archive.receive(arrival(house, facts.uid, facts.bytes));
      await settled(archive);
    };
    const first = dataset();
    await send(first);
    now += minute - 1;
    await archive.completeStudies();
    expect(await stateOf(house)).toEqual({ complete: false, told: 0 });
    now += 1;
    await archive.completeStudies();
    await archive.completeStudies();
    expect(await stateOf(house)).toEqual({ complete: true, told: 1 });
    await send(first);
    expect(await stateOf(house)).toEqual({ complete: true, told: 1 });
    await send();
    expect(await stateOf(house)).toEqual({ complete: false, told: 1 });
    now += minute;
    await archive.completeStudies();
    expect(await stateOf(house)).toEqual({ complete: true, told: 2 });
  });

  it("in batches, however many there are", async () => {
    const house = await newHouse();
    let now = Date.parse("2026-11-26T11:00:00Z");
    const archive = await archiveIn(house, { now: () => new Date(now), completeAtOnce: 2 });
    for (let study = 1; study <= 5; study++) {
      const { uid, bytes } = dataset({ study: `1.2.3.${study}` });
      await archive.receive(arrival(house, uid, bytes));
    }
    await settled(archive);
    now += minute;
    await archive.completeStudies();
    const open = `select id from study where practice_id = '${house.practice.id}' and completed_at is null`;
    expect(await asOwner(house.practice.id, open)).toEqual([]);
  });
});
