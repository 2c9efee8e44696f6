// kill -9 of the core while equipment is sending, at moments drawn by a seed. What was answered with success must be
// there after the restart, byte for byte; what was not may be there whole or not at all.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFolderObjects } from "#core/services/objects/folder.ts";
import { type KeptInstance, startCore, type TestCore } from "#tests/make/core.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { readSendable, sendFiles } from "#tests/make/scu.ts";
import { rounds, seedOf } from "#tests/make/soak.ts";
import { eventually } from "#tests/make/until.ts";

const associations = 4;
const eachSends = 40;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let core: TestCore;

beforeAll(async () => {
  // pictures are not what is tried here; one decoder leaves the machine to the senders
  core = await startCore({ environment: { DECODER_PROCESSES: "1" } });
}, 120_000);

afterAll(() => core?.stop());

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Moment = { readonly acknowledged: number; readonly milliseconds: number };

/** What a round sent, by SOP Instance UID, and how far it came. */
type Round = {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly acknowledged: ReadonlySet<string>;
  readonly inFlight: number;
};

/** Sends over some associations, kills the core a moment after so many answers, and starts it again. */
async function killedRound(round: number, moment: Moment): Promise<Round> {
  const files = new Map<string, Uint8Array>();
  const acknowledged = new Set<string>();
  const reached = Promise.withResolvers<void>();
  let working = associations;
  const send = async (association: number) => {
    const mine = Array.from({ length: eachSends }, (_, index) => `1.2.7.${round}.${association}.${index}`);
    for (const uid of mine) {
      files.set(uid, radiograph({ uid, study: `1.2.7.${round}`, rows: 500, columns: 500 }));
    }
    const onResponse = (status: number, uid: string) => {
      if (status === 0) acknowledged.add(uid);
      if (acknowledged.size >= moment.acknowledged) reached.resolve();
    };
    const options = { port: core.dicomPort, calledAeTitle: core.practice.aeTitle, onResponse };
    const mineFiles = mine.flatMap((uid) => files.get(uid) ?? []);
    await sendFiles(mineFiles, options).then(() => working--, () => undefined);
  };
  const sending = Array.from({ length: associations }, (_, index) => send(index));
  await reached.promise;
  await pause(moment.milliseconds);
  const inFlight = working;
  await core.kill("SIGKILL");
  await Promise.all(sending);
  await core.restart();
  return { files, acknowledged, inFlight };
}

async function settledRows(round: Round): Promise<Map<string, KeptInstance>> {
  const rows = await eventually(
    () => core.instances(),
    (found) => {
      const stored = new Set(found.filter((row) => row.storedAt !== null).map((row) => row.sopInstanceUid));
      return [...round.acknowledged].every((uid) => stored.has(uid));
    },
    60_000,
  );
  const mine = rows.filter((row) => round.files.has(row.sopInstanceUid));
  expect(new Set(mine.map((row) => row.sopInstanceUid)).size).toBe(mine.length);
  return new Map(mine.map((row) => [row.sopInstanceUid, row]));
}

/** Every row, acknowledged or not, stands for the whole of what was sent. */
async function expectWhole(round: Round, rows: ReadonlyMap<string, KeptInstance>): Promise<void> {
  const objects = await openFolderObjects(join(core.folder, "objects"));
  for (const [uid, row] of rows) {
    const { dataset } = readSendable(round.files.get(uid) ?? new Uint8Array());
    expect(row.datasetSha256).toBe(sha256(dataset));
    const opened = await objects.get(row.key);
    if (!opened && row.storedAt === null) continue;
    const bytes = Buffer.from(await new Response(opened?.stream).arrayBuffer());
    expect(bytes.subarray(-dataset.length).equals(dataset)).toBe(true);
  }
}

describe("PA-2 a core that is killed while equipment sends", () => {
  const count = rounds(20, 2);

  it(`keeps every acknowledged instance byte for byte, ${count} times`, async () => {
    const chance = chances(seedOf("the killed core"));
    for (let round = 1; round <= count; round++) {
      const moment = {
        acknowledged: 1 + Math.floor(chance() * associations * eachSends * 0.6),
        milliseconds: Math.floor(chance() * 40),
      };
      const sent = await killedRound(round, moment);
      expect(sent.acknowledged.size).toBeGreaterThan(0);
      expect(sent.inFlight).toBeGreaterThan(0);
      await expectWhole(sent, await settledRows(sent));

      const options = { port: core.dicomPort, calledAeTitle: core.practice.aeTitle };
      const again = await sendFiles([...sent.files.values()], options);
      expect(again.every((status) => status === 0)).toBe(true);
      const whole = { ...sent, acknowledged: new Set(sent.files.keys()) };
      const rows = await settledRows(whole);
      expect(rows.size).toBe(sent.files.size);
      await expectWhole(whole, rows);
      await eventually(() => readdir(join(core.folder, "archive/incoming")), (names) => names.length === 0);
      process.stdout.write(
        `round ${round}: killed after ${sent.acknowledged.size} answers, ${sent.inFlight} associations under way\n`,
      );
    }
  }, 1_200_000);
});
