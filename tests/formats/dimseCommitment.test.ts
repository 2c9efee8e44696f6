// Storage commitment (PS3.4 J, PA-2): a peer asks whether what it has sent is kept, and is told by a call of ours what
// is and what is not. Orthanc asks, as the modality that wants to empty its disk.
import { rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { uuidv7 } from "uuidv7";
import { objectPath } from "#core/services/objects/names.ts";
import { dicomPeer } from "#db/schema/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { needs } from "#tests/make/needs.ts";
import { type Orthanc, orthancNeed, startOrthanc } from "#tests/make/orthanc.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { sendFiles } from "#tests/make/scu.ts";
import { eventually } from "#tests/make/until.ts";

const digitalXray = "1.2.840.10008.5.1.4.1.1.1.1";

const Item = z.object({ SOPClassUID: z.string(), SOPInstanceUID: z.string() });
/** How Orthanc tells of a transaction. */
const Told = z.object({
  Status: z.enum(["Pending", "Success", "Failure"]),
  Success: z.array(Item).default([]),
  Failures: z.array(Item.extend({ Description: z.string() })).default([]),
});
type Told = z.infer<typeof Told>;

needs(orthancNeed).describe("PA-2 storage commitment", () => {
  let core: TestCore;
  let orthanc: Orthanc;
  let owner: Database;

  beforeAll(async () => {
    core = await startCore();
    owner = openDatabase(core.database.addresses.vetware_owner);
    orthanc = await startOrthanc({
      DicomModalities: { vetware: [core.practice.aeTitle, "127.0.0.1", core.dicomPort] },
    });
    const row = {
      id: uuidv7(),
      practiceId: core.practice.id,
      name: "Orthanc",
      aeTitle: orthanc.aeTitle,
      address: "127.0.0.1/32",
      host: "127.0.0.1",
      port: orthanc.dicomPort,
    };
    await owner.applyAs(core.practice.id, (q) => q.insert(dicomPeer).values(row));
  }, 120_000);
  afterAll(async () => {
    await owner?.close();
    await orthanc?.stop();
    await core?.stop();
  });

  async function send(uid: string): Promise<void> {
    const file = radiograph({ uid, study: "2.25.44000" });
    const to = { host: "127.0.0.1", port: core.dicomPort, calledAeTitle: core.practice.aeTitle };
    expect(await sendFiles([file], { ...to, callingAeTitle: "ORTHANC" })).toEqual([0]);
  }

  /** Asks by Orthanc for pairs of class and instance; what it was told in the end. */
  async function asked(...pairs: [string, string][]): Promise<Told> {
    const answer = await orthanc.post("/modalities/vetware/storage-commitment", { DicomInstances: pairs });
    const { ID } = z.object({ ID: z.string() }).parse(await answer.json());
    return await eventually(
      async () => Told.parse(await (await orthanc.get(`/storage-commitment/${ID}`)).json()),
      ({ Status }) => Status !== "Pending",
      20_000,
    );
  }

  it("is given at once for what was just sent", async () => {
    await send("2.25.44001");
    await send("2.25.44002");
    const told = await asked([digitalXray, "2.25.44001"], [digitalXray, "2.25.44002"]);
    expect(told.Status).toBe("Success");
    expect(told.Success.map((one) => one.SOPInstanceUID).sort()).toEqual(["2.25.44001", "2.25.44002"]);
  });

  it("is refused for what never came, what has another class, and what the store has lost or damaged", async () => {
    for (const number of [3, 4, 5]) await send(`2.25.4400${number}`);
    const stored = await eventually(
      () => core.instances(),
      (rows) => rows.length >= 5 && rows.every((row) => row.storedAt !== null),
    );
    const fileOf = (uid: string) => {
      const key = stored.find((row) => row.sopInstanceUid === uid)?.key ?? "";
      return join(core.folder, "objects/objects", ...objectPath(key.split("/")));
    };
    await rm(fileOf("2.25.44004"));
    await truncate(fileOf("2.25.44005"), 1000);
    const told = await asked(
      [digitalXray, "2.25.44003"],
      [digitalXray, "2.25.44099"],
      ["1.2.840.10008.5.1.4.1.1.2", "2.25.44003"],
      [digitalXray, "2.25.44004"],
      [digitalXray, "2.25.44005"],
    );
    expect(told.Status).toBe("Failure");
    const reasons = Object.fromEntries(told.Failures.map((one) => [
      `${one.SOPClassUID.slice(-3)} ${one.SOPInstanceUID}`,
      one.Description,
    ]));
    // Orthanc's words for 0110, 0112 and 0119 (PS3.3 C.14.1.1)
    expect(reasons).toEqual({
      "1.1 2.25.44004": expect.stringContaining("general failure"),
      "1.1 2.25.44005": expect.stringContaining("general failure"),
      "1.1 2.25.44099": expect.stringContaining("was not available"),
      "1.2 2.25.44003": expect.stringContaining("did not correspond to the SOP class"),
    });
    expect(told.Success).toEqual([{ SOPClassUID: digitalXray, SOPInstanceUID: "2.25.44003" }]);
  });

  it("of what is not there is told only when nothing is on its way into rows and store", async () => {
    const uids = Array.from({ length: 20 }, (_, at) => `2.25.4410${String(at).padStart(2, "0")}`);
    for (const uid of uids) await send(uid);
    const told = await asked(...uids.map((uid): [string, string] => [digitalXray, uid]));
    expect([told.Status, told.Success.length]).toEqual(["Success", uids.length]);
  });
});
