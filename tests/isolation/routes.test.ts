// PL-7 at the front door, made from the router: for every route, someone of practice B who asks for a thing of
// practice A gets exactly what an unknown id gets, and nothing is written. A route without a row here fails.
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Me } from "#core/contract/sessions.ts";
import { CreatedShare } from "#core/contract/shares.ts";
import { routesOf } from "#edge/guard/mod.ts";
import { type Browser, publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPractice } from "#tests/make/given.ts";
import { median } from "#tests/bench/ratios.ts";
import { databases, type TestDatabase } from "#tests/make/database.ts";
import { needs } from "#tests/make/needs.ts";
import { stateOf } from "#tests/make/practiceState.ts";
import { type Ask, retrieves, routeRows as rows, type Things } from "#tests/make/routeRows.ts";

async function* none(): AsyncGenerator<never> {}

for (const { name, needs: wanted, start } of databases) {
  needs(...wanted).describe(`PL-7 every route keeps practices apart on ${name}`, () => {
    let database: TestDatabase;
    let edge: TestEdge;
    let a: GivenPractice;
    let b: GivenPractice;
    let staffOfB: Browser;
    let ofA: Things;
    let ofB: Things;

    beforeAll(async () => {
      database = await start();
      edge = await startEdge({ database });
      [a, b] = [await edge.given.practice("Alpha"), await edge.given.practice("Beta")];
      [ofA, ofB] = [await thingsOf(a), await thingsOf(b)];
      staffOfB = await signedIn(b);
      // B holds a visit of its own link, and has put its secret under A's link too.
      staffOfB.cookies.set(`__Host-share-${ofB.share}`, ofB.visit);
      staffOfB.cookies.set(`__Host-share-${ofA.share}`, ofB.visit);
    });
    afterAll(async () => {
      await edge.stop();
      await database.stop();
    });

    async function signedIn(practice: GivenPractice): Promise<Browser> {
      const person = await edge.given.person(practice, "owner");
      const browser = edge.browser();
      expect((await browser.send("POST", "/api/session", person.credentials())).status).toBe(200);
      expect((await browser.get("/api/studies")).status).toBe(200); // brings VetPACS' own token
      return browser;
    }

    async function thingsOf(practice: GivenPractice): Promise<Things> {
      const staff = await signedIn(practice);
      const study = await edge.given.study(practice, { patientName: `Owner^Pet of ${practice.name}` });
      const answer = await staff.send("POST", "/api/shares", { studyId: study.id, rights: ["download"] });
      const { share, url } = CreatedShare.parse(await answer.json());
      const token = url.slice(`${publicUrl}/s#`.length);
      const visitor = edge.browser();
      await visitor.send("POST", "/api/opened", { token });
      const [first] = study.series;
      const instance = first?.instances[0]?.id ?? "";
      const previews = ([1024, 256] as const).map((size) => ({ preview: instance, size }));
      for (
        const thing of [{ original: instance }, { derivative: instance }, { zip: study.id }, ...previews]
      ) {
        edge.store.put(practice.id, thing, new TextEncoder().encode(`secret of ${practice.name}`));
      }
      const visit = visitor.cookies.get(`__Host-share-${share.id}`) ?? "";
      const peer = await edge.given.peer(practice, "192.0.2.1/32");
      const transfer = await edge.given.transfer(practice, study.id, peer);
      const adoption = await edge.given.adoption(practice);
      const invited = await staff.send("POST", "/api/team/invitations", {
        email: `${uuidv7()}@example.org`,
        role: "technician",
      });
      const { id: invitation } = await invited.json();
      const session = Me.parse(await (await staff.get("/api/session")).json()).sessionId;
      const key = (await edge.given.apiKey(practice)).id;
      const account = (await edge.given.person(practice)).id;
      return {
        practice: practice.id,
        account,
        session,
        invitation,
        key,
        peer,
        transfer,
        adoption,
        study: study.id,
        series: first?.id ?? "",
        instance,
        share: share.id,
        token,
        visit,
      };
    }

    /** What the database holds of both. */
    const states = async () => [await stateOf(edge.given.owner, a.id), await stateOf(edge.given.owner, b.id)];

    async function said(browser: Browser, [method, path, body]: Ask): Promise<string> {
      const answer = await browser.send(method, path, body);
      const text = await answer.text();
      expect(text).not.toContain("Alpha");
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== "x-request-id"));
      return JSON.stringify({ status: answer.status, headers, text: text.replace(/"request":"[^"]+"/, "") });
    }

    it("has a row for each route of the router", () => {
      expect(routesOf(edge.app).map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
        Object.keys(rows).sort(),
      );
    });

    for (const [route, asks] of Object.entries(rows)) {
      if (typeof asks === "string") continue;
      it(`${route} answers for a thing of another practice as for none at all`, async () => {
        const before = await states();
        const nothing: Things = {
          practice: uuidv7(),
          account: uuidv7(),
          session: uuidv7(),
          invitation: uuidv7(),
          key: uuidv7(),
          study: uuidv7(),
          series: uuidv7(),
          instance: uuidv7(),
          share: uuidv7(),
          peer: uuidv7(),
          transfer: uuidv7(),
          adoption: uuidv7(),
          token: "",
          visit: "",
        };
        const [stolen, unknown] = [asks(ofA, ofB), asks(nothing, ofB)];
        for (const [at, ask] of stolen.entries()) {
          const answer = await said(staffOfB, ask);
          expect(answer).toBe(await said(staffOfB, unknown[at] ?? ask));
          expect(JSON.parse(answer).status).toBeGreaterThanOrEqual(400);
        }
        expect(await states()).toEqual(before);
      });

      it(`${route} answers its own people`, async () => {
        const [own] = asks(ofB, ofB);
        if (!own || own[0] === "DELETE") return;
        expect(JSON.parse(await said(staffOfB, own)).status).not.toBe(404);
        await staffOfB.get("/api/studies"); // what changes the session takes VetPACS' token back
      });
    }

    it("GET /api/studies lists the asker's own, whatever is searched", async () => {
      for (const query of ["", "?search=alpha", "?search=pet"]) {
        const { studies } = await (await staffOfB.get(`/api/studies${query}`)).json();
        expect(studies.map((study: { id: string }) => study.id)).not.toContain(ofA.study);
      }
      const { studies } = await (await staffOfB.get("/api/studies?search=pet+beta")).json();
      expect(studies.map((study: { id: string }) => study.id)).toEqual([ofB.study]);
    });

    it("/dicomweb searches the asker's own, whatever UIDs are named", async () => {
      const [mine, theirs] = [await edge.given.study(b), await edge.given.study(a)];
      const found = async (path: string) => (await (await staffOfB.get(`/dicomweb${path}`)).json()).length;
      for (const path of ["/series", "/instances"]) {
        expect(await found(`/studies/${mine.uid}${path}`)).toBeGreaterThan(0);
        expect(await found(`/studies/${theirs.uid}${path}`)).toBe(0);
        expect(await found(`${path}?StudyInstanceUID=${theirs.uid}`)).toBe(0);
      }
      expect(await found(`/studies?StudyInstanceUID=${theirs.uid}`)).toBe(0);
      expect(await found("/studies?PatientName=*alpha*")).toBe(0);
      const { rows: [series] } = await edge.given.owner.readAs(
        a.id,
        (q) => q.execute<{ uid: string }>(sql`select series_instance_uid as uid from series limit 1`),
      );
      expect(await found(`/studies/${theirs.uid}/series/${series?.uid}/instances`)).toBe(0);
    });

    it("/dicomweb retrieves within the asker's practice, whatever UIDs are named", async () => {
      const key = await edge.given.apiKey(b);
      const asked: (string | undefined)[] = [];
      const getBytes: typeof edge.parts.doors.getBytes = ({ who }) => {
        asked.push(who.practice);
        return Promise.resolve(new Response("x"));
      };
      const app = edge.another({ doors: { ...edge.parts.doors, getBytes } });
      for (const path of retrieves) {
        const filled = path.replace(/:place\{.*\}/, "7FE00010").replace(":frames", "1").replace(
          /:[a-z]+/g,
          "2.25.9",
        );
        const answer = await app.request(filled, { headers: { authorization: `Bearer ${key.secret}` } });
        expect(answer.status, filled).toBe(200);
      }
      expect(asked).toEqual(retrieves.map(() => b.id));
    });

    it("/dicomweb gives a ZIP of another practice's study as of none at all", async () => {
      const [theirs] = await edge.given.owner.readAs(
        a.id,
        (q) => q.execute<{ uid: string }>(sql`select study_instance_uid as uid from study limit 1`),
      ).then(({ rows }) => rows);
      const said = async (uid: string | undefined) => {
        const answer = await staffOfB.get(`/dicomweb/studies/${uid}`, { accept: "application/zip" });
        return [answer.status, (await answer.json()).type];
      };
      expect(theirs?.uid).toBeDefined();
      expect(await said(theirs?.uid)).toEqual([404, "urn:problem:vetware:not-found"]);
      expect(await said("2.25.999")).toEqual(await said(theirs?.uid));
    });

    it("/dicomweb stores into the asker's own practice", async () => {
      const key = await edge.given.apiKey(b);
      for (const path of ["/dicomweb/studies", "/dicomweb/studies/2.25.7"]) {
        const headers = {
          "authorization": `Bearer ${key.secret}`,
          "content-type": 'multipart/related; type="application/dicom"; boundary=x',
        };
        await edge.app.request(path, { method: "POST", headers, body: "--x" });
        expect(edge.store.uploads.at(-1)?.practice).toBe(b.id);
      }
    });

    it("what is about a practice is about the asker's own", async () => {
      const before = await stateOf(edge.given.owner, a.id);
      const lists = ["", "/attention", "/activity", "/usage"].map((path) => `/api/practice${path}`);
      for (const path of [...lists, "/api/team", "/api/keys", "/api/mails", "/api/shares"]) {
        const answer = await staffOfB.get(path);
        expect([path, answer.status]).toEqual([path, 200]);
        const text = await answer.text();
        for (const id of [a.id, ...Object.values(ofA)].filter((id) => id.length >= 36)) {
          expect(text).not.toContain(id);
        }
        expect(text).not.toContain("Alpha");
      }
      await staffOfB.send("PATCH", "/api/practice", { name: "Beta", location: "There" });
      await staffOfB.send("POST", "/api/team/invitations", {
        email: `${uuidv7()}@example.org`,
        role: "admin",
      });
      const key = { name: "Ours", product: "vetpacs", permissions: ["study:read"] };
      expect((await staffOfB.send("POST", "/api/keys", key)).status).toBe(201);
      expect(await stateOf(edge.given.owner, a.id)).toEqual(before);
    });

    it("/api/peers lists and registers within the asker's own practice", async () => {
      const before = await stateOf(edge.given.owner, a.id);
      const { peers } = await (await staffOfB.get("/api/peers")).json();
      expect(peers.map((peer: { id: string }) => peer.id)).toEqual([ofB.peer]);
      const peer = { name: "Ours", address: "192.0.2.9" };
      expect((await staffOfB.send("POST", "/api/peers", peer)).status).toBe(201);
      expect(await stateOf(edge.given.owner, a.id)).toEqual(before);
    });

    it("PUT /api/uploads and GET /api/events act for the asker's practice", async () => {
      const body = new TextEncoder().encode("a file");
      const key = await edge.given.apiKey(b);
      const headers = { "authorization": `Bearer ${key.secret}`, "content-type": "application/dicom" };
      const answer = await edge.app.request("/api/uploads", { method: "PUT", headers, body });
      expect(answer.status).toBe(201);
      expect(edge.store.uploads.at(-1)?.practice).toBe(b.id);

      const asked: unknown[] = [];
      const doors = { ...edge.parts.doors, events: (audience: unknown) => (asked.push(audience), none()) };
      const stream = await edge.another({ doors }).request("/api/events", { headers });
      await stream.text();
      expect(asked).toEqual([{ practice: b.id }]);
    });

    it("answers in the same time band, whether a thing is another practice's or nobody's", async () => {
      const spent = async (ask: Ask) => {
        const began = performance.now();
        await said(staffOfB, ask);
        return performance.now() - began;
      };
      const stolen: number[] = [];
      const unknown: number[] = [];
      for (let round = 0; round < 25; round++) {
        stolen.push(await spent(["GET", `/api/studies/${ofA.study}`]));
        unknown.push(await spent(["GET", `/api/studies/${uuidv7()}`]));
      }
      const ratio = median(stolen) / median(unknown);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    });
  });
}
