// The database or the object store away while equipment sends: known peers are served up to the stated backlog, then
// refused at once; everything acknowledged is there when the part is back, without a restart.
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bytesCapability } from "#core/contract/capability.ts";
import { AssociationFailed, echoPeer } from "#core/dimse/mod.ts";
import { systemRandom } from "#core/rpc/mod.ts";
import { addressOf } from "#tests/make/addresses.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { layLine, type Line } from "#tests/make/line.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { sendFiles } from "#tests/make/scu.ts";
import { eventually } from "#tests/make/until.ts";
import { uploadTo } from "#tests/make/uploads.ts";

const backlog = 5;
const outOfResources = 0xa700;

let core: TestCore;
let line: Line;

beforeAll(async () => {
  core = await startCore({
    environment: async (database) => {
      line = await layLine(Number(new URL(database.gateway).port));
      const through = (role: string) => addressOf(role, line.port);
      return {
        ARCHIVE_BACKLOG_RECORDS: String(backlog),
        DATABASE_URL_CORE: through("vetware_core"),
        DATABASE_URL_JOBS: through("vetware_jobs"),
      };
    },
  });
}, 120_000);
afterEach(() => line.mend());
afterAll(async () => {
  await core?.stop();
  await line?.stop();
});

let sent = 0;
/** Sends so many new radiographs over one association: their UIDs and the statuses they were answered with. */
async function send(count: number, callingAeTitle = "XRAY") {
  const uids = Array.from({ length: count }, () => `1.2.11.${++sent}`);
  const files = uids.map((uid) => radiograph({ uid, rows: 20, columns: 20 }));
  const statuses = await sendFiles(files, {
    port: core.dicomPort,
    calledAeTitle: core.practice.aeTitle,
    callingAeTitle,
  });
  return { uids, statuses };
}

/** Waits until all of these are in rows and in the object store. */
async function kept(uids: readonly string[]): Promise<void> {
  await eventually(
    () => core.instances(),
    (rows) => {
      const stored = new Set(rows.filter((row) => row.storedAt !== null).map((row) => row.sopInstanceUid));
      return uids.every((uid) => stored.has(uid));
    },
    90_000,
  );
}

const upload = () => uploadTo(core, radiograph({ uid: `1.2.11.${++sent}`, rows: 20, columns: 20 }));
const ready = async () => (await fetch(`${core.url}/readyz`)).status;

describe("PA-2 with the database away", () => {
  it(
    "known peers are served up to the backlog and then refused, strangers not at all, and nothing is lost",
    async () => {
      const before = await send(1);
      await kept(before.uids);
      line.cut();
      const taken = await send(backlog);
      expect(taken.statuses).toEqual(taken.uids.map(() => 0));
      const began = performance.now();
      const refused = await send(2);
      expect(refused.statuses).toEqual([outOfResources, outOfResources]);
      expect(performance.now() - began).toBeLessThan(3000);
      const stranger = echoPeer({
        host: "127.0.0.1",
        port: core.dicomPort,
        calledAeTitle: core.practice.aeTitle,
        callingAeTitle: "STRANGER",
      });
      await expect(stranger).rejects.toThrow(AssociationFailed);
      expect((await upload())?.status).toBe(503);
      expect(await ready()).toBe(503);

      line.mend();
      await kept(taken.uids);
      const after = await send(2);
      expect(after.statuses).toEqual([0, 0]);
      await kept(after.uids);
      await eventually(ready, (status) => status === 200, 30_000);
      const rows = await core.instances();
      expect(rows.map((row) => row.sopInstanceUid).sort()).toEqual(
        [...before.uids, ...taken.uids, ...after.uids].sort(),
      );
    },
    120_000,
  );
});

describe("PA-2 with the object store away", () => {
  it("serves up to the backlog, refuses peers and uploads beyond it, and catches up by itself", async () => {
    const first = await send(1);
    await kept(first.uids);
    const folder = join(core.folder, "objects/objects");
    await rename(folder, `${folder}.away`);
    await writeFile(folder, "no folder");
    const taken = await send(backlog);
    expect(taken.statuses).toEqual(taken.uids.map(() => 0));
    const rows = await eventually(
      () => core.instances(),
      (found) => taken.uids.every((uid) => found.some((row) => row.sopInstanceUid === uid)),
    );
    const waiting = rows.filter((row) => taken.uids.includes(row.sopInstanceUid));
    expect(waiting.every(({ storedAt }) => storedAt === null)).toBe(true);
    expect((await send(1)).statuses).toEqual([outOfResources]);
    expect(await upload()).toMatchObject({ status: 503 });

    // What waits for the store is read from where it stands.
    const who = { apiKey: uuidv7(), practice: core.practice.id, permission: "study:read" } as const;
    const thing = { original: waiting[0]?.id ?? "" };
    const capability = bytesCapability({ thing, who }, { now: Date.now, random: systemRandom });
    const bytes = await core.doors.getBytes(capability);
    expect([bytes.status, (await bytes.arrayBuffer()).byteLength > 800]).toEqual([200, true]);

    await rm(folder);
    await rename(`${folder}.away`, folder);
    await kept(taken.uids);
    expect(await upload()).toBeUndefined();
    expect((await send(1)).statuses).toEqual([0]);
  }, 120_000);
});
