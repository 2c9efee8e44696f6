// PL-7 on the DICOM port and below it, at a real core: the called AE title and the peer's address name one practice,
// what comes is kept for that one alone, and no object of one practice is ever read for another, whatever its rows say.
import { eq } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesCapability, type Thing } from "#core/contract/capability.ts";
import { systemRandom } from "#core/rpc/mod.ts";
import { sqlState } from "#db/mod.ts";
import { derivative, instance, object } from "#db/schema/mod.ts";
import { keptInstances, startCore, type TestCore } from "#tests/make/core.ts";
import { databases } from "#tests/make/database.ts";
import { type Given, type GivenPractice, openGiven } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";
import { stateOf } from "#tests/make/practiceState.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { sendFiles } from "#tests/make/scu.ts";
import { eventually } from "#tests/make/until.ts";

const [atA, atB, elsewhere] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`on ${name}`, () => {
    let core: TestCore;
    let given: Given;
    let a: GivenPractice;
    let b: GivenPractice;

    beforeAll(async () => {
      core = await startCore({ start });
      given = openGiven(core.database);
      [a, b] = [await given.practice("Alpha"), await given.practice("Beta")];
      await given.peer(a, atA);
      await given.peer(b, atB);
    }, 120_000);
    afterAll(async () => {
      await given.owner.close();
      await core.stop();
    });

    /** Sends from an address to a practice's AE title. */
    const send = (
      files: readonly Uint8Array[],
      from: string,
      { aeTitle }: GivenPractice,
      callingAeTitle?: string,
    ) => sendFiles(files, { port: core.dicomPort, from, calledAeTitle: aeTitle, callingAeTitle });

    const states = async () => [await stateOf(given.owner, a.id), await stateOf(given.owner, b.id)];

    /** The instances of a practice under a UID, once there are so many and their bytes are in the object store. */
    const kept = async ({ id }: GivenPractice, uid: string, count = 1) => {
      const of = async () => (await keptInstances(core.db, id)).filter((row) => row.sopInstanceUid === uid);
      const isDone = (row: Awaited<ReturnType<typeof of>>[number]) =>
        row.storedAt !== null && row.derivation !== "pending";
      return await eventually(of, (rows) => rows.length === count && rows.every(isDone), 60_000);
    };

    async function read({ id: practice }: GivenPractice, thing: Thing) {
      const who = { system: true, practice, permission: "study:read" } as const;
      const answer = await core.doors.getBytes(
        bytesCapability({ who, thing }, { now: Date.now, random: systemRandom }),
      );
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    }

    describe("PL-7 PL-13 an association is for one practice", () => {
      it("is refused to another practice's peer as to a stranger, and writes nothing", async () => {
        const before = await states();
        const refusals = [];
        for (const from of [atB, elsewhere]) {
          for (const calling of ["XRAY", a.aeTitle, b.aeTitle]) {
            const file = radiograph({ uid: "1.2.3.50.1" });
            refusals.push(await send([file], from, a, calling).catch((fault: unknown) => String(fault)));
          }
        }
        // A-ASSOCIATE-RJ: permanent, by the service user, calling AE title not recognized (PS3.8 9.3.4).
        expect(refusals).toEqual(Array(6).fill("Error: no A-ASSOCIATE-AC but 3: 00010103"));
        expect(await states()).toEqual(before);
      });

      it("from the address it registered stores into the practice that is called, and into no other", async () => {
        const [, before] = await states();
        expect(await send([radiograph({ uid: "1.2.3.50.2" })], atA, a, b.aeTitle)).toEqual([0]);
        await kept(a, "1.2.3.50.2");
        expect((await states())[1]).toBe(before);
      });

      it("from an address that two practices share stores into the one that is called", async () => {
        const c = await given.practice("Gamma");
        await given.peer(c, atA);
        const [beforeA, beforeB] = await states();
        expect(await send([radiograph({ uid: "1.2.3.50.3" })], atA, c)).toEqual([0]);
        await kept(c, "1.2.3.50.3");
        expect(await states()).toEqual([beforeA, beforeB]);
      });
    });

    describe("PL-7 one SOP Instance UID in two practices", () => {
      const uid = "1.2.3.60.1";
      const file = radiograph({ uid, study: "1.2.3.60" });

      it("is two instances, also when both send the same bytes at the same moment", async () => {
        const sent = await Promise.all([send([file], atA, a), send([file], atB, b)]);
        expect(sent).toEqual([[0], [0]]);
        const [[inA], [inB]] = [await kept(a, uid), await kept(b, uid)];
        expect([inA?.current, inB?.current]).toEqual([true, true]);
        expect(inA?.datasetSha256).toBe(inB?.datasetSha256);
        expect(inA?.id).not.toBe(inB?.id);
        expect(inA?.key).not.toBe(inB?.key);
      });

      it("is seen by each in its own, and not in the other's", async () => {
        const [[inA], [inB]] = [await kept(a, uid), await kept(b, uid)];
        const rows = [[a, inA?.id ?? "", inB?.id ?? ""], [b, inB?.id ?? "", inA?.id ?? ""]] as const;
        for (const [practice, own, other] of rows) {
          const original = await read(practice, { original: own });
          expect([original.status, original.bytes.includes(Buffer.from(file.subarray(-1000)))]).toEqual([
            200,
            true,
          ]);
          for (
            const thing of [
              { original: other },
              { derivative: other },
              { preview: other, size: 256 } as const,
            ]
          ) {
            expect((await read(practice, thing)).status).toBe(404);
          }
        }
      });

      it("stays what it was in one when the other sends something else under it", async () => {
        const [before] = await states();
        const other = radiograph({ uid, study: "1.2.3.60", patientID: "P-2" });
        expect(await send([other], atB, b)).toEqual([0]);
        const rows = await kept(b, uid, 2);
        expect(rows.map((row) => row.current)).toEqual([true, false]);
        expect((await states())[0]).toBe(before);
      });

      it("is counted by each alone: a practice that comes later has it as its first", async () => {
        const c = await given.practice("Delta");
        await given.peer(c, elsewhere);
        expect(await send([radiograph({ uid, study: "1.2.3.60", patientID: "P-3" })], elsewhere, c)).toEqual([
          0,
        ]);
        expect(await kept(c, uid)).toMatchObject([{ current: true }]);
      });
    });

    describe("PL-7 objects", () => {
      /** A new instance of each practice, with its object's id and key. */
      const both = async (uid: string) => {
        const file = radiograph({ uid, study: "1.2.3.70" });
        expect([await send([file], atA, a), await send([file], atB, b)]).toEqual([[0], [0]]);
        const idsOf = async (practice: GivenPractice) => {
          await kept(practice, uid);
          const columns = { id: instance.id, objectId: object.id, key: object.key };
          const [found] = await core.db.readAs(
            practice.id,
            (q) =>
              q.select(columns).from(instance).innerJoin(object, eq(object.id, instance.objectId))
                .where(eq(instance.sopInstanceUid, uid)),
          );
          if (!found) throw new Error("it was sent");
          return found;
        };
        return { ofA: await idsOf(a), ofB: await idsOf(b) };
      };

      it("are kept under the name of their practice, originals and all that is derived", async () => {
        await both("1.2.3.70.1");
        for (const { id } of [a, b]) {
          const rows = await core.db.readAs(id, (q) => q.select({ key: object.key }).from(object));
          expect(rows.length).toBeGreaterThanOrEqual(4);
          for (const { key } of rows) expect(key.startsWith(`practice/${id}/`)).toBe(true);
        }
      });

      it("are not read for another practice, even when its own rows name them", async () => {
        const { ofA, ofB } = await both("1.2.3.70.2");
        await core.db.applyAs(b.id, (q) => [
          q.update(instance).set({ objectId: ofA.objectId }).where(eq(instance.id, ofB.id)),
          q.update(derivative).set({ objectId: ofA.objectId }).where(eq(derivative.instanceId, ofB.id)),
        ]);
        const things: Thing[] = [
          { original: ofB.id },
          { derivative: ofB.id },
          { preview: ofB.id, size: 1024 },
          { preview: ofB.id, size: 256 },
        ];
        for (const thing of things) expect((await read(b, thing)).status).toBe(404);
        expect((await read(a, { original: ofA.id })).status).toBe(200);
      });

      it("cannot be claimed by a row of another practice", async () => {
        const { ofA } = await both("1.2.3.70.3");
        const row = {
          id: uuidv7(),
          practiceId: b.id,
          key: ofA.key,
          bytes: 1,
          mediaType: "application/dicom",
        };
        const claim = core.db.applyAs(
          b.id,
          (q) => q.insert(object).values({ ...row, sha256: systemRandom(32) }),
        );
        expect(sqlState(await claim.catch((fault: unknown) => fault))).toBe("23505"); // unique_violation
      });

      it("are not asked for by their own names, by nobody", async () => {
        const { ofA } = await both("1.2.3.70.4");
        for (const practice of [a, b]) {
          expect((await read(practice, { original: ofA.objectId })).status).toBe(404);
          expect((await read(practice, { original: ofA.key })).status).toBe(400);
        }
      });
    });
  });
}
