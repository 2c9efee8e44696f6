// PL-7 behind the front door, at a real core, made from the contract: whoever acts for practice B and names a thing of
// practice A, by any call or at any door, gets exactly what an unknown id gets, and nothing is written. A call, a
// capability, a thing, an actor or an audience without a row here fails.
import { isNull, sql } from "drizzle-orm";
import { setTimeout as pause } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Acting, type Call, type Permission } from "#core/contract/call.ts";
import { prepareAgain } from "#core/contract/archive.ts";
import {
  bytesCapability,
  Capability,
  capabilityPermission,
  EventAudience,
  ingestCapability,
  Thing,
} from "#core/contract/capability.ts";
import type { DomainEvent } from "#core/contract/events.ts";
import { Id } from "#core/contract/identifiers.ts";
import { type DicomName, Retrieved } from "#core/contract/retrieve.ts";
import { CallRefused, systemRandom } from "#core/rpc/mod.ts";
import { instance, measurementReport, transfer } from "#db/schema/mod.ts";
import { contractCalls } from "#tests/make/contractCalls.ts";
import { keptInstances, startCore, type TestCore } from "#tests/make/core.ts";
import { databases } from "#tests/make/database.ts";
import { type Given, type GivenPractice, openGiven } from "#tests/make/given.ts";
import { needs } from "#tests/make/needs.ts";
import { stateOf } from "#tests/make/practiceState.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";

/** Ids of one practice's things, or made-up ones. */
type Things = { study: string; instance: string; peer: string; transfer: string };

/** Why a call has no thing to ask for. */
type Reason = string;

const nowhere = { ip: null, userAgent: null };

const callRows: Readonly<Record<string, ((things: Things) => object) | Reason>> = {
  "archive.prepareAgain": ({ study }) => ({ study }),
  "archive.saveMeasurements": ({ study }) => ({
    study,
    after: null,
    measurements: [],
    author: "Nobody",
    from: nowhere,
  }),
  "archive.adoptStudy":
    "is asked by a visit of a link that gives the right; see tests/contracts/archiveAdoption",
  "archive.binStudy": ({ study }) => ({ study, from: nowhere }),
  "archive.restoreStudy": ({ study }) => ({ study, from: nowhere }),
  "dimse.echo": ({ peer }) => ({ peer }),
  "archive.startTransfer": ({ study, peer }) => ({ study, peer, from: nowhere }),
  "archive.cancelTransfer": ({ transfer }) => ({ transfer, from: nowhere }),
  "secrets.seal": "is about the texts it is given; no row, no practice",
  "secrets.makeTotp": "is about the account it is given; no row, no practice",
  "secrets.checkTotp": "opens what was sealed for the account it is given; see tests/contracts/secrets",
  "mail.mailbox": "is the installation's, told to this machine alone; see tests/attacks/mail",
  "secrets.digest": "is about the secret it is given; no row, no practice",
  "secrets.verify": "is about the secret and digest it is given; no row, no practice",
};

const capabilityRows: Readonly<Record<Capability["kind"], string>> = {
  ingest: "puts into the actor's own practice; see below",
  bytes: "every thing of the contract, by A and by B",
};

const audienceRows = {
  practice: "hears of its own practice alone; see below",
  account: "hears of no practice; see below",
};

const calls = await contractCalls();

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`on ${name}`, () => {
    let core: TestCore;
    let given: Given;
    let a: GivenPractice;
    let b: GivenPractice;
    let ofA: Things;
    let ofB: Things;
    const file = radiograph({ uid: "1.2.3.7.1" });

    beforeAll(async () => {
      core = await startCore({ start });
      given = openGiven(core.database);
      [a, b] = [await given.practice("Alpha"), await given.practice("Beta")];
      [ofA, ofB] = [await thingsOf(a), await thingsOf(b)];
    }, 120_000);
    afterAll(async () => {
      await given.owner.close();
      await core.stop();
    });

    const issuing = { now: Date.now, random: systemRandom };
    const nothing = (): Things => ({
      study: uuidv7(),
      instance: uuidv7(),
      peer: uuidv7(),
      transfer: uuidv7(),
    });
    const states = async () => [await stateOf(given.owner, a.id), await stateOf(given.owner, b.id)];

    /**
     * Every way to act for a practice, with the permission that is wanted. The ids are nobody's: it is the practice that
     * decides, and the edge alone names it.
     */
    function actors(practice: string | undefined, permission: Permission): Acting[] {
      const ids = { account: uuidv7(), apiKey: uuidv7(), shareSession: uuidv7(), system: true };
      return Acting.options.map((option) => {
        const kind = Object.keys(option.shape).filter((name) => !["practice", "permission"].includes(name));
        const named = Object.entries(ids).filter(([name]) => kind.includes(name));
        return Acting.parse({ ...Object.fromEntries(named), practice, permission });
      });
    }

    async function thingsOf(practice: GivenPractice): Promise<Things> {
      const { id } = practice;
      await upload(id, file);
      const [kept] = await eventually(
        () => keptInstances(core.db, id),
        ([row]) => row?.derivation === "ready" && row.storedAt !== null,
        60_000,
      );
      const [row] = await core.db.readAs(
        id,
        (q) => q.select({ study: instance.studyId, instance: instance.id }).from(instance),
      );
      if (!row || row.instance !== kept?.id) throw new Error("one instance was uploaded");
      const reached = { aeTitle: "PACS", host: "127.0.0.1", port: core.dicomPort };
      const peer = await given.peer(practice, "192.0.2.1/32", reached);
      return { ...row, peer, transfer: await given.transfer(practice, row.study, peer) };
    }

    function upload(practice: string, bytes: Uint8Array) {
      const who = { account: uuidv7(), practice, permission: capabilityPermission.ingest };
      const body = new Blob([Uint8Array.from(bytes)]).stream();
      return core.doors.putIngest(ingestCapability({ who, limit: 10_000_000 }, issuing), body);
    }

    /** What is still done with instances would change the states that tests compare. A report has no picture. */
    const nothingToDo = () =>
      eventually(
        async () => {
          const reports = await core.db.readAs(
            a.id,
            (q) => q.select({ id: measurementReport.id }).from(measurementReport),
          );
          return { rows: await keptInstances(core.db, a.id), reports };
        },
        ({ rows, reports }) =>
          reports.every(({ id }) => rows.some((row) => row.id === id)) &&
          rows.every(({ derivation, storedAt }) =>
            ["ready", "none"].includes(derivation) && storedAt !== null
          ),
        60_000,
      );

    describe("PL-7 the rows of this test", () => {
      it("are one for each call, and a call that takes an id has asks", () => {
        expect(calls.map(({ name }) => name).sort()).toEqual(Object.keys(callRows).sort());
        for (const { name, asks } of calls) {
          // An account that something is sealed for names no row; a visit names what its link shows to anyone.
          const takesId = !name.startsWith("secrets.") && name !== "archive.adoptStudy" &&
            JSON.stringify(z.toJSONSchema(asks)).includes('"uuid"');
          expect([name, typeof callRows[name] === "function"]).toEqual([name, takesId]);
        }
      });

      it("are one for each kind of capability and of audience", () => {
        const kinds = Capability.options.map((option) => option.shape.kind.value);
        expect(kinds).toEqual(Object.keys(capabilityRows));
        expect(Object.keys(capabilityPermission)).toEqual(Object.keys(capabilityRows));
        expect(EventAudience.options.flatMap((option) => Object.keys(option.shape)))
          .toEqual(Object.keys(audienceRows));
      });
    });

    describe("PL-7 calls keep practices apart", () => {
      const answerTo = async (call: Call, asks: unknown, who: Acting, idempotencyKey = uuidv7()) => {
        try {
          return { answer: await core.edge(call, asks, { who, idempotencyKey }) };
        } catch (fault) {
          if (!(fault instanceof CallRefused)) throw fault;
          return { refused: { ...fault.problem, request: "" } };
        }
      };

      /** Gives prepareAgain something to write in A and in B. */
      const failPictures = async () => {
        for (const { id } of [a, b]) {
          await core.db.applyAs(
            id,
            (q) => q.update(instance).set({ derivation: "failed", derivationFault: "x" }),
          );
        }
      };

      for (const call of calls) {
        const asks = callRows[call.name];
        if (typeof asks !== "function") continue;
        it(`${call.name} answers for a thing of another practice as for none at all`, async () => {
          await failPictures();
          const before = await states();
          for (const who of [...actors(b.id, call.permission), ...actors(undefined, call.permission)]) {
            const stolen = await answerTo(call, asks(ofA), who);
            expect(stolen).toHaveProperty("refused");
            expect(stolen).toEqual(await answerTo(call, asks(nothing()), who));
          }
          expect(await states()).toEqual(before);
        });

        it(`${call.name} does it for its own people, and tells nobody else under the same key`, async () => {
          const key = uuidv7();
          const [person] = actors(a.id, call.permission);
          const [stranger] = actors(b.id, call.permission);
          if (!person || !stranger) throw new Error("nobody can act");
          expect(await answerTo(call, asks(ofA), person, key)).toHaveProperty("answer");
          expect(await answerTo(call, asks(ofA), stranger, key)).toEqual(
            await answerTo(call, asks(nothing()), stranger),
          );
          await prepareAgainAsA();
          await nothingToDo();
          await nothingOnItsWay();
        });
      }

      /** Whatever call was tried, the pictures that failPictures took are made again. */
      const prepareAgainAsA = async () => {
        const [person] = actors(a.id, prepareAgain.permission);
        if (person) await answerTo(prepareAgain, { study: ofA.study }, person);
      };
      /** The peer of A rejects us, so what was begun to be sent ends by itself. */
      const nothingOnItsWay = () =>
        eventually(
          () => core.db.readAs(a.id, (q) => q.select().from(transfer).where(isNull(transfer.endedAt))),
          (rows) => rows.length === 0,
          60_000,
        );
    });

    /** Every thing that a bytes capability can name of one instance, by walking the contract's shapes. */
    function thingsToRead(id: string): Thing[] {
      return Thing.options.flatMap((option) => {
        // named by UIDs, which practices may share, and by a study: tests of their own are below
        if ("dicomweb" in option.shape || "zip" in option.shape) return [];
        let made: Record<string, unknown>[] = [{}];
        for (const [name, schema] of Object.entries(option.shape)) {
          const values = valuesOf(name, schema, id);
          made = made.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
        }
        return made.map((one) => Thing.parse(one));
      });
    }

    function valuesOf(name: string, schema: z.ZodType, id: string): unknown[] {
      if (schema === Id) return [id];
      if (schema instanceof z.ZodLiteral) return [...schema.values];
      throw new Error(`this test has no value for ${name} of a thing`);
    }

    describe("PL-7 the bytes door keeps practices apart", () => {
      type Asking = { readonly headers?: Record<string, string>; readonly method?: "GET" | "HEAD" };

      async function said(thing: Thing, who: Acting, { headers = {}, method = "GET" }: Asking = {}) {
        const capability = bytesCapability({ who, thing }, issuing);
        const answer = await core.doors.getBytes(capability, new Headers(headers), { method });
        const own = [...answer.headers].filter(([name]) => name !== "date" && name !== "x-request-id");
        const text = await answer.text();
        return { status: answer.status, headers: own, text: text.replace(/"request":"[^"]+"/, "") };
      }

      const reader = (practice: string): Acting => ({
        account: uuidv7(),
        practice,
        permission: capabilityPermission.bytes,
      });
      const nobody = "00000000-0000-7000-8000-000000000000";
      const names = thingsToRead(nobody).map((thing) =>
        Object.entries(thing).map(([name, value]) => value === nobody ? name : `${name} ${value}`).join(", ")
      );

      it("serves everything of the contract to its own practice", async () => {
        for (const [things, practice] of [[ofA, a], [ofB, b]] as const) {
          for (const thing of thingsToRead(things.instance)) {
            expect(await said(thing, reader(practice.id))).toMatchObject({ status: 200 });
          }
        }
      });

      for (const [at, name] of names.entries()) {
        const pair = () => [thingsToRead(ofA.instance)[at], thingsToRead(uuidv7())[at]] as const;

        it(`${name}: answers as for none at all, whoever acts`, async () => {
          const before = await states();
          const [stolen, unknown] = pair();
          if (!stolen || !unknown) throw new Error("no such thing");
          const permission = capabilityPermission.bytes;
          for (const who of [...actors(b.id, permission), ...actors(undefined, permission)]) {
            const answer = await said(stolen, who);
            expect(answer.status).toBe(who.practice === undefined ? 403 : 404);
            expect(answer).toEqual(await said(unknown, who));
          }
          expect(await states()).toEqual(before);
        });

        it(`${name}: answers as for none at all, however it is asked`, async () => {
          const [stolen, unknown] = pair();
          if (!stolen || !unknown) throw new Error("no such thing");
          const etag = new Map((await said(stolen, reader(a.id))).headers).get("etag") ?? "";
          expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
          const range = "bytes=0-3";
          const asked: Record<string, string>[] = [
            {},
            { range },
            { range: "bytes=999999999-" },
            { "if-none-match": etag },
            { "if-none-match": "*" },
            { range, "if-range": etag },
          ];
          for (const headers of asked) {
            for (const method of ["GET", "HEAD"] as const) {
              const answer = await said(stolen, reader(b.id), { headers, method });
              expect(answer.status).toBe(404);
              expect(answer).toEqual(await said(unknown, reader(b.id), { headers, method }));
            }
          }
        });
      }
    });

    describe("PL-7 the ZIP of a study keeps practices apart", () => {
      it("is made for its own practice, and answers others as for none at all", async () => {
        const said = async (practice: string, zip: string) => {
          const who: Acting = { account: uuidv7(), practice, permission: capabilityPermission.bytes };
          const answer = await core.doors.getBytes(
            bytesCapability({ who, thing: { zip } }, issuing),
            new Headers(),
          );
          return { status: answer.status, text: (await answer.text()).replace(/"request":"[^"]+"/, "") };
        };
        expect((await said(a.id, ofA.study)).status).toBe(200);
        const stolen = await said(b.id, ofA.study);
        expect(stolen.status).toBe(404);
        expect(stolen).toEqual(await said(b.id, uuidv7()));
      });
    });

    describe("PL-7 what DICOMweb retrieves keeps practices apart", () => {
      const study = "1.2.3.70";
      const uids = { study, series: `${study}.1`, instance: `${study}.2` };
      const forms: Readonly<Record<string, Retrieved>> = {
        instances: { instances: [{ type: "application/dicom", transferSyntax: "*", multipart: true }] },
        metadata: { metadata: true, root: "http://127.0.0.1" },
        bulkData: { bulkData: "7FE00010", multipart: false },
        frames: { frames: [1], accept: [] },
        rendered: { rendered: { frame: 1, mediaType: "image/jpeg", quality: 90 } },
      };

      async function said(practice: string, name: DicomName, as: Retrieved) {
        const who: Acting = { account: uuidv7(), practice, permission: capabilityPermission.bytes };
        const capability = bytesCapability({ who, thing: { dicomweb: name, as } }, issuing);
        const answer = await core.doors.getBytes(capability, new Headers(), { method: "GET" });
        return { status: answer.status, text: (await answer.text()).replace(/"request":"[^"]+"/, "") };
      }

      it("has a row for every form of the contract", () => {
        const names = Retrieved.options.map((option) => Object.keys(option.shape)[0]);
        expect(names).toEqual(Object.keys(forms));
      });

      it("answers for UIDs of another practice as for none at all, and serves its own", async () => {
        const { instance: sop, series } = uids;
        await upload(a.id, radiograph({ uid: sop, study }));
        await eventually(
          () => said(a.id, uids, { metadata: true, root: "" }),
          ({ status }) => status === 200,
          60_000,
        );
        const unknown = { study: "1.2.3.71", series, instance: sop };
        for (const as of Object.values(forms)) {
          for (const name of [{ study }, { study, series }, uids]) {
            expect((await said(a.id, name, as)).status).toBe(200);
            const stolen = await said(b.id, name, as);
            expect(stolen.status).toBe(404);
            expect(stolen).toEqual(await said(b.id, unknown, as));
          }
        }
        await nothingToDo();
      }, 60_000);
    });

    describe("PL-7 the ingest door keeps practices apart", () => {
      it("puts into the practice that acts, and says the same to who brings what another has", async () => {
        const before = await stateOf(given.owner, a.id);
        const c = await given.practice("Gamma");
        const [again, first] = [await upload(b.id, file), await upload(c.id, file)];
        expect(first).toEqual(again);
        await eventually(() => keptInstances(core.db, c.id), (rows) => rows.length === 1);
        expect(await stateOf(given.owner, a.id)).toBe(before);
      });

      it("takes nothing for nobody", async () => {
        const who = { account: uuidv7(), permission: capabilityPermission.ingest };
        const body = new Blob([Uint8Array.from(file)]).stream();
        await expect(core.doors.putIngest(ingestCapability({ who, limit: 10_000_000 }, issuing), body))
          .rejects.toMatchObject({ kind: "forbidden" });
      });
    });

    describe("PL-7 the events door keeps practices apart", () => {
      /** Follows an audience until an event of it fits; all that was heard on the way. */
      async function heard(
        audience: EventAudience,
        after: string,
        fits: (event: DomainEvent) => boolean,
      ): Promise<DomainEvent[]> {
        const gone = new AbortController();
        const events: DomainEvent[] = [];
        for await (const event of core.doors.events(audience, after, { signal: gone.signal })) {
          if (event !== "heartbeat") events.push(event);
          if (event !== "heartbeat" && fits(event)) break;
        }
        gone.abort();
        return events;
      }

      const ring = ({ practice, subject }: { practice: string; subject: string }) =>
        core.db.applyAs(practice, (q) =>
          q.execute(sql`insert into event (practice_id, kind, subject_id)
        values (${practice}::uuid, 'study.changed', ${subject}::uuid)`));

      it("tells a practice of its own, from the beginning and from another's cursor", async () => {
        const [mark, markOfA] = [uuidv7(), uuidv7()];
        await ring({ practice: a.id, subject: markOfA });
        await ring({ practice: b.id, subject: mark });
        const all = await heard({ practice: a.id }, "0-0", ({ subjectId }) => subjectId === markOfA);
        expect(all.map(({ subjectId }) => subjectId)).toContain(ofA.study);
        for (const after of ["0-0", all[0]?.cursor ?? ""]) {
          const told = await heard({ practice: b.id }, after, ({ subjectId }) => subjectId === mark);
          for (const { subjectId } of told) expect([ofB.study, mark]).toContain(subjectId);
        }
      });

      it("tells an account, and a practice that there is not, of no practice at all", async () => {
        const { id: account } = await given.person(b);
        const audiences = [{ account }, { practice: uuidv7() }, { account: a.id }, { practice: account }];
        const told = audiences.map((audience) =>
          Promise.race([heard(audience, "0-0", () => true), pause(1500, "nothing")])
        );
        expect(await Promise.all(told)).toEqual(Array(4).fill("nothing"));
      });
    });
  });
}
