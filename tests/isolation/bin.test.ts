// A study in the bin is hidden by the database itself, with all that hangs on it: no query of either half can forget
// to leave it out, and only a transaction that says so sees it.
import { eq, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemRandom } from "#core/rpc/mod.ts";
import { type Database, openDatabase, type Ways } from "#db/mod.ts";
import { share, study } from "#db/schema/mod.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { type Given, type GivenPractice, type GivenStudy, openGiven } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";

const hidden = ["study", "series", "instance", "derivative", "share"];

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`PA-2 the bin on ${name}`, () => {
    let database: TestDatabase;
    let given: Given;
    let edge: Database;
    let core: Database;
    let practice: GivenPractice;
    let binned: GivenStudy;
    let kept: GivenStudy;

    const setBin = (id: string, deletedAt: Date | null) =>
      given.owner.applyAs(
        practice.id,
        (q) => q.update(study).set({ deletedAt, purgeAt: deletedAt }).where(eq(study.id, id)),
      );

    beforeAll(async () => {
      database = await start();
      given = openGiven(database);
      edge = openDatabase(database.addresses.vetware_edge);
      core = openDatabase(database.addresses.vetware_core);
      practice = await given.practice();
      binned = await given.study(practice, { instances: [2, 1] });
      kept = await given.study(practice);
      for (const studyId of [binned.id, kept.id]) {
        await given.owner.applyAs(practice.id, (q) =>
          q.insert(share).values({
            id: uuidv7(),
            practiceId: practice.id,
            studyId,
            tokenHash: systemRandom(32),
            rights: ["view"],
            expiresAt: new Date(Date.now() + 86_400_000),
          }));
      }
      await setBin(binned.id, new Date());
    });
    afterAll(async () => {
      await Promise.all([edge.close(), core.close(), given.owner.close()]);
      await database.stop();
    });

    const counts = async (as: Ways, tables: readonly string[]) => {
      const found: Record<string, number> = {};
      for (const table of tables) {
        const { rows } = await as.readAs(
          practice.id,
          (q) => q.execute(sql`select count(*)::int as count from ${sql.identifier(table)}`),
        );
        found[table] = Number(rows[0]?.count);
      }
      return found;
    };
    const without = { study: 1, series: 1, instance: 1, derivative: 3, share: 1 };
    const withAll = { study: 2, series: 3, instance: 4, derivative: 12, share: 2 };

    it("hides the study and all that hangs on it from the edge", async () => {
      expect(await counts(edge, hidden)).toEqual(without);
      expect(await counts(edge.withBin, hidden)).toEqual(withAll);
    });

    it("hides them from the core as well", async () => {
      const { share: _share, ...ofCore } = without;
      expect(await counts(core, Object.keys(ofCore))).toEqual(ofCore);
      expect(await counts(core.withBin, hidden.slice(0, 4))).toMatchObject({ study: 2, derivative: 12 });
    });

    it("is not touched by an update that does not say so", async () => {
      const rename = (as: Ways) =>
        as.applyAs(
          practice.id,
          (q) => q.update(study).set({ studyDescription: "Abdomen" }).where(eq(study.id, binned.id)),
        );
      expect((await rename(core)).rowCount).toBe(0);
      expect((await rename(core.withBin)).rowCount).toBe(1);
    });

    it("keeps a link visible that was taken back, so that it can say so", async () => {
      await given.owner.applyAs(
        practice.id,
        (q) => q.update(share).set({ revokedAt: new Date() }).where(eq(share.studyId, binned.id)),
      );
      expect(await counts(edge, ["share"])).toEqual({ share: 2 });
    });

    it("is looked for by key, never by reading all instances of the practice", async () => {
      const [first] = kept.series;
      const plan = await edge.readAs(
        practice.id,
        (q) =>
          q.execute(sql`explain (costs off) select d.kind, i.id from derivative d
            join instance i on i.id = d.instance_id
            where i.study_id = ${kept.id}::uuid and d.instance_id = ${first?.instances[0]?.id}::uuid`),
      );
      const text = plan.rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(text).toContain("binned_studies");
      expect(text).not.toContain("hashed SubPlan");
    });

    it("gives everything back when the study is restored", async () => {
      await setBin(binned.id, null);
      expect(await counts(edge, hidden)).toEqual(withAll);
    });

    it("stays within the practice", async () => {
      const other = await given.practice("Other");
      const { rows } = await edge.withBin.readAs(
        other.id,
        (q) => q.execute(sql`select count(*)::int as count from study`),
      );
      expect(rows).toEqual([{ count: 0 }]);
    });
  });
}
