import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { z } from "zod";
import { openLog } from "#core/contract/log.ts";
import { type Job, job, openQueue, type Queue } from "#core/jobs/mod.ts";
import { type Database, openDatabase, openPlainDatabase, type PlainDatabase } from "#db/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { until } from "#tests/make/until.ts";

const log = openLog("jobs-test");

for (const { name, needs: wanted, start } of databases) {
  const { describe, it } = needs(...wanted);
  describe(`PL-21 jobs on ${name}`, () => {
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

    const open = async (...jobs: Job[]): Promise<Queue> => {
      const queue = await openQueue({
        address: running.addresses.vetware_jobs,
        jobs,
        log,
        lookEvery: 100,
        pollSeconds: 0.5,
      });
      onTestFinished(() => queue.stop());
      return queue;
    };
    const newJob = (
      run: (number: number) => Promise<void>,
      more: { atOnce?: number; sameKey?: "waiting" } = {},
    ) =>
      job({
        asks: z.object({ number: z.number() }),
        within: "10s",
        retry: { times: 2, after: "1s", atMost: "1s" },
        ...more,
        name: `test.${randomUUID()}`,
        run: (asks) => run(asks.number),
      });
    const ask = (statement: ReturnType<ReturnType<typeof newJob>["request"]>) =>
      core.writeAs(uuidv7(), (tx) => tx.execute(statement));

    it("a job asked for in a transaction runs after the commit", async () => {
      const ran: number[] = [];
      const simple = newJob(async (number) => void ran.push(number));
      await open(simple);
      await ask(simple.request({ number: 7 }));
      await until(() => ran.length > 0);
      expect(ran).toEqual([7]);
    });

    it("a job asked for in a transaction that is rolled back is never seen", async () => {
      const ran: number[] = [];
      const simple = newJob(async (number) => void ran.push(number));
      const queue = await open(simple);
      const undone = core.writeAs(uuidv7(), async (tx) => {
        await tx.execute(simple.request({ number: 1 }));
        throw new Error("the use case failed");
      });
      await expect(undone).rejects.toThrow("the use case failed");
      await ask(simple.request({ number: 2 }));
      queue.nudge();
      await until(() => ran.length > 0);
      expect(ran).toEqual([2]);
      expect(await queue.backlog()).toBe(0);
    });

    it("a failing job is tried again, then lies among the dead letters", async () => {
      let attempts = 0;
      const failing = newJob(async () => {
        attempts++;
        throw new Error("still broken");
      });
      const queue = await open(failing);
      await ask(failing.request({ number: 3 }));
      await until(async () => (await queue.deadLetters()).length > 0, 20_000);
      expect(attempts).toBe(3);
      expect((await queue.deadLetters())[0]?.data).toMatchObject({ number: 3 });
    }, 30_000);

    it("a payload of the wrong shape is not tried again", async () => {
      let attempts = 0;
      const strict = newJob(async () => void attempts++);
      const queue = await open(strict);
      const before = (await queue.deadLetters()).length;
      await ask(sql`select app.enqueue(${strict.name}, '{"number":"seven"}'::jsonb, null)`);
      await until(async () => (await queue.deadLetters()).length > before);
      expect(attempts).toBe(0);
    });

    it("a second request with a key that waits or runs is ignored, and one after the end is not", async () => {
      const ran: number[] = [];
      const gate = Promise.withResolvers<void>();
      const slow = newJob(async (number) => {
        ran.push(number);
        await gate.promise;
      });
      const queue = await open(slow);
      for (const number of [1, 2]) await ask(slow.request({ number }, "same"));
      await until(() => ran.length === 1);
      await ask(slow.request({ number: 3 }, "same"));
      await until(async () => (await waitingRequests(raw, slow.name)) === 0);
      expect(await queue.backlog()).toBe(1);
      gate.resolve();
      await until(async () => (await queue.backlog()) === 0);
      await ask(slow.request({ number: 4 }, "same"));
      await until(() => ran.length === 2);
      expect(ran).toEqual([1, 4]);
    });

    it("a job whose key matters only while it waits runs once more for a request during its run", async () => {
      const ran: number[] = [];
      const gate = Promise.withResolvers<void>();
      const refresh = newJob(async (number) => {
        ran.push(number);
        await gate.promise;
      }, { sameKey: "waiting" });
      const queue = await open(refresh);
      await ask(refresh.request({ number: 1 }, "same"));
      await until(() => ran.length === 1);
      for (const number of [2, 3]) await ask(refresh.request({ number }, "same"));
      await until(async () => (await waitingRequests(raw, refresh.name)) === 0);
      gate.resolve();
      await until(async () => (await queue.backlog()) === 0);
      expect(ran).toEqual([1, 2]);
    });

    it("runs as many at once as the job says, and a hundred without waiting for polls", async () => {
      let [now, most, done] = [0, 0, 0];
      const wide = newJob(async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        done++;
      }, { atOnce: 3 });
      await open(wide);
      await core.writeAs(uuidv7(), async (tx) => {
        for (let number = 0; number < 100; number++) await tx.execute(wide.request({ number }));
      });
      await until(() => done === 100, 15_000);
      expect(most).toBe(3);
    }, 20_000);

    it("stopping waits for the job that runs", async () => {
      let isDone = false;
      const begun = Promise.withResolvers<void>();
      const slow = newJob(async () => {
        begun.resolve();
        await new Promise((resolve) => setTimeout(resolve, 700));
        isDone = true;
      });
      const queue = await open(slow);
      await ask(slow.request({ number: 1 }));
      await begun.promise;
      await queue.stop();
      expect(isDone).toBe(true);
    });

    it("a queue that cannot be opened leaves nothing behind and can be opened later", async () => {
      const address = running.addresses.vetware_jobs.replace(/:\d+\//, ":1/");
      const simple = newJob(() => Promise.resolve());
      await expect(openQueue({ address, jobs: [simple], log })).rejects.toThrow("not reachable");
      await open(simple);
    });

    it("the edge may ask for a job but neither read nor take requests", async () => {
      const edge = openDatabase(running.addresses.vetware_edge);
      onTestFinished(() => edge.close());
      await edge.writeAs(
        uuidv7(),
        (tx) => tx.execute(sql`select app.enqueue('test.nobody', '{}'::jsonb, null)`),
      );
      expect(await waitingRequests(raw, "test.nobody")).toBe(1);
      await expect(edge.lookUp(sql`select * from app.job_request`)).rejects.toThrow(
        /permission denied|Failed query/,
      );
      await expect(edge.lookUp(sql`delete from app.job_request`)).rejects.toThrow(
        /permission denied|Failed query/,
      );
    });
  });
}

async function waitingRequests(raw: PlainDatabase, name: string): Promise<number> {
  const [row] = await raw.query("select count(*) from app.job_request where name = $1", [name]);
  return Number(row?.count);
}
