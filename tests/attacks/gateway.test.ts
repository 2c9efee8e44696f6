import { request } from "node:http";
import { once } from "node:events";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect } from "vitest";
import { openDatabase } from "#db/mod.ts";
import { object, practice } from "#db/schema/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { addressOf } from "#tests/make/addresses.ts";
import { needs } from "#tests/make/needs.ts";
import { askDoor, type Asked } from "#tests/make/sqlDoor.ts";

const who =
  "select session_user, current_user, current_setting('search_path'), current_setting('row_security')";
const practices = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];

for (const { name, needs: wanted, start } of databases) {
  const { describe, it } = needs(...wanted);
  describe(`PL-7 the gateway before ${name} under attack`, () => {
    let running: TestDatabase;
    let core: string;
    let freshSession: readonly unknown[] | undefined;

    beforeAll(async () => {
      running = await start();
      core = running.addresses.vetware_core;
      await seed(running);
      freshSession = (await askDoor(core, who)).body.rows;
      expect(freshSession?.flat().slice(0, 2)).toEqual(["vetware_core", "vetware_core"]);
    }, 120_000);
    afterAll(() => running?.stop());

    it("without a practice nothing is seen", async () => {
      expect((await askDoor(core, "select id from object")).body.rows).toEqual([]);
    });

    const leftovers: readonly [what: string, statements: readonly string[]][] = [
      ["a setting of the session", [`set app.practice_id = '${practices[0]}'`]],
      ["a setting by function", [`select set_config('app.practice_id', '${practices[0]}', false)`]],
      ["reset role", ["reset role"]],
      ["set role none", ["set role none"]],
      ["reset all", ["reset all", "reset session authorization"]],
      ["another role", ["set session authorization postgres"]],
      ["another role behind a comment", ["set session /* x */ authorization postgres"]],
      ["another role by its setting", ["select set_config('session_authorization', 'postgres', false)"]],
      ["a search path", ["set search_path = nowhere"]],
      ["row security off", ["set row_security = off"]],
      ["an open transaction", ["begin", `select set_config('app.practice_id', '${practices[0]}', true)`]],
      ["an aborted transaction", ["begin", "select 1/0"]],
    ];
    for (const [what, statements] of leftovers) {
      it(`${what} of one request is not there in the next`, async () => {
        for (const statement of statements) await askDoor(core, statement);
        for (let again = 0; again < 5; again++) {
          expect((await askDoor(core, who)).body.rows).toEqual(freshSession);
          expect((await askDoor(core, "select id from object")).body.rows).toEqual([]);
        }
      });
    }

    it("temporary tables, prepared statements and locks of one request are not there in the next", async () => {
      await askDoor(core, "create temp table stolen as select 1 as a");
      await askDoor(core, "prepare stolen as select 1");
      await askDoor(core, "select pg_advisory_lock(4711)");
      await askDoor(core, "listen stolen");
      for (let again = 0; again < 5; again++) {
        expect((await askDoor(core, "select * from stolen")).body.code).toBe("42P01");
        expect((await askDoor(core, "execute stolen")).body.code).toBe("26000");
        const locks = await askDoor(
          core,
          "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711",
        );
        expect(locks.body.rows).toEqual([["0"]]);
        expect((await askDoor(core, "select pg_listening_channels()")).body.rows).toEqual([]);
      }
    });

    it("three hundred requests at one moment wait their turn and are all answered", async () => {
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, number) => askDoor(core, `select ${number} as a`)),
      );
      expect(answers.map(({ status, body }) => [status, body.rows])).toEqual(
        Array.from({ length: 300 }, (_, number) => [200, [[String(number)]]]),
      );
    });

    it(
      "batches of eight practices' readers at once bring each its own rows, with attackers between them",
      async () => {
        let wrong = 0;
        const reader = async (number: number) => {
          const own = practices[number % practices.length] ?? "";
          for (let round = 0; round < 40; round++) {
            const told = await askDoor(core, [enter(own), { query: "select practice_id from object" }]);
            const seen = told.body.results?.[1]?.rows.flat() ?? [];
            if (told.status !== 200 || seen.length !== 3 || seen.some((id) => id !== own)) wrong++;
          }
        };
        const attacker = async () => {
          for (let round = 0; round < 20; round++) {
            await askDoor(core, "reset role");
            await askDoor(core, "set session authorization postgres");
            await askDoor(core, `set app.practice_id = '${practices[1]}'`);
          }
        };
        await Promise.all([
          ...Array.from({ length: 8 }, (_, number) => reader(number)),
          attacker(),
          attacker(),
        ]);
        expect(wrong).toBe(0);
      },
      60_000,
    );

    it("a read-only batch cannot write, and an isolation level is kept", async () => {
      const write = await askDoor(core, [enter(practices[0]), { query: "update object set bytes = 1" }], {
        "neon-batch-read-only": "true",
      });
      expect(write).toMatchObject({ status: 400, body: { code: "25006" } });
      const level = await askDoor(core, [{ query: "show transaction_isolation" }], {
        "neon-batch-isolation-level": "Serializable",
        "neon-batch-read-only": "true",
        "neon-batch-deferrable": "true",
      });
      expect(level.body.results?.[0]?.rows).toEqual([["serializable"]]);
      const nonsense = await askDoor(core, [{ query: "select 1" }], {
        "neon-batch-isolation-level": "x; drop table object",
      });
      expect(nonsense.status).toBe(400);
    });

    it("a batch that fails leaves nothing behind", async () => {
      const id = uuidv7();
      const told = await askDoor(core, [
        enter(practices[0]),
        { query: "insert into event (practice_id, kind) values ($1, 'attack.test')", params: [practices[0]] },
        { query: "insert into object (id, practice_id) values ($1, $2)", params: [id, practices[0]] },
      ]);
      expect(told).toMatchObject({ status: 400, body: { code: "23502", table: "object" } });
      const after = await askDoor(core, [enter(practices[0]), {
        query: "select 1 from event where kind = 'attack.test'",
      }]);
      expect(after.body.results?.[1]?.rows).toEqual([]);
    });

    it("tells constraint and detail of a violation", async () => {
      const [own = ""] = practices;
      const insert = {
        query:
          "insert into object (id, practice_id, key, bytes, sha256, media_type) values ($1, $2, $3, 1, $4, 'x')",
        params: [uuidv7(), own, `practice/${own}/0`, `\\x${"00".repeat(32)}`],
      };
      expect(await askDoor(core, [enter(own), insert])).toMatchObject({
        status: 400,
        body: { code: "23505", constraint: "object_key_key", severity: "ERROR" },
      });
    });

    it("a wrong password is refused, also after a right one opened connections", async () => {
      expect((await askDoor(core, "select 1")).status).toBe(200);
      const { port } = new URL(core);
      for (
        const [role, password] of [["vetware_core", "wrong"], ["vetware_core", ""], [
          "nobody",
          "wrong",
        ]] as const
      ) {
        const told = await askDoor(addressOf(role, Number(port), password), "select 1");
        expect(told.status).not.toBe(200);
        expect(JSON.stringify(told.body)).not.toContain("rows");
      }
      expect((await askDoor(core, "select 1")).status).toBe(200);
    });

    it("a copy from the client is refused and the database goes on", async () => {
      for (
        const statement of ["copy object from stdin", "COPY object (id) FROM/**/STDIN with (format csv)"]
      ) {
        expect((await askDoor(core, statement)).status).not.toBe(200);
      }
      expect((await askDoor(core, "select 1")).status).toBe(200);
    });

    it("answers nonsense in plain words and goes on", async () => {
      expect((await post(running, "/sql", core, "{")).status).toBe(400);
      expect((await post(running, "/sql", core, "[]")).status).toBe(400);
      expect(
        (await post(running, "/sql", core, JSON.stringify({ query: "select $1", params: [{ a: 1 }] })))
          .status,
      ).toBe(400);
      expect((await post(running, "/sql", "", JSON.stringify({ query: "select 1" }))).status).toBe(400);
      expect((await post(running, "/sql", "http://a:b@c/d", JSON.stringify({ query: "select 1" }))).status)
        .toBe(400);
      expect((await post(running, "/v2", core, "{}")).status).toBe(404);
      expect((await fetch(`${running.gateway}/sql`)).status).toBe(405);
      expect((await askDoor(core, "select 1; select 2")).body.code).toBe("42601");
      expect((await askDoor(core, "select 1")).status).toBe(200);
    });

    it("a body above the bound is refused before it is whole", async () => {
      const door = request(`${running.gateway}/sql`, {
        method: "POST",
        headers: { "neon-connection-string": core },
      });
      const answered = once(door, "response");
      door.on("error", () => undefined);
      const block = Buffer.alloc(1024 * 1024, "x");
      for (let sent = 0; sent < 40; sent++) door.write(block);
      const [response] = await answered;
      expect(response.statusCode).toBe(413);
      door.destroy();
    });
  });
}

function enter(practiceId: string | undefined): Asked {
  return { query: "select set_config('app.practice_id', $1, true)", params: [practiceId ?? ""] };
}

function post(running: TestDatabase, path: string, address: string, body: string): Promise<Response> {
  return fetch(`${running.gateway}${path}`, {
    method: "POST",
    body,
    headers: { "neon-connection-string": address },
  });
}

async function seed({ addresses }: TestDatabase): Promise<void> {
  const owner = openDatabase(addresses.vetware_owner);
  const core = openDatabase(addresses.vetware_core);
  for (const id of practices) {
    await owner.writeAs(
      id,
      (tx) => tx.insert(practice).values({ id, name: "x", location: "", aeTitle: id.slice(-12) }),
    );
    await core.writeAs(id, (tx) =>
      tx.insert(object).values([0, 1, 2].map((number) => ({
        id: uuidv7(),
        practiceId: id,
        key: `practice/${id}/${number}`,
        bytes: 1,
        sha256: new Uint8Array(32),
        mediaType: "x",
      }))));
  }
  await Promise.all([owner.close(), core.close()]);
}
