// That searches are served by their indexes under row-level security, where a condition without leakproof operators
// never meets one: the plans of both databases as the edge's role has them.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Database, openDatabase } from "#db/mod.ts";
import { attributeOf } from "#edge/dicomweb/search/attributes.ts";
import { conditionOf } from "#edge/dicomweb/search/conditions.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { type Given, type GivenPractice, openGiven } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";

const studies = 3000;

async function fill({ owner }: Given, { id }: GivenPractice): Promise<void> {
  await owner.applyAs(id, (q) =>
    q.execute(sql`
      insert into study (id, practice_id, study_instance_uid, study_date, accession_number, patient_name_text,
        patient_id, other_patient_ids, received_at, last_received_at)
      select gen_random_uuid(), ${id}::uuid, '2.25.' || n, date '2026-01-01' + n % 900, 'A' || n, 'name' || n || ' pet',
        'P' || n, array['M' || n], now(), now() from generate_series(1, ${studies}::int) n`));
}

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`PA-3 QIDO-RS on ${name}`, () => {
    let database: TestDatabase, given: Given, edge: Database, practice: GivenPractice;

    beforeAll(async () => {
      database = await start();
      given = openGiven(database);
      practice = await given.practice();
      for (const one of [practice, await given.practice()]) await fill(given, one);
      await given.owner.lookUp(sql`analyze study`);
      edge = openDatabase(database.addresses.vetware_edge);
    });

    afterAll(async () => {
      await edge.close();
      await given.owner.close();
      await database.stop();
    });

    it.each([
      ["PatientName", "name77*", "study_by_patient_name_bytes", 11],
      ["PatientName", "name77^pet", "study_by_patient_name_bytes", 1],
      ["PatientID", "P77", "study_by_patient_id", 1],
      ["OtherPatientIDs", "M77", "study_by_other_patient_id", 1],
      ["AccessionNumber", "A77", "study_by_accession_number", 1],
      ["StudyDate", "20260301-20260302", "study_by_date", 8],
    ])("finds %s=%s by an index of what is asked for", async (keyword, value, index, count) => {
      const attribute = attributeOf(keyword);
      const condition = attribute && conditionOf(attribute, value, false);
      if (!condition || !("where" in condition)) throw new Error(`${keyword} cannot be searched for`);
      const asked = sql`select study.id from study where ${condition.where}`;
      const [found, plan] = await edge.readAs(practice.id, (q) => [
        q.execute(asked),
        q.execute<{ "QUERY PLAN": string }>(sql`explain (costs off) ${asked}`),
      ]);
      const lines = plan.rows.map((row) => row["QUERY PLAN"]);
      const at = lines.findIndex((line) => line.includes(index));
      expect(found.rows).toHaveLength(count);
      // practice and attribute, together
      expect(lines[at + 1] ?? lines.join("\n")).toMatch(/Index Cond: \(\(practice_id = .*\) AND /);
    });
  });
}
