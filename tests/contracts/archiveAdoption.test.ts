// PA-4 a study shared with another clinic, accepted into its own VetPACS: only by a visit of a link that allows it, byte
// for byte, through the archive's own door, and seen by both sides.
import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { Archive } from "#core/archive/mod.ts";
import { isRefused } from "#core/contract/problem.ts";
import type { ShareRight } from "#core/contract/shares.ts";
import { openDatabase } from "#db/mod.ts";
import { adoption, audit, instance, share, shareSession } from "#db/schema/mod.ts";
import { type House, openHouses, settled, upload } from "#tests/make/archive.ts";
import { givenPractice, keptInstances } from "#tests/make/core.ts";
import { radiograph } from "#tests/make/radiograph.ts";

const { newHouse, archiveIn, database, db } = openHouses();

const author = {
  who: { account: uuidv7(), permission: "study:upload" },
  from: { ip: null, userAgent: null },
} as const;

type Shared = {
  house: House;
  archive: Archive;
  receiver: string;
  link: string;
  visit: string;
  study: string;
};

type LinkWish = { rights?: ShareRight[]; ended?: boolean; firstSeriesOnly?: boolean };

/** Two practices, one with a study of three radiographs in two series, and a visit of a link to it. */
async function shared(
  { rights = ["view", "adopt"], ended = false, firstSeriesOnly = false }: LinkWish = {},
): Promise<Shared> {
  const house = await newHouse();
  const archive = await archiveIn(house);
  const { practice } = house;
  for (const [number, series] of [[1, "1.2.3.7.1"], [2, "1.2.3.7.1"], [3, "1.2.3.7.2"]] as const) {
    const file = radiograph({ uid: `1.2.3.8.${number}` });
    const text = Buffer.from(file).toString("latin1").replace("1.2.3.7.1\0", `${series}\0`);
    await archive.receive(upload(house, Buffer.from(text, "latin1")));
  }
  await settled(archive);
  const receiver = (await givenPractice(database().addresses.vetware_owner, "Receiver")).id;
  const owner = openDatabase(database().addresses.vetware_owner);
  const [first] = await owner.readAs(
    practice.id,
    (q) => q.select().from(instance).orderBy(instance.id).limit(1),
  );
  if (!first) throw new Error("nothing was kept");
  const [link, visit] = [uuidv7(), uuidv7()];
  const later = new Date(Date.now() + 3_600_000);
  const row = {
    practiceId: practice.id,
    studyId: first.studyId,
    tokenHash: createHash("sha256").update(link).digest(),
  };
  await owner.applyAs(practice.id, (q) =>
    q.insert(share).values({
      ...row,
      id: link,
      rights,
      expiresAt: later,
      seriesIds: firstSeriesOnly ? [first.seriesId] : null,
      revokedAt: ended ? new Date() : null,
    }));
  const session = { id: visit, practiceId: practice.id, shareId: link, expiresAt: later };
  await owner.applyAs(
    practice.id,
    (q) =>
      q.insert(shareSession).values({ ...session, secretHash: createHash("sha256").update(visit).digest() }),
  );
  await owner.close();
  return { house, archive, receiver, link, visit, study: first.studyId };
}

const adopt = ({ archive, receiver, visit }: Shared) =>
  archive.adoptStudy({ practice: receiver, visit, author });
const rows = (practice: string) => db().readAs(practice, (q) => q.select().from(adoption));
const copy = async ({ archive, receiver }: Shared, isLast = false) => {
  for (const { id } of await rows(receiver)) {
    await archive.copyStudy({ practice: receiver, adoption: id }, { isLast });
  }
  await settled(archive);
};

describe("PA-4 a study that another clinic adds to its records", () => {
  it("is there byte for byte, once, and both sides see it", async () => {
    const given = await shared();
    const begun = await adopt(given);
    expect(begun).toMatchObject({ state: "running", total: 3, taken: 0, fromPractice: "Practice" });
    expect(await adopt(given)).toEqual(begun);
    await copy(given);
    const [theirs, ours] = [
      await keptInstances(db(), given.house.practice.id),
      await keptInstances(db(), given.receiver),
    ];
    const uids = (all: typeof ours) =>
      all.map(({ sopInstanceUid, datasetSha256 }) => [sopInstanceUid, datasetSha256]).sort();
    expect(ours).toHaveLength(3);
    expect(uids(ours)).toEqual(uids(theirs));
    expect(await rows(given.receiver)).toMatchObject([{ state: "done", taken: 3, total: 3 }]);
    const deeds = await db().readAs(
      given.house.practice.id,
      (q) => q.select().from(audit).where(eq(audit.subjectId, given.link)),
    )
      .catch(() => undefined);
    expect(deeds).toBeUndefined(); // the core writes the audit and does not read it
    const owner = openDatabase(database().addresses.vetware_owner);
    const seen = await owner.readAs(
      given.house.practice.id,
      (q) => q.select().from(audit).where(eq(audit.subjectId, given.link)),
    );
    expect(seen).toMatchObject([{ action: "share.adopted", reason: "Receiver", actorKind: "share" }]);
    await owner.close();
  });

  it("comes whole after it was cut off, and stays when the link is taken back", async () => {
    const given = await shared();
    await adopt(given);
    const stop = new AbortController();
    stop.abort();
    const [row] = await rows(given.receiver);
    const job = { practice: given.receiver, adoption: String(row?.id) };
    await expect(given.archive.copyStudy(job, { isLast: false, signal: stop.signal })).rejects.toThrow();
    expect(await rows(given.receiver)).toMatchObject([{ state: "running" }]);
    const owner = openDatabase(database().addresses.vetware_owner);
    await owner.applyAs(given.house.practice.id, (q) => q.update(share).set({ revokedAt: new Date() }));
    await owner.close();
    await copy(given);
    expect(await keptInstances(db(), given.receiver)).toHaveLength(3);
    const refused = await adopt(given);
    expect(isRefused(refused) && refused.refused.status).toBe(404);
    expect(await keptInstances(db(), given.receiver)).toHaveLength(3);
  });

  it("passes nothing over when the study lost an instance between two tries", async () => {
    const given = await shared();
    const { house, receiver } = given;
    await adopt(given);
    const kept = await keptInstances(db(), house.practice.id);
    const owner = openDatabase(database().addresses.vetware_owner);
    await owner.applyAs(receiver, (q) => q.update(adoption).set({ taken: 1 }));
    await owner.applyAs(
      house.practice.id,
      (q) =>
        q.update(instance).set({ current: false, relation: "version" }).where(
          eq(instance.sopInstanceUid, "1.2.3.8.1"),
        ),
    );
    await owner.close();
    await copy(given);
    expect(kept).toHaveLength(3);
    expect((await keptInstances(db(), receiver)).map(({ sopInstanceUid }) => sopInstanceUid).sort())
      .toEqual(["1.2.3.8.2", "1.2.3.8.3"]);
    expect(await rows(receiver)).toMatchObject([{ state: "done", taken: 2, total: 2 }]);
  });

  it("is only what the link shows", async () => {
    const given = await shared({ firstSeriesOnly: true });
    expect(await adopt(given)).toMatchObject({ total: 2 });
    await copy(given);
    expect((await keptInstances(db(), given.receiver)).map(({ sopInstanceUid }) => sopInstanceUid).sort())
      .toEqual([
        "1.2.3.8.1",
        "1.2.3.8.2",
      ]);
  });

  it("is refused alike without the right, after the end, and for a visit that is not there; and to its own practice", async () => {
    const answers = [];
    for (const wish of [{ rights: ["view", "download"] as ShareRight[] }, { ended: true }]) {
      const given = await shared(wish);
      answers.push(await adopt(given));
      expect(await rows(given.receiver)).toEqual([]);
    }
    const given = await shared();
    answers.push(await adopt({ ...given, visit: uuidv7() }));
    expect(answers.map((answer) => isRefused(answer) && answer.refused)).toEqual(
      Array.from(
        { length: 3 },
        () => expect.objectContaining({ status: 404, detail: expect.stringContaining("nothing") }),
      ),
    );
    const own = await adopt({ ...given, receiver: given.house.practice.id });
    expect(isRefused(own) && own.refused.status).toBe(409);
  });
});
