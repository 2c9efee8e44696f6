// kill -9 of the core while equipment sends over eight associations, at moments drawn by a seed, with a dataset half
// received. What was answered with success must be there after the restart, byte for byte; what was not may be there
// whole or not at all; nothing half is seen, nothing is left over, and sending all of it again changes nothing.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFolderObjects } from "#core/services/objects/folder.ts";
import {
  givenPractice,
  type KeptInstance,
  keptInstances,
  startCore,
  type TestCore,
  type TestPractice,
} from "#tests/make/core.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { RawScu, readSendable, type ScuOptions, sendFiles, storePdus } from "#tests/make/scu.ts";
import { rounds, seedOf } from "#tests/make/soak.ts";
import { eventually } from "#tests/make/until.ts";

const associations = 8;
const eachSends = 12;
/** Bytes of a PDU; a dataset of half a megabyte takes about thirty. */
const room = 16_384;
const size = { rows: 500, columns: 500 };
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let core: TestCore;

beforeAll(async () => {
  // Pictures are not what is tried here: without a queue the machine is left to the senders.
  core = await startCore({ environment: { DATABASE_URL_JOBS: "postgresql://no:queue@127.0.0.1:9/here" } });
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

/** When the core is killed: after so many answers and milliseconds, with this part (0 to 1) of a dataset received. */
type Moment = { readonly acknowledged: number; readonly milliseconds: number; readonly part: number };

/** What a round sent, by SOP Instance UID, and how far it came. */
type Round = {
  readonly practice: TestPractice;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly acknowledged: ReadonlySet<string>;
  /** At the kill: associations that had not ended, and datasets that were not wholly received. */
  readonly inFlight: number;
  readonly half: number;
};

const incoming = () => join(core.folder, "archive/incoming");

function filesOf(round: number): Map<string, Uint8Array> {
  const uids = Array.from(
    { length: associations * eachSends },
    (_, index) => `1.2.7.${round}.${index % associations}.${Math.floor(index / associations)}`,
  );
  return new Map(uids.map((uid) => [uid, radiograph({ uid, study: `1.2.7.${round}`, ...size })]));
}

/** Sends one instance whole, then a part of the next, and holds there until the connection ends. */
async function sendHalf(
  files: readonly Uint8Array[],
  { onResponse, part, ...options }: ScuOptions & { readonly part: number },
): Promise<void> {
  const [whole, half] = files.map(readSendable);
  if (!whole || !half) throw new Error("two files are wanted");
  const scu = await RawScu.connect(options);
  const contextId = 1;
  const { sopClassUID, transferSyntaxUID } = whole;
  const proposal = { id: contextId, abstractSyntax: sopClassUID, transferSyntaxes: [transferSyntaxUID] };
  await scu.associate([proposal], options);
  onResponse?.(await scu.store(contextId, whole, room), whole.sopInstanceUID);
  const pdus = [...storePdus(contextId, half, room, 2)];
  for (const pdu of pdus.slice(0, 2 + Math.floor(part * (pdus.length - 3)))) await scu.write(pdu);
  await scu.closed();
}

/** Sends over some associations, kills the core a moment after so many answers, and starts it again. */
async function killedRound(round: number, moment: Moment): Promise<Round> {
  const practice = await givenPractice(core.database.addresses.vetware_owner);
  const files = filesOf(round);
  const acknowledged = new Set<string>();
  const reached = Promise.withResolvers<void>();
  const onResponse = (status: number, uid: string) => {
    if (status === 0) acknowledged.add(uid);
    if (acknowledged.size >= moment.acknowledged) reached.resolve();
  };
  const options = { port: core.dicomPort, calledAeTitle: practice.aeTitle, onResponse };
  let working = associations;
  const send = async (association: number) => {
    const mine = [...files].filter(([uid]) => uid.split(".")[4] === String(association)).map(([, file]) =>
      file
    );
    const sent = association === 0
      ? sendHalf(mine, { ...options, part: moment.part })
      : sendFiles(mine, options);
    await sent.then(() => association > 0 && working--, () => undefined);
  };
  const sending = Array.from({ length: associations }, (_, index) => send(index));
  await reached.promise;
  await pause(moment.milliseconds);
  const inFlight = working;
  await core.kill("SIGKILL");
  await Promise.all(sending);
  await core.restart();
  return { practice, files, acknowledged, inFlight, half: await sweptAtStart() };
}

/** How many files the core took away as it started: datasets that were under way when it was killed. */
async function sweptAtStart(): Promise<number> {
  const line = /"event":"incoming_swept".*"files":(\d+)/;
  const found = await eventually(
    () => Promise.resolve(line.exec(core.output())),
    (match) => match !== null,
    30_000,
  );
  return Number(found?.[1]);
}

async function settledRows({ practice, acknowledged }: Round): Promise<Map<string, KeptInstance>> {
  const rows = await eventually(
    () => keptInstances(core.db, practice.id),
    (found) => {
      const stored = new Set(found.filter((row) => row.storedAt !== null).map((row) => row.sopInstanceUid));
      return [...acknowledged].every((uid) => stored.has(uid));
    },
    60_000,
  );
  expect(new Set(rows.map((row) => row.sopInstanceUid)).size).toBe(rows.length);
  return new Map(rows.map((row) => [row.sopInstanceUid, row]));
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

/** Neither the incoming folder nor the store holds anything that no row names. */
async function expectNothingLeft(
  { practice }: Round,
  rows: ReadonlyMap<string, KeptInstance>,
): Promise<void> {
  await eventually(() => readdir(incoming()), (names) => names.length === 0, 30_000);
  const objects = await openFolderObjects(join(core.folder, "objects"));
  const kept = [];
  for await (const { key } of objects.list(`practice/${practice.id}/`)) kept.push(key);
  expect(kept.sort()).toEqual([...rows.values()].map(({ key }) => key).sort());
}

/** Sends everything again, and finds every instance there once. */
async function expectIdempotent(round: Round): Promise<void> {
  const options = { port: core.dicomPort, calledAeTitle: round.practice.aeTitle };
  const again = await sendFiles([...round.files.values()], options);
  expect(again.every((status) => status === 0)).toBe(true);
  const whole = { ...round, acknowledged: new Set(round.files.keys()) };
  const rows = await settledRows(whole);
  expect(rows.size).toBe(round.files.size);
  await expectWhole(whole, rows);
  await expectNothingLeft(whole, rows);
}

describe("PA-2 a core that is killed while equipment sends", () => {
  const count = rounds(100, 2);

  it(`keeps every acknowledged instance byte for byte, ${count} times`, async () => {
    const chance = chances(seedOf("the killed core"));
    for (let round = 1; round <= count; round++) {
      const moment = {
        acknowledged: 1 + Math.floor(chance() * associations * eachSends * 0.5),
        milliseconds: Math.floor(chance() * 20),
        part: chance(),
      };
      const sent = await killedRound(round, moment);
      expect(sent.acknowledged.size).toBeGreaterThanOrEqual(moment.acknowledged);
      expect(sent.inFlight).toBeGreaterThan(0);
      expect(sent.half).toBeGreaterThan(0);
      await expectWhole(sent, await settledRows(sent));
      await expectIdempotent(sent);
      process.stdout.write(
        `round ${round}: killed after ${sent.acknowledged.size} answers, ${sent.inFlight} associations under way, ` +
          `${sent.half} datasets under way\n`,
      );
    }
  }, 3_600_000);
});
