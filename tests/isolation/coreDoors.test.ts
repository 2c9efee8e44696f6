// PL-7 behind the front door, at a real core, made from the contract: whoever acts for practice B and names a thing of
// practice A at any door gets exactly what an unknown id gets, and nothing is written. A capability, a thing, an actor or
// an audience without a row here fails.
import { sql } from "drizzle-orm";
import { setTimeout as pause } from "node:timers/promises";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Acting } from "#core/contract/call.ts";
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
import { keptInstances } from "#tests/make/core.ts";
import { databases } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { stateOf } from "#tests/make/practiceState.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { actors, file, issuing, openTwoPractices } from "#tests/make/twoPractices.ts";
import { eventually } from "#tests/make/until.ts";

const capabilityRows: Readonly<Record<Capability["kind"], string>> = {
  ingest: "puts into the actor's own practice; see below",
  bytes: "every thing of the contract, by A and by B",
};

const audienceRows = {
  practice: "hears of its own practice alone; see below",
  account: "hears of no practice; see below",
};

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`on ${name}`, () => {
    const two = openTwoPractices(start);

    describe("PL-7 the rows of this test", () => {
      it("are one for each kind of capability and of audience", () => {
        const kinds = Capability.options.map((option) => option.shape.kind.value);
        expect(kinds).toEqual(Object.keys(capabilityRows));
        expect(Object.keys(capabilityPermission)).toEqual(Object.keys(capabilityRows));
        expect(EventAudience.options.flatMap((option) => Object.keys(option.shape)))
          .toEqual(Object.keys(audienceRows));
      });
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
        const answer = await two.core.doors.getBytes(capability, new Headers(headers), { method });
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
        for (const [things, practice] of [[two.ofA, two.a], [two.ofB, two.b]] as const) {
          for (const thing of thingsToRead(things.instance)) {
            expect(await said(thing, reader(practice.id))).toMatchObject({ status: 200 });
          }
        }
      });

      for (const [at, name] of names.entries()) {
        const pair = () => [thingsToRead(two.ofA.instance)[at], thingsToRead(uuidv7())[at]] as const;

        it(`${name}: answers as for none at all, whoever acts`, async () => {
          const before = await two.states();
          const [stolen, unknown] = pair();
          if (!stolen || !unknown) throw new Error("no such thing");
          const permission = capabilityPermission.bytes;
          for (const who of [...actors(two.b.id, permission), ...actors(undefined, permission)]) {
            const answer = await said(stolen, who);
            expect(answer.status).toBe(who.practice === undefined ? 403 : 404);
            expect(answer).toEqual(await said(unknown, who));
          }
          expect(await two.states()).toEqual(before);
        });

        it(`${name}: answers as for none at all, however it is asked`, async () => {
          const [stolen, unknown] = pair();
          if (!stolen || !unknown) throw new Error("no such thing");
          const etag = new Map((await said(stolen, reader(two.a.id))).headers).get("etag") ?? "";
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
              const answer = await said(stolen, reader(two.b.id), { headers, method });
              expect(answer.status).toBe(404);
              expect(answer).toEqual(await said(unknown, reader(two.b.id), { headers, method }));
            }
          }
        });
      }
    });

    describe("PL-7 the ZIP of a study keeps practices apart", () => {
      it("is made for its own practice, and answers others as for none at all", async () => {
        const said = async (practice: string, zip: string) => {
          const who: Acting = { account: uuidv7(), practice, permission: capabilityPermission.bytes };
          const answer = await two.core.doors.getBytes(
            bytesCapability({ who, thing: { zip } }, issuing),
            new Headers(),
          );
          return { status: answer.status, text: (await answer.text()).replace(/"request":"[^"]+"/, "") };
        };
        expect((await said(two.a.id, two.ofA.study)).status).toBe(200);
        const stolen = await said(two.b.id, two.ofA.study);
        expect(stolen.status).toBe(404);
        expect(stolen).toEqual(await said(two.b.id, uuidv7()));
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
        const answer = await two.core.doors.getBytes(capability, new Headers(), { method: "GET" });
        return { status: answer.status, text: (await answer.text()).replace(/"request":"[^"]+"/, "") };
      }

      it("has a row for every form of the contract", () => {
        const names = Retrieved.options.map((option) => Object.keys(option.shape)[0]);
        expect(names).toEqual(Object.keys(forms));
      });

      it("answers for UIDs of another practice as for none at all, and serves its own", async () => {
        const { instance: sop, series } = uids;
        await two.upload(two.a.id, radiograph({ uid: sop, study }));
        await eventually(
          () => said(two.a.id, uids, { metadata: true, root: "" }),
          ({ status }) => status === 200,
          60_000,
        );
        const unknown = { study: "1.2.3.71", series, instance: sop };
        for (const as of Object.values(forms)) {
          for (const name of [{ study }, { study, series }, uids]) {
            expect((await said(two.a.id, name, as)).status).toBe(200);
            const stolen = await said(two.b.id, name, as);
            expect(stolen.status).toBe(404);
            expect(stolen).toEqual(await said(two.b.id, unknown, as));
          }
        }
        await two.nothingToDo();
      }, 60_000);
    });

    describe("PL-7 the ingest door keeps practices apart", () => {
      it("puts into the practice that acts, and says the same to who brings what another has", async () => {
        const before = await stateOf(two.given.owner, two.a.id);
        const c = await two.given.practice("Gamma");
        const [again, first] = [await two.upload(two.b.id, file), await two.upload(c.id, file)];
        expect(first).toEqual(again);
        await eventually(() => keptInstances(two.core.db, c.id), (rows) => rows.length === 1);
        expect(await stateOf(two.given.owner, two.a.id)).toBe(before);
      });

      it("takes nothing for nobody", async () => {
        const who = { account: uuidv7(), permission: capabilityPermission.ingest };
        const body = new Blob([Uint8Array.from(file)]).stream();
        await expect(two.core.doors.putIngest(ingestCapability({ who, limit: 10_000_000 }, issuing), body))
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
        for await (const event of two.core.doors.events(audience, after, { signal: gone.signal })) {
          if (event !== "heartbeat") events.push(event);
          if (event !== "heartbeat" && fits(event)) break;
        }
        gone.abort();
        return events;
      }

      const ring = ({ practice, subject }: { practice: string; subject: string }) =>
        two.core.db.applyAs(practice, (q) =>
          q.execute(sql`insert into event (practice_id, kind, subject_id)
        values (${practice}::uuid, 'study.changed', ${subject}::uuid)`));

      it("tells a practice of its own, from the beginning and from another's cursor", async () => {
        const [mark, markOfA] = [uuidv7(), uuidv7()];
        await ring({ practice: two.a.id, subject: markOfA });
        await ring({ practice: two.b.id, subject: mark });
        const all = await heard({ practice: two.a.id }, "0-0", ({ subjectId }) => subjectId === markOfA);
        expect(all.map(({ subjectId }) => subjectId)).toContain(two.ofA.study);
        for (const after of ["0-0", all[0]?.cursor ?? ""]) {
          const told = await heard({ practice: two.b.id }, after, ({ subjectId }) => subjectId === mark);
          for (const { subjectId } of told) expect([two.ofB.study, mark]).toContain(subjectId);
        }
      });

      it("tells an account, and a practice that there is not, of no practice at all", async () => {
        const { id: account } = await two.given.person(two.b);
        const audiences = [{ account }, { practice: uuidv7() }, { account: two.a.id }, { practice: account }];
        const told = audiences.map((audience) =>
          Promise.race([heard(audience, "0-0", () => true), pause(1500, "nothing")])
        );
        expect(await Promise.all(told)).toEqual(Array(4).fill("nothing"));
      });
    });
  });
}
