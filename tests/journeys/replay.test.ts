// PA-2: a database that lost its rows gets them back from the archive's journal when the core starts again, with the
// ids they had, and the pictures with them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";
import { uploadTo } from "#tests/make/uploads.ts";

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
}, 120_000);
afterAll(() => core.stop());

/** The rows of all instances with their places, once their pictures are ready. */
const readyRows = () =>
  eventually(
    () =>
      core.asOwner(`select i.id, i.study_id, i.series_id, o.key, i.relation, count(d.id)::int as pictures
        from instance i join object o on o.id = i.object_id left join derivative d on d.instance_id = i.id
        where i.derivation = 'ready' group by i.id, o.key order by i.id`),
    (rows) => rows.length === 3,
    60_000,
  );

describe("PA-2 a database that lost its rows", () => {
  it("has them all again after the next start, with the same ids", async () => {
    for (const [number, study] of ["1.2.3.1", "1.2.3.1", "1.2.3.2"].entries()) {
      const file = radiograph({ uid: `${study}.${number + 1}`, study });
      expect(await uploadTo(core, file)).toBeUndefined();
    }
    const before = await readyRows();
    await core.kill("SIGKILL");
    for (const table of ["derivative", "instance", "series", "study", "object", "journal_progress"]) {
      await core.asOwner(`delete from ${table}`);
    }
    await core.restart();
    expect(await readyRows()).toEqual(before);
  });
});
