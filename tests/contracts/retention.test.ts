// PL-11 with a moved clock: ninety days and an hour later no address and no user agent is left anywhere, the request
// log is empty, and who did what and when is still there. On both kinds of database.
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sweep } from "#core/privacy/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { audit, mail, revocation, session } from "#db/schema/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { type Given, type GivenPractice, openGiven } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";

const day = 86_400_000;

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`PL-11 what is kept, and how long, on ${name}`, () => {
    let database: TestDatabase;
    let given: Given;
    let core: Database;
    let practice: GivenPractice;
    const written = new Date("2026-05-01T12:00:00Z");
    const later = (milliseconds: number) => new Date(written.getTime() + milliseconds);

    beforeAll(async () => {
      database = await start();
      given = openGiven(database);
      core = openDatabase(database.addresses.vetware_core);
      practice = await given.practice();
      const person = await given.person(practice);
      const whence = { ip: "192.0.2.7", userAgent: "Firefox" };
      const { owner } = given;
      await owner.actingAs({ practice: practice.id, account: person.id }, async (tx) => {
        for (let line = 0; line < 25; line++) {
          await tx.insert(audit).values({
            id: uuidv7(),
            practiceId: practice.id,
            at: written,
            actorKind: "account",
            actorId: person.id,
            action: "session.begun",
            subjectKind: "session",
            ...whence,
          });
        }
        await tx.insert(session).values({
          id: uuidv7(),
          accountId: person.id,
          secretHash: new Uint8Array(32),
          expiresAt: later(day),
          endedAt: written,
          ...whence,
        });
        await tx.insert(mail).values({
          id: uuidv7(),
          practiceId: practice.id,
          kind: "invitation",
          recipient: "a@example.org",
          state: "sent",
          createdAt: written,
        });
        await tx.insert(revocation).values({ at: written, accountId: person.id, epoch: 1 });
      });
      await owner.lookUp(
        sql`insert into request_log (id, at, method, path, status, milliseconds, ip, user_agent)
        select gen_random_uuid(), ${written.toISOString()}::timestamptz, 'GET', '/', 200, 1, '192.0.2.7', 'Firefox'
        from generate_series(1, 25)`,
      );
    });
    afterAll(async () => {
      await core.close();
      await given.owner.close();
      await database.stop();
    });

    const swept = async (now: Date) => {
      const run = { id: "sweep", attempt: 1, signal: new AbortController().signal };
      await sweep({ db: core, now: () => now, batch: 10 }).perform({}, run);
    };
    const counts = async () => {
      const { rows: [found] } = await given.owner.readAs(
        practice.id,
        (q) =>
          q.execute<Record<string, number>>(sql`select
          (select count(*) from audit)::int as audit,
          (select count(*) from audit where ip is not null or user_agent is not null)::int as addresses,
          (select count(*) from mail)::int as mails`),
      );
      const [log] = await given.owner.lookUp<{ lines: number }>(
        sql`select count(*)::int as lines from request_log`,
      );
      return { ...found, lines: log?.lines };
    };

    it("nothing goes before its time", async () => {
      await swept(later(90 * day - 3_600_000));
      expect(await counts()).toEqual({ audit: 25, addresses: 25, mails: 1, lines: 25 });
    });

    it("after ninety days and an hour addresses, devices, request log and mails are gone; the acts stay", async () => {
      await swept(later(90 * day + 3_600_000));
      expect(await counts()).toEqual({ audit: 25, addresses: 0, mails: 0, lines: 0 });
    });

    it("every column that holds an address or a user agent is of a table that is swept", async () => {
      const columns = await given.owner.lookUp<{ name: string }>(sql`select distinct table_name as name
        from information_schema.columns where table_schema = 'public' and column_name in ('ip', 'user_agent')`);
      const [definition] = await given.owner.lookUp<{ body: string }>(
        sql`select prosrc as body from pg_proc where proname = 'sweep'`,
      );
      for (const { name: table } of columns) {
        expect(definition?.body).toMatch(new RegExp(`(update|delete from) ${table}\\b`));
      }
    });
  });
}
