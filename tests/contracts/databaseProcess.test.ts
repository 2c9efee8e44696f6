import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { applyMigrations } from "#db/applyMigrations.ts";
import { FolderInUse, lockFolder } from "#db/embedded/folderLock.ts";
import { openPlainDatabase } from "#db/mod.ts";
import { prepareRoles } from "#db/prepareRoles.ts";
import { addressesAt, addressOf, testPassword } from "#tests/make/addresses.ts";
import { embeddedEnvironment, projectRoot, startEmbedded, startOn } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { postgresNeed, startPostgresServer } from "#tests/make/postgresServer.ts";
import { readyLine } from "#tests/make/readyLine.ts";

describe("the embedded database as a process", () => {
  it("rows that were acknowledged are there after kill -9, five times over", async () => {
    const running = await startEmbedded({ files: false });
    onTestFinished(running.stop);
    const owner = openPlainDatabase(running.addresses.vetware_owner);
    onTestFinished(owner.close);
    await owner.query("create table kept (a int)");
    let kept = 0;
    for (let round = 0; round < 5; round++) {
      let isDying = false;
      const writing = (async () => {
        while (!isDying) {
          await owner.query("insert into kept values (1)");
          kept++;
        }
      })().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100 + round * 13));
      const crash = running.crash();
      isDying = true;
      await Promise.all([crash, writing]);
      const [row] = await owner.query("select count(*) from kept");
      // One more may be there: committed, and killed before it was told.
      expect(Number(row?.count) - kept).toBeGreaterThanOrEqual(0);
      expect(Number(row?.count) - kept).toBeLessThanOrEqual(round + 1);
      kept = Number(row?.count);
    }
  }, 120_000);

  it("has its folder alone, and gives it back on SIGTERM", async () => {
    const data = newFolder();
    const first = startProcess(data);
    onTestFinished(() => void first.kill("SIGKILL"));
    await readyLine(first);
    const second = startProcess(data);
    let said = "";
    second.stderr.on("data", (text) => said += text);
    expect((await once(second, "exit"))[0]).toBe(1);
    expect(said).toBe("another process serves this database folder\n");
    const lock = join(data, "database", "lock");
    expect(existsSync(lock)).toBe(true);
    first.kill("SIGTERM");
    expect((await once(first, "exit"))[0]).toBe(0);
    expect(existsSync(lock)).toBe(false);
  }, 60_000);

  it("a first start that was cut in the middle begins anew", async () => {
    const data = newFolder();
    const child = startProcess(data);
    const cluster = join(data, "database", "postgres");
    while (!existsSync(cluster) || readdirSync(cluster).length === 0) {
      await new Promise((next) => setTimeout(next, 5));
    }
    child.kill("SIGKILL");
    await once(child, "exit");
    const running = await startOn(data);
    onTestFinished(running.stop);
    const owner = openPlainDatabase(running.addresses.vetware_owner);
    onTestFinished(owner.close);
    expect(await owner.query("select 1 as a")).toEqual([{ a: 1 }]);
  }, 60_000);
});

needs(postgresNeed).describe("the gateway as a process of its own", () => {
  it(
    "serves a plain PostgreSQL, whose administrator need not be a superuser, and ends on SIGTERM",
    async () => {
      const server = await startPostgresServer();
      onTestFinished(server.stop);
      await server.asAdministrator(async (client) => {
        await client.query(`create role helper login createrole createdb password '${testPassword}'`);
        await client.query("alter database vetware owner to helper");
      });
      const child = spawn(process.execPath, ["db/gateway/main.ts"], {
        cwd: projectRoot,
        env: { PATH: process.env.PATH, POSTGRES_PORT: String(server.port), DATABASE_PORT: "0" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      const gatewayPort = Number((await readyLine(child)).gatewayPort);
      const addresses = addressesAt(gatewayPort);
      for (let time = 0; time < 2; time++) {
        await prepareRoles(addressOf("helper", gatewayPort), Object.values(addresses));
      }
      expect((await applyMigrations(addresses.vetware_owner)).known).toBe(0);
      const jobs = openPlainDatabase(addresses.vetware_jobs);
      expect(await jobs.query("select current_user::text as who")).toEqual([{ who: "vetware_jobs" }]);
      await jobs.close();
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      expect((await ended)[0]).toBe(0);
    },
    60_000,
  );
});

describe("the lock of a database folder", () => {
  it("is held by one, given back, and taken from the dead", () => {
    const folder = newFolder();
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(FolderInUse);
    unlock();
    for (const dead of ["999999999 1", `${process.pid} 1`, "nonsense", ""]) {
      writeFileSync(join(folder, "lock"), dead);
      lockFolder(folder)();
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

function startProcess(data: string) {
  return spawn(process.execPath, ["db/embedded/main.ts"], {
    cwd: projectRoot,
    env: embeddedEnvironment(data, 0, 0),
  });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vetware-process-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
