// The house of a self-hoster: a plain PostgreSQL behind our gateway and an S3 store, both brought by the operator, as
// the README tells to start it. The same path as in house.test.ts: in from a PACS, out by a link, and taken back.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { Problem } from "#core/contract/problem.ts";
import { addressesAt, addressOf } from "#tests/make/addresses.ts";
import { projectRoot } from "#tests/make/database.ts";
import { denoPath } from "#tests/make/deno.ts";
import { needs } from "#tests/make/needs.ts";
import { type Platform, startPlatform } from "#tests/make/platform.ts";
import { postgresNeed, type PostgresServer, startPostgresServer } from "#tests/make/postgresServer.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { readyLine } from "#tests/make/readyLine.ts";
import { type S3Server, startS3Server } from "#tests/make/s3Server.ts";
import { FrameRange } from "#core/contract/pixels.ts";
import { readSendable } from "#tests/make/scu.ts";
import { type Staff, staffOf, visitOf } from "#tests/make/staff.ts";
import { eventually } from "#tests/make/until.ts";

const { describe, it } = needs(postgresNeed);
const sent = radiograph({
  uid: "2.25.3001",
  study: "2.25.3000",
  patientID: "OUTSIDE-1",
  rows: 1500,
  columns: 1200,
});

describe("PA-1 PA-4 PA-6 PL-14 the whole house on a plain PostgreSQL and an S3 store", () => {
  let postgres: PostgresServer;
  let gateway: ChildProcess;
  let store: S3Server;
  let folder: string;
  let addresses: Record<string, string>;
  let house: Platform;
  let staff: Staff;
  let takenBack: string;

  beforeAll(async () => {
    [postgres, store, folder] = await Promise.all([
      startPostgresServer(),
      startS3Server(),
      mkdtemp(join(tmpdir(), "vetware-outside-")),
    ]);
    gateway = startGateway(postgres.port);
    const { gatewayPort } = await readyLine(gateway);
    addresses = settingsFor(Number(gatewayPort), store);
    await start({ ...addresses, DATABASE_URL_ADMIN: addressOf("postgres", Number(gatewayPort)) });
  }, 180_000);

  afterAll(async () => {
    await house?.stop();
    await end(gateway);
    await Promise.all([postgres?.stop(), store?.close()]);
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function start(environment: Record<string, string>): Promise<void> {
    house = await startPlatform({ folder, environment });
    staff = staffOf(house.demo);
  }

  it("starts with nothing of its own: roles made, tables migrated, the demo practice seeded", async () => {
    expect(house.output()).toMatch(/^database {2}PostgreSQL as set$/m);
    expect(house.output()).toMatch(/^objects {3}S3, bucket vetware-test$/m);
    expect([existsSync(join(folder, "database")), existsSync(join(folder, "objects"))]).toEqual([
      false,
      false,
    ]);
    const seeded = await eventually(
      () => staff.studies(),
      (studies) => studies.every(({ pending }) => pending === 0),
      90_000,
    );
    expect(seeded).toHaveLength(4);
    const { opened } = await visitOf(await staff.open(house.demo.shareUrl));
    const instances = opened.study.series.flatMap((series) => series.instances);
    expect(instances.length).toBeGreaterThan(0);
    expect(instances.map(({ state }) => state)).toEqual(instances.map(() => "ready"));
  });

  it("takes a radiograph from a PACS, shows it by a link in ranges, and takes the link back", async () => {
    expect(await staff.send(sent)).toEqual([0]);
    const study = await staff.preparedStudy("OUTSIDE-1");
    const { share, url } = await staff.share(study.id);
    takenBack = url;
    const { opened, cookie } = await visitOf(await staff.open(url));
    const [instance] = opened.study.series[0]?.instances ?? [];
    const whole = instance?.picture?.bytes ?? 0;
    const first = FrameRange.parse(instance?.picture?.frames[0]).tilePartEnds[2] ?? 0;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(whole);

    const picture = new URL(`/api/opened/${share.id}/instances/${instance?.id}/picture`, house.demo.edge);
    const range = (asked: string) => fetch(picture, { headers: { cookie, range: asked } });
    const part = await range(`bytes=0-${first - 1}`);
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 0-${first - 1}/${whole}`]);
    const bytes = Buffer.concat([
      new Uint8Array(await part.arrayBuffer()),
      new Uint8Array(await (await range(`bytes=${first}-`)).arrayBuffer()),
    ]);
    expect([...store.objects.values()].some((kept) => kept.bytes.equals(bytes))).toBe(true);

    await staff.ask("DELETE", `/api/shares/${share.id}`);
    expect((await range("bytes=0-99")).status).toBe(403);
    expect((await staff.open(url)).status).toBe(403);
  });

  it("keeps every byte in the store, encrypted there, and leaves none behind on its own disk", async () => {
    const { dataset } = readSendable(sent);
    const kept = await eventually(
      () => Promise.resolve([...store.objects]),
      (all) => all.some(([, { bytes }]) => bytes.subarray(-dataset.length).equals(dataset)),
    );
    expect(kept.filter(([, { encryption }]) => encryption !== "AES256")).toEqual([]);
    expect(kept.filter(([key]) => !key.startsWith("practice/")).map(([key]) => key)).toEqual([]);
    expect(store.uploads.size).toBe(0);
    expect(existsSync(join(folder, "objects"))).toBe(false);
    await eventually(() => readdir(join(folder, "archive/incoming")), (names) => names.length === 0);
  });

  it("a restart keeps everything: studies, bytes, links and what was taken back", async () => {
    const before = await staff.studies();
    await house.stop();
    // The administrator is needed once.
    await start(addresses);
    expect((await staff.studies()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    const study = await staff.preparedStudy("OUTSIDE-1");
    const [instance] = (await staff.pictures(study.id)).series[0]?.instances ?? [];
    const original = await staff.original(study.id, instance?.id ?? "");
    const { dataset } = readSendable(sent);
    expect(Buffer.from(original.subarray(-dataset.length)).equals(dataset)).toBe(true);
    await visitOf(await staff.open(house.demo.shareUrl));
    const refusal = await staff.open(takenBack);
    expect([refusal.status, Problem.parse(await refusal.json()).detail]).toEqual([
      403,
      "The practice has taken this link back. Ask the practice for a new one.",
    ]);
  });
});

/** `deno task gateway`, on a port the system chooses. */
function startGateway(postgresPort: number): ChildProcess {
  return spawn(denoPath(), ["task", "gateway"], {
    cwd: projectRoot,
    env: { ...process.env, POSTGRES_PORT: String(postgresPort), DATABASE_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

function settingsFor(gatewayPort: number, { endpoint, bucket, keys }: S3Server): Record<string, string> {
  const urls = Object.entries(addressesAt(gatewayPort)).map(([role, address]) => [
    `DATABASE_URL_${role.replace("vetware_", "").toUpperCase()}`,
    address,
  ]);
  return {
    ...Object.fromEntries(urls),
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: keys.accessKeyId,
    S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
  };
}
