// What becomes of studies over time, on the real stack: the scheduled jobs run in the core's own queue, asked for early
// here, and people see what they did at the front door.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Integrity } from "#core/contract/integrity.ts";
import { StudyList } from "#core/contract/studies.ts";
import { openFolderObjects } from "#core/services/objects/folder.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";
import { uploadTo } from "#tests/make/uploads.ts";

let core: TestCore;
let edge: TestEdge;
let key: string;

beforeAll(async () => {
  core = await startCore();
  edge = await startEdge({ database: core.database, core });
  key = (await edge.given.apiKey({ ...core.practice, name: "" })).secret;
}, 120_000);
afterAll(async () => {
  await edge?.stop();
  await core?.stop();
});

const ask = async (method: string, path: string) =>
  await (await edge.app.request(path, { method, headers: bearer(key) })).json();
const listed = async (query = "") => StudyList.parse(await ask("GET", `/api/studies${query}`)).studies;

/** Has a scheduled job run now. */
const run = (name: string) => core.asOwner(`select app.enqueue('${name}', '{}'::jsonb, null)`);

async function keysOf(): Promise<string[]> {
  const objects = await openFolderObjects(join(core.folder, "objects"));
  const keys = [];
  for await (const { key: one } of objects.list(`practice/${core.practice.id}/`)) keys.push(one);
  return keys;
}

/** Uploads a radiograph and waits until all of it is in place; the study's id. */
async function uploaded(study: string): Promise<string> {
  expect(await uploadTo(core, radiograph({ uid: `${study}.1`, study }))).toBeUndefined();
  const [found] = await eventually(
    async () => await listed(`?studyInstanceUid=${study}`),
    ([one]) => one?.pending === 0 && one.thumbnail !== null,
    60_000,
  );
  return found?.id ?? "";
}

/** Changes a byte of every file on disk that holds a DICOM file. */
async function damageOriginals(): Promise<void> {
  const folder = join(core.folder, "objects/objects");
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (bytes.toString("latin1", 128, 132) !== "DICM") continue;
    bytes[bytes.length - 1000] = (bytes[bytes.length - 1000] ?? 0) ^ 1;
    await writeFile(path, bytes);
  }
}

describe("PA-2 a study over time", () => {
  it("is told complete a minute after its last arrival", async () => {
    const study = await uploaded("1.2.3.70");
    expect((await listed())[0]).toMatchObject({ id: study, complete: false, versions: 0 });
    await core.asOwner("update study set last_received_at = last_received_at - interval '2 minutes'");
    await run("completeStudies");
    await eventually(listed, ([one]) => one?.complete === true, 30_000);
  });

  it("is read again by the scrub, and a file that was changed on disk is told", async () => {
    await damageOriginals();
    await run("scrubObjects");
    const { report } = await eventually(
      async () => Integrity.parse(await ask("GET", "/api/integrity")),
      ({ report: last }) => last !== null && last.endedAt !== null,
      30_000,
    );
    const [instance] = await core.instances();
    expect(report).toMatchObject({ checked: 4, missing: 0, damaged: 1 });
    expect(report?.faults).toEqual([{ instanceId: instance?.id, fault: "damaged", what: "original" }]);
  });

  it("is gone for good when its time in the bin is over, and stays away when the journal is replayed", async () => {
    const study = await uploaded("1.2.3.71");
    expect(await ask("DELETE", `/api/studies/${study}`)).toHaveProperty("purgeAt");
    expect((await listed("?bin=true")).map(({ id }) => id)).toEqual([study]);
    const before = await keysOf();
    await core.asOwner(`update study set purge_at = now() where id = '${study}'`);
    await run("purgeStudies");
    const after = await eventually(keysOf, (keys) => keys.length === before.length - 4, 30_000);
    expect(await listed("?bin=true")).toEqual([]);
    await eventually(
      () => core.asOwner("select id from study_purge where finished_at is not null"),
      (rows) => rows.length === 1,
    );
    await core.asOwner("delete from journal_progress");
    await core.restart();
    await eventually(
      () => Promise.resolve(core.output()),
      (text) => text.includes("journal_replayed"),
      30_000,
    );
    expect(await keysOf()).toEqual(after);
    expect((await listed()).map(({ id }) => id)).not.toContain(study);
  });
});
