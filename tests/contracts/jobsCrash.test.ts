import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { z } from "zod";
import { handOver } from "#core/jobs/handOver.ts";
import { openLog } from "#core/contract/log.ts";
import { job, openQueue } from "#core/jobs/mod.ts";
import { type Database, openDatabase, openPlainDatabase, type PlainDatabase } from "#db/mod.ts";
import { databases, projectRoot, type TestDatabase } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { readyLine } from "#tests/make/readyLine.ts";

for (const { name, needs: wanted, start } of databases) {
  const { describe, it } = needs(...wanted);
  describe(`PL-21 jobs and crashes on ${name}`, () => {
    let running: TestDatabase;
    let core: Database;
    let raw: PlainDatabase;

    beforeAll(async () => {
      running = await start();
      core = openDatabase(running.addresses.vetware_core);
      raw = openPlainDatabase(running.addresses.vetware_jobs);
    }, 120_000);
    afterAll(async () => {
      await Promise.all([core?.close(), raw?.close()]);
      await running?.stop();
    });

    const counted = (jobName: string) =>
      job({
        name: jobName,
        asks: z.object({ number: z.number() }),
        within: "10s",
        run: () => Promise.resolve(),
      });
    const askFor = (wanted: ReturnType<typeof counted>, from: number, to: number) =>
      core.writeAs(uuidv7(), async (tx) => {
        for (let number = from; number < to; number++) await tx.execute(wanted.request({ number }));
      });
    /** Every number that waits as a request or stands in the queue, with how often. */
    const standing = async (jobName: string) => {
      const rows = await raw.query(
        `select (payload->>'number')::int as number from app.job_request where name = $1
         union all select (data->>'number')::int from pgboss.job where name = $1 order by 1`,
        [jobName],
      );
      return rows.map((row) => Number(row.number));
    };

    it("the database dies between the steps of a hand-over: nothing is lost, nothing twice", async () => {
      const wanted = counted("crash.database");
      const queue = await openQueue({
        address: running.addresses.vetware_jobs,
        jobs: [wanted],
        log: openLog("test"),
      });
      await queue.stop();
      const boss = new PgBoss({
        db: { executeSql: async (text, values) => ({ rows: await raw.query(text, values) }) },
        schema: "pgboss",
        createSchema: false,
        supervise: false,
        schedule: false,
      });
      // Its own loops meet the dead database too; only the hand-over is looked at here.
      boss.on("error", () => undefined);
      await boss.start();
      await askFor(wanted, 0, 20);
      const dying: PlainDatabase = {
        ...raw,
        transaction: (work) =>
          raw.transaction(async (query) => {
            const result = await work(query);
            const moved = await query("select count(*) from pgboss.job where name = $1", [wanted.name]);
            expect(Number(moved[0]?.count)).toBe(20);
            await running.crash();
            return result;
          }),
      };
      await expect(handOver(dying, boss, [wanted.name])).rejects.toThrow("not reachable");
      expect(await standing(wanted.name)).toEqual(Array.from({ length: 20 }, (_, number) => number));
      await handOver(raw, boss, [wanted.name]);
      expect(await standing(wanted.name)).toEqual(Array.from({ length: 20 }, (_, number) => number));
      await boss.stop({ graceful: false, close: false });
    }, 60_000);

    it("the core is killed while it hands over: nothing is lost, nothing twice", async () => {
      const wanted = counted("crash.core");
      const cores = Array.from({ length: 4 }, () => startCore(wanted.name));
      onTestFinished(() => cores.forEach((core) => core.kill("SIGKILL")));
      for (const [round, child] of cores.entries()) {
        child.stdin.write("begin\n");
        await readyLine(child);
        const asking = askFor(wanted, round * 60, (round + 1) * 60);
        await Promise.race([asking, pause(40 + round * 15)]);
        await asking;
        await pause(round * 4);
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
      // What the dead cores had open is rolled back once their connections are seen to be gone.
      await pause(300);
      const asked = cores.length * 60;
      expect(await standing(wanted.name)).toEqual(Array.from({ length: asked }, (_, number) => number));
    }, 90_000);

    const startCore = (jobName: string) =>
      spawn(
        process.execPath,
        ["tests/make/jobs/handOverProcess.ts", running.addresses.vetware_jobs, jobName],
        { cwd: projectRoot, stdio: ["pipe", "pipe", "inherit"] },
      );
  });
}
