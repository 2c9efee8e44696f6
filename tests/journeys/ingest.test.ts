import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "drizzle-orm";
import sharp from "sharp";
import { uuidv7 } from "uuidv7";
import { digestSecret, verifySecret } from "#core/contract/secrets.ts";
import { prepareAgain } from "#core/contract/archive.ts";
import type { Acting } from "#core/contract/call.ts";
import { testData } from "#tests/make/data.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { readSendable, sendFiles } from "#tests/make/scu.ts";
import { eventually } from "#tests/make/until.ts";

const run = promisify(execFile);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let core: TestCore;

beforeAll(async () => {
  core = await startCore();
}, 120_000);

afterAll(() => core?.stop());

const send = (files: readonly (string | Uint8Array)[]) =>
  sendFiles(files, { port: core.dicomPort, calledAeTitle: core.practice.aeTitle });

const acting = (permission: `${string}:${string}`): Acting => ({
  account: "01900000-0000-7000-8000-000000000001",
  practice: core.practice.id,
  permission,
});

const inAMinute = () => Math.floor(Date.now() / 1000) + 50;

/** The bytes of a thing through the bytes door. */
async function fetchThing(
  thing: { original: string } | { derivative: string } | { preview: string; size: 1024 | 256 },
) {
  const answer = await core.doors.getBytes({
    kind: "bytes",
    who: acting("study:read"),
    id: uuidv7(),
    expires: inAMinute(),
    thing,
  });
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

async function instanceOf(
  uid: string,
  fits: (derivation: string) => boolean = (state) => state !== "pending",
) {
  const rows = await eventually(
    () => core.instances(),
    (found) =>
      found.some((row) => row.sopInstanceUid === uid && row.storedAt !== null && fits(row.derivation)),
    60_000,
  );
  const row = rows.find((one) => one.sopInstanceUid === uid);
  if (!row) throw new Error("not there");
  return row;
}

/** Sends a file, and follows it to its original and its pictures. */
async function follows(file: Uint8Array) {
  const { sopInstanceUID, dataset } = readSendable(file);
  const row = await instanceOf(sopInstanceUID);
  const original = await fetchThing({ original: row.id });
  expect(row.datasetSha256).toBe(sha256(dataset));
  expect(original.subarray(-dataset.length).equals(dataset)).toBe(true);
  expect([row.derivation, row.derivationFault]).toEqual(["ready", null]);
  const preview = await sharp(await fetchThing({ preview: row.id, size: 1024 })).metadata();
  expect(preview.format).toBe("webp");
  expect(Math.max(preview.width, preview.height)).toBeLessThanOrEqual(1024);
  const thumbnail = await sharp(await fetchThing({ preview: row.id, size: 256 })).metadata();
  expect(Math.max(thumbnail.width, thumbnail.height)).toBeLessThanOrEqual(256);
  const codestream = await fetchThing({ derivative: row.id });
  expect(codestream.readUInt16BE(0)).toBe(0xff4f); // SOC, ISO/IEC 15444-1 A.4.1
  return row;
}

describe("PA-1 PA-2 a study comes from a PACS", () => {
  it("is kept byte for byte and gets its pictures", async () => {
    const file = radiograph({ uid: "1.2.3.100.1" });
    expect(await send([file])).toEqual([0]);
    await follows(file);
  }, 60_000);

  it("is answered again with success when it is sent again, and stored once", async () => {
    const file = radiograph({ uid: "1.2.3.100.2" });
    expect(await send([file, file])).toEqual([0, 0]);
    expect(await send([file])).toEqual([0]);
    await instanceOf("1.2.3.100.2");
    const rows = (await core.instances()).filter((row) => row.sopInstanceUid === "1.2.3.100.2");
    expect(rows).toHaveLength(1);
  }, 60_000);

  it("is refused for a called AE title that no practice has, in the words for any stranger", async () => {
    const file = radiograph({ uid: "1.2.3.100.3" });
    const sent = sendFiles([file], { port: core.dicomPort, calledAeTitle: "NOBODY" });
    await expect(sent).rejects.toThrow(/but 3: 00010103/);
  });

  it("is refused from an address that the practice has not registered", async () => {
    const file = radiograph({ uid: "1.2.3.100.4" });
    const { dicomPort: port, practice: { aeTitle: calledAeTitle } } = core;
    const sent = sendFiles([file], { port, calledAeTitle, from: "127.0.0.2" });
    await expect(sent).rejects.toThrow(/but 3: 00010103/);
  });

  it("that has no pixels is kept and says that there is no picture", async () => {
    const file = radiograph({ uid: "1.2.3.100.5", rows: 0, columns: 0 });
    expect(await send([file])).toEqual([0]);
    const row = await instanceOf("1.2.3.100.5");
    expect(row.derivation).toBe("none");
    expect(row.derivationFault).toMatch(/^[A-Z].*\.$/);
  }, 60_000);

  for (const name of ["dicom/derived__vetdx14_3036x2496_ele.dcm", "dicom/wg04__RG2_JPLL.dcm"]) {
    needs(data(name)).it(`of real equipment, ${name}, goes the whole way`, async () => {
      const file = await readFile(testData(name));
      expect(await send([file])).toEqual([0]);
      await follows(file);
    }, 90_000);
  }

  needs(program("storescu"), data("dicom/wg04__RG2_JPLL.dcm")).it("comes from DCMTK as from us", async () => {
    const folder = await mkdtemp(join(tmpdir(), "storescu-"));
    try {
      const files = [radiograph({ uid: "1.2.3.100.6" }), radiograph({ uid: "1.2.3.100.7" })];
      const paths = await Promise.all(files.map(async (file, index) => {
        const path = join(folder, `${index}.dcm`);
        await writeFile(path, file);
        return path;
      }));
      const target = ["-aec", core.practice.aeTitle, "127.0.0.1", String(core.dicomPort)];
      await run("storescu", [...target, ...paths]);
      await run("storescu", ["-xs", ...target, testData("dicom/wg04__RG2_JPLL.dcm")]);
      for (const file of files) await follows(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 90_000);
});

describe("PA-1 a file is uploaded", () => {
  async function upload(file: Uint8Array) {
    const body = new Blob([Buffer.from(file)]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>;
    const who = acting("study:upload");
    return await core.doors.putIngest(
      { kind: "ingest", who, id: uuidv7(), expires: inAMinute(), limit: 100_000_000, form: "file" },
      body,
    );
  }

  it("and comes back as it was sent", async () => {
    const file = radiograph({ uid: "1.2.3.200.1", study: "1.2.3.200" });
    const answer = await upload(file);
    expect(answer).toMatchObject({
      sha256: sha256(file),
      bytes: file.length,
      outcome: { studyInstanceUid: "1.2.3.200", sopInstanceUid: "1.2.3.200.1" },
    });
    const row = await instanceOf("1.2.3.200.1");
    expect((await fetchThing({ original: row.id })).equals(file)).toBe(true);
  }, 60_000);

  it("and is refused in plain words when it is no DICOM file", async () => {
    const refused = await upload(Buffer.from("PK\x03\x04 holiday pictures")).catch((fault: unknown) => fault);
    expect(refused).toMatchObject({ problem: { status: 415, detail: expect.stringMatching(/ZIP/) } });
  });
});

describe("PL-20 the core tells how it is", () => {
  it("is ready, counts what came, and shows no lag when all is done", async () => {
    expect((await fetch(`${core.url}/readyz`)).status).toBe(200);
    const numbers = await (await fetch(`${core.url}/metrics`)).text();
    expect(numbers).toMatch(/vetware_dicom_instances_stored_total [1-9]/);
    expect(numbers).toMatch(/vetware_derivations_total\{outcome="ready"\} [1-9]/);
    expect(numbers).toMatch(/vetware_journal_lag_records 0/);
  });

  it("tells open pages of every study that changed", async () => {
    const seen = [];
    const stop = new AbortController();
    for await (
      const event of core.doors.events({ practice: core.practice.id }, "0-0", { signal: stop.signal })
    ) {
      if (event !== "heartbeat") seen.push(event);
      if (seen.length >= 3) break;
    }
    expect(seen.every((event) => event.kind === "study.changed")).toBe(true);
  });
});

describe("PL-3 secrets", () => {
  it("are digested and compared by call", async () => {
    const { digest } = await core.edge(digestSecret, { secret: "correct horse" }, {
      who: acting("secret:digest"),
    });
    expect(digest).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const verify = (secret: string, kept: string | null) =>
      core.edge(verifySecret, { secret, digest: kept }, { who: acting("secret:verify") });
    expect(await verify("correct horse", digest)).toEqual({ matches: true });
    expect(await verify("wrong horse", digest)).toEqual({ matches: false });
    expect(await verify("correct horse", null)).toEqual({ matches: false });
  });
});

describe("PA-5 pictures that failed", () => {
  it("are made again when someone asks", async () => {
    await send([radiograph({ uid: "1.2.3.300.1", study: "1.2.3.300" })]);
    const row = await instanceOf("1.2.3.300.1");
    await core.db.writeAs(
      core.practice.id,
      (tx) =>
        tx.execute(
          sql`update instance set derivation = 'failed', derivation_fault = 'x' where id = ${row.id}`,
        ),
    );
    const { rows: [study] } = await core.db.readAs(
      core.practice.id,
      (q) => q.execute<{ study_id: string }>(sql`select study_id from instance where id = ${row.id}`),
    );
    const asked = await core.edge(prepareAgain, { study: study?.study_id ?? "" }, {
      who: acting("study:prepare"),
      idempotencyKey: uuidv7(),
    });
    expect(asked).toEqual({ asked: 1 });
    await instanceOf("1.2.3.300.1", (state) => state === "ready");
  }, 60_000);

  it("of another practice are not there to ask for", async () => {
    const refused = await core.edge(prepareAgain, { study: uuidv7() }, {
      who: acting("study:prepare"),
      idempotencyKey: uuidv7(),
    }).catch((fault: unknown) => fault);
    expect(refused).toMatchObject({ problem: { status: 404 } });
  });
});

describe("PA-2 the folder of the archive", () => {
  it("is empty of incoming files when all is stored", async () => {
    await eventually(() => readdir(join(core.folder, "archive/incoming")), (names) => names.length === 0);
  });
});
