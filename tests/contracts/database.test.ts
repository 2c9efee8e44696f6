import { eq, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Database, DatabaseUnavailable, openDatabase, sqlState, violatedConstraint } from "#db/mod.ts";
import { apiKey, object, practice } from "#db/schema/mod.ts";
import { testPassword } from "#tests/make/addresses.ts";
import { databases, startEmbedded, type TestDatabase } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { startPostgres } from "#tests/make/postgres.ts";
import { postgresNeed } from "#tests/make/postgresServer.ts";

for (const { name, needs: wanted, start } of databases) {
  const { describe, it } = needs(...wanted);
  describe(`PL-7 the database on ${name}`, () => {
    let running: TestDatabase;
    let core: Database;
    let owner: Database;
    const [ours, theirs] = [uuidv7(), uuidv7()];

    beforeAll(async () => {
      running = await start();
      core = openDatabase(running.addresses.vetware_core);
      owner = openDatabase(running.addresses.vetware_owner);
      for (const id of [ours, theirs]) {
        await owner.writeAs(
          id,
          (tx) => tx.insert(practice).values({ id, name: id, location: "", aeTitle: id.slice(-12) }),
        );
        await core.writeAs(id, (tx) => tx.insert(object).values(newObject(id)));
      }
    }, 120_000);
    afterAll(async () => {
      await Promise.all([core?.close(), owner?.close()]);
      await running?.stop();
    });

    it("shows a practice its own rows alone", async () => {
      const rows = await core.readAs(ours, (q) => q.select().from(object));
      expect(rows.map((row) => row.practiceId)).toEqual([ours]);
      expect(rows[0]?.sha256).toEqual(new Uint8Array(32).fill(7));
      expect(rows[0]?.createdAt).toBeInstanceOf(Date);
    });

    it("brings the results of several statements in their order", async () => {
      const [objects, practices, raw] = await core.readAs(ours, (q) => [
        q.select({ key: object.key }).from(object),
        q.select({ name: practice.name }).from(practice).where(eq(practice.id, ours)),
        q.execute<{ answer: number }>(sql`select 42 as answer`),
      ]);
      expect(objects).toHaveLength(1);
      expect(practices).toEqual([{ name: ours }]);
      expect(raw.rows).toEqual([{ answer: 42 }]);
    });

    it("refuses to read or write another practice's rows", async () => {
      const foreign = core.writeAs(ours, (tx) => tx.insert(object).values(newObject(theirs)));
      await expect(foreign).rejects.toSatisfy((fault) => sqlState(fault) === "42501");
      const moved = await core.writeAs(
        ours,
        (tx) =>
          tx.update(object).set({ mediaType: "moved" }).where(eq(object.practiceId, theirs)).returning(),
      );
      expect(moved).toEqual([]);
      expect(await core.lookUp(sql`select id from object`)).toEqual([]);
      expect(await core.readAsAccount(ours, (q) => q.select().from(object))).toEqual([]);
    });

    it("sees a practice and an account together", async () => {
      const [account] = [uuidv7()];
      const seen = await owner.readActingAs(
        { practice: ours, account },
        (q) => q.execute<{ p: string; a: string }>(sql`select app.practice_id() as p, app.account_id() as a`),
      );
      expect(seen.rows).toEqual([{ p: ours, a: account }]);
      const alone = await owner.actingAs(
        { account },
        (tx) => tx.execute(sql`select app.practice_id() as p, app.account_id() as a`),
      );
      expect(alone.rows).toEqual([{ p: null, a: account }]);
    });

    it("reads for the practice that a secret finds, and for none where it finds none", async () => {
      const [known, unknown] = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
      if (!known || !unknown) throw new Error("two hashes");
      const key = { id: uuidv7(), practiceId: ours, name: "key", permissions: [], secretHash: known };
      await owner.applyAs(ours, (q) => q.insert(apiKey).values({ ...key, product: "vetpacs" }));
      const seenBy = (secret: Uint8Array) =>
        owner.readAsFound(
          sql`app.find_api_key(${`\\x${Buffer.from(secret).toString("hex")}`}::bytea)`,
          (q) => q.select({ practice: object.practiceId }).from(object),
        );
      expect(await seenBy(known)).toEqual([{ practice: ours }]);
      expect(await seenBy(unknown)).toEqual([]);
    });

    it("cannot write while reading", async () => {
      const write = core.readAs(ours, (q) => q.execute(sql`update object set media_type = 'x'`));
      await expect(write).rejects.toSatisfy((fault) => sqlState(fault) === "25006");
    });

    it("applies fixed statements in one trip, all or none", async () => {
      const [first, [again]] = await core.applyAs(ours, (q) => [
        q.insert(object).values(newObject(ours)).returning({ id: object.id }),
        q.update(object).set({ mediaType: "image/webp" }).returning({ mediaType: object.mediaType }),
      ]);
      expect([first.length, again?.mediaType]).toEqual([1, "image/webp"]);
      const twice = { ...newObject(ours), mediaType: "never" };
      const failing = core.applyAs(
        ours,
        (q) => [q.insert(object).values(twice), q.insert(object).values(twice)],
      );
      await expect(failing).rejects.toSatisfy((fault) => violatedConstraint(fault) === "object_pkey");
      const never = await core.readAs(
        ours,
        (q) => q.select().from(object).where(eq(object.mediaType, "never")),
      );
      expect(never).toEqual([]);
    });

    it("rolls a transaction back when its work throws, and tells the fault itself", async () => {
      const work = core.writeAs(ours, async (tx) => {
        await tx.insert(object).values({ ...newObject(ours), mediaType: "undone" });
        throw new RangeError("the use case says no");
      });
      await expect(work).rejects.toThrow(RangeError);
      const rows = await core.readAs(
        ours,
        (q) => q.select().from(object).where(eq(object.mediaType, "undone")),
      );
      expect(rows).toEqual([]);
    });

    it("keeps the practice inside its transaction", async () => {
      await core.writeAs(ours, (tx) => tx.execute(sql`select 1`));
      for (let again = 0; again < 12; again++) {
        const rows = await core.lookUp<{ id: string }>(
          sql`select coalesce(current_setting('app.practice_id', true), '') as id`,
        );
        expect(rows).toEqual([{ id: "" }]);
      }
    });

    it("200 reads and 40 transactions of two practices at once see their own rows alone", async () => {
      const wrong: string[] = [];
      const check = (own: string, rows: readonly { practiceId: string }[]) => {
        if (rows.length === 0 || rows.some((row) => row.practiceId !== own)) wrong.push(own);
      };
      const person = async (own: string) => {
        for (let round = 0; round < 25; round++) {
          check(own, await core.readAs(own, (q) => q.select().from(object)));
          if (round % 5 === 0) check(own, await core.writeAs(own, (tx) => tx.select().from(object)));
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, number) => person(number % 2 === 0 ? ours : theirs)));
      expect(wrong).toEqual([]);
    }, 60_000);

    it("takes nothing but UUIDs for a practice, and no address it does not know", async () => {
      await expect(async () => await core.readAs("'; drop table object; --", (q) => q.select().from(object)))
        .rejects
        .toThrow(TypeError);
      for (
        const address of [
          "http://a:b@c/d",
          "postgres://127.0.0.1/x",
          "postgres://a:b@db.example/x?gateway=http",
          "x",
        ]
      ) {
        expect(() => openDatabase(address)).toThrow(TypeError);
      }
    });

    it("a wrong password is a fault of its own, not an unreachable database", async () => {
      const wrong = openDatabase(running.addresses.vetware_core.replace(testPassword, "wrong-password"));
      await expect(wrong.readAs(ours, (q) => q.select().from(object))).rejects
        .toSatisfy((fault) => sqlState(fault) === "28P01");
      await expect(wrong.writeAs(ours, (tx) => tx.select().from(object))).rejects
        .toSatisfy((fault) => sqlState(fault) === "28P01");
      await wrong.close();
    });

    it("a database that went away is told as unavailable, and used again once it is back", async () => {
      const read = () => core.readAs(ours, (q) => q.select().from(object).limit(1));
      const broken = core.writeAs(ours, async (tx) => {
        await tx.select().from(object);
        await running.crash();
        await tx.select().from(object);
      });
      await expect(broken).rejects.toThrow(DatabaseUnavailable);
      expect(await read()).toHaveLength(1);
      expect(await core.writeAs(ours, (tx) => tx.select().from(object).limit(1))).toHaveLength(1);
      const gone = openDatabase(running.addresses.vetware_core.replace(/:\d+\//, ":1/"));
      await expect(gone.readAs(ours, (q) => q.select().from(object))).rejects.toThrow(DatabaseUnavailable);
      await expect(gone.writeAs(ours, (tx) => tx.select().from(object))).rejects.toThrow(DatabaseUnavailable);
      await gone.close();
    }, 60_000);
  });
}

needs(postgresNeed).describe("PL-20 the database on PostgreSQL keeps deadlines", () => {
  it("a statement beyond the deadline is given up, here and on the server", async () => {
    const running = await startPostgres();
    onTestFinished(running.stop);
    const hasty = openDatabase(running.addresses.vetware_core, { deadline: 300 });
    onTestFinished(hasty.close);
    const id = uuidv7();
    const began = performance.now();
    const isLate = (fault: unknown) => fault instanceof DatabaseUnavailable && fault.reason === "deadline";
    await expect(hasty.readAs(id, (q) => q.execute(sql`select pg_sleep(20)`))).rejects.toSatisfy(isLate);
    await expect(hasty.writeAs(id, (tx) => tx.execute(sql`select pg_sleep(20)`))).rejects.toSatisfy(isLate);
    await expect(hasty.lookUp(sql`select pg_sleep(20)`)).rejects.toSatisfy(isLate);
    expect(performance.now() - began).toBeLessThan(5000);
  }, 60_000);
});

describe("several databases in one process", () => {
  it("keep their own ways", async () => {
    const [running, other] = await Promise.all([startEmbedded(), startEmbedded()]);
    onTestFinished(async () => void await Promise.all([running.stop(), other.stop()]));
    const [one, two] = [running, other].map((each) => openDatabase(each.addresses.vetware_owner));
    const id = uuidv7();
    await one?.writeAs(
      id,
      (tx) => tx.insert(practice).values({ id, name: "one", location: "", aeTitle: "ONE" }),
    );
    expect(await one?.readAs(id, (q) => q.select().from(practice))).toHaveLength(1);
    expect(await two?.readAs(id, (q) => q.select().from(practice))).toHaveLength(0);
    expect(await two?.writeAs(id, (tx) => tx.select().from(practice))).toHaveLength(0);
    await Promise.all([one?.close(), two?.close()]);
  }, 60_000);
});

function newObject(practiceId: string) {
  const id = uuidv7();
  return {
    id,
    practiceId,
    key: `practice/${practiceId}/${id}`,
    bytes: 5,
    sha256: new Uint8Array(32).fill(7),
    mediaType: "application/dicom",
  };
}
