// A real core with two practices that have the same file each, for tests that one never reaches what the other has.
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll } from "vitest";
import { capabilityPermission, ingestCapability } from "#core/contract/capability.ts";
import { Acting, type Permission } from "#core/contract/call.ts";
import { systemRandom } from "#core/rpc/mod.ts";
import { instance, measurementReport } from "#db/schema/mod.ts";
import { type CoreOptions, keptInstances, startCore, type TestCore } from "./core.ts";
import { type Given, type GivenPractice, openGiven } from "./given.ts";
import { stateOf } from "./practiceState.ts";
import { radiograph } from "./radiograph.ts";
import { eventually } from "./until.ts";

/** Ids of one practice's things, or made-up ones. */
export type Things = { study: string; instance: string; peer: string; transfer: string };

/** The file that both practices have. */
export const file = radiograph({ uid: "1.2.3.7.1" });

/** How capabilities are made here. */
export const issuing = { now: Date.now, random: systemRandom };

/** Ids of nobody. */
export const nothing = (): Things => ({
  study: uuidv7(),
  instance: uuidv7(),
  peer: uuidv7(),
  transfer: uuidv7(),
});

/**
 * Every way to act for a practice, with the permission that is wanted. The ids are nobody's: it is the practice that
 * decides, and the edge alone names it.
 */
export function actors(practice: string | undefined, permission: Permission): Acting[] {
  const ids = { account: uuidv7(), apiKey: uuidv7(), shareSession: uuidv7(), system: true };
  return Acting.options.map((option) => {
    const kind = Object.keys(option.shape).filter((name) => !["practice", "permission"].includes(name));
    const named = Object.entries(ids).filter(([name]) => kind.includes(name));
    return Acting.parse({ ...Object.fromEntries(named), practice, permission });
  });
}

/** Starts a core on a kind of database before the tests around the call, and stops it after them. */
export function openTwoPractices(start: CoreOptions["start"]) {
  let core: TestCore;
  let given: Given;
  let a: GivenPractice;
  let b: GivenPractice;
  let ofA: Things;
  let ofB: Things;

  beforeAll(async () => {
    core = await startCore({ start });
    given = openGiven(core.database);
    [a, b] = [await given.practice("Alpha"), await given.practice("Beta")];
    [ofA, ofB] = [await thingsOf(a), await thingsOf(b)];
  }, 120_000);
  afterAll(async () => {
    await given.owner.close();
    await core.stop();
  });

  /** All that the database holds of both. */
  const states = async () => [await stateOf(given.owner, a.id), await stateOf(given.owner, b.id)];

  async function thingsOf(practice: GivenPractice): Promise<Things> {
    const { id } = practice;
    await upload(id, file);
    const [kept] = await eventually(
      () => keptInstances(core.db, id),
      ([row]) => row?.derivation === "ready" && row.storedAt !== null,
      60_000,
    );
    const [row] = await core.db.readAs(
      id,
      (q) => q.select({ study: instance.studyId, instance: instance.id }).from(instance),
    );
    if (!row || row.instance !== kept?.id) throw new Error("one instance was uploaded");
    const reached = { aeTitle: "PACS", host: "127.0.0.1", port: core.dicomPort };
    const peer = await given.peer(practice, "192.0.2.1/32", reached);
    return { ...row, peer, transfer: await given.transfer(practice, row.study, peer) };
  }

  function upload(practice: string, bytes: Uint8Array) {
    const who = { account: uuidv7(), practice, permission: capabilityPermission.ingest };
    const body = new Blob([Uint8Array.from(bytes)]).stream();
    return core.doors.putIngest(ingestCapability({ who, limit: 10_000_000 }, issuing), body);
  }

  /** What is still done with instances would change the states that tests compare. A report has no picture. */
  const nothingToDo = () =>
    eventually(
      async () => {
        const reports = await core.db.readAs(
          a.id,
          (q) => q.select({ id: measurementReport.id }).from(measurementReport),
        );
        return { rows: await keptInstances(core.db, a.id), reports };
      },
      ({ rows, reports }) =>
        reports.every(({ id }) => rows.some((row) => row.id === id)) &&
        rows.every(({ derivation, storedAt }) => ["ready", "none"].includes(derivation) && storedAt !== null),
      60_000,
    );

  return {
    get core() {
      return core;
    },
    get given() {
      return given;
    },
    get a() {
      return a;
    },
    get b() {
      return b;
    },
    get ofA() {
      return ofA;
    },
    get ofB() {
      return ofB;
    },
    states,
    upload,
    nothingToDo,
  };
}
