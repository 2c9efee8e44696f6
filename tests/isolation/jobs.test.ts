// PL-7 in the jobs: each that is asked for about a thing names whose it is, and one that names practice B with a thing
// of practice A does nothing. A job without a row here fails. On both kinds of database.
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openMetrics } from "#core/contract/metrics.ts";
import type { Job } from "#core/jobs/mod.ts";
import { sendMail } from "#core/mail/mod.ts";
import { coreJobs } from "#core/work.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { mail, transfer } from "#db/schema/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { type Given, type GivenPractice, openGiven, testSealer } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";
import { openPost } from "#tests/make/post.ts";
import { stateOf } from "#tests/make/practiceState.ts";
import { keptLog } from "#tests/make/rpc.ts";

/** How each job is kept apart. */
const rows: Readonly<Record<string, string>> = {
  sendMail: "names the owner; see below",
  sendStudy: "names the practice; see below and tests/contracts/archiveTransfer",
  adoptStudy: "names the practice that adopts; see tests/contracts/archiveAdoption",
  derive: "is told the practice with the instance; see tests/contracts/archiveRows",
  commitStorage: "names the practice; see tests/attacks/dimseCommitment",
};

const untouched: never = new Proxy(() => untouched, { get: () => untouched }) as never;
const scheduled = (job: Job) => job.at !== undefined;

it("PL-7 every job has a row, or runs by itself and is asked nothing", () => {
  const behind = { ...untouchedParts(), metrics: openMetrics() };
  const asked = coreJobs(behind).filter((job) => !scheduled(job)).map(({ name }) => name);
  expect(asked.sort()).toEqual(Object.keys(rows).sort());
});

function untouchedParts() {
  return {
    archive: untouched,
    db: untouched,
    mail: untouched,
    sealer: untouched,
    now: untouched,
    log: untouched,
    atOnce: 1,
  };
}

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`PL-7 jobs keep practices apart on ${name}`, () => {
    let database: TestDatabase;
    let given: Given;
    let core: Database;
    let a: GivenPractice;
    let b: GivenPractice;
    beforeAll(async () => {
      database = await start();
      given = openGiven(database);
      core = openDatabase(database.addresses.vetware_core);
      [a, b] = [await given.practice("Alpha"), await given.practice("Beta")];
    });
    afterAll(async () => {
      await core.close();
      await given.owner.close();
      await database.stop();
    });
    const now = () => new Date();
    const run = { id: uuidv7(), attempt: 1, signal: new AbortController().signal };

    it("sendMail sends nothing of A for B, for an account, or for nobody", async () => {
      const id = uuidv7();
      const content = { kind: "reset-unknown", signUpLink: "https://vetware.example/sign-up" };
      const sealed = testSealer.seal(JSON.stringify(content), `mail:${id}`);
      const row = { id, practiceId: a.id, kind: "reset-unknown", recipient: "a@example.org", sealed };
      await given.owner.applyAs(a.id, (q) => q.insert(mail).values({ ...row, createdAt: now() }));
      const { log } = keptLog();
      const post = openPost({ owner: given.owner, core, now, log });
      const job = sendMail({ db: core, mail: post.mail, sealer: testSealer, now, log });
      const before = await stateOf(given.owner, a.id);
      for (const owner of [{ practice: b.id }, { account: a.id }]) {
        await job.perform({ mail: id, owner }, run);
      }
      expect(await job.perform({ mail: id, owner: {} }, run)).toBe("misfit");
      expect(await post.mail.list()).toEqual([]);
      expect(await stateOf(given.owner, a.id)).toBe(before);
      await job.perform({ mail: id, owner: { practice: a.id } }, run);
      expect(await post.mail.list()).toHaveLength(1);
    });

    it("PA-7 there is no corpus that a study could get into: no table, no role, no job of one", async () => {
      const tables = await given.owner.lookUp<{ name: string }>(sql`select relname as name from pg_class
        where relnamespace in ('public'::regnamespace, 'app'::regnamespace) union all select rolname from pg_roles`);
      expect(tables.length).toBeGreaterThan(30);
      for (const { name: found } of tables) expect(found).not.toMatch(/corpus|training|label|finding/);
      for (const job of Object.keys(rows)) expect(job).not.toMatch(/corpus|train|contribute/i);
    });

    it("the core sees no transfer of A as B, and changes none", async () => {
      const study = await given.study(a);
      const peer = await given.peer(a, "192.0.2.1/32");
      const id = await given.transfer(a, study.id, peer);
      const seen = await core.readAs(b.id, (q) => q.select({ id: transfer.id }).from(transfer));
      expect(seen.map((row) => row.id)).not.toContain(id);
      const changed = await core.applyAs(
        b.id,
        (q) => q.update(transfer).set({ state: "failed" }).returning(),
      );
      expect(changed).toEqual([]);
    });
  });
}
