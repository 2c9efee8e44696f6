// Operators, API keys, activity and usage as a practice lives with them (PL-12, PL-19, PL-6).
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Activity } from "#core/contract/practice.ts";
import { account } from "#db/schema/mod.ts";
import { bearer, type Browser, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPerson, GivenPractice } from "#tests/make/given.ts";

let edge: TestEdge;
let practice: GivenPractice;
let owner: GivenPerson;
beforeAll(async () => {
  edge = await startEdge();
  practice = await edge.given.practice("Harbour Clinic");
  owner = await edge.given.person(practice, "owner");
});
afterAll(() => edge.stop());

async function signedIn(who: GivenPerson): Promise<Browser> {
  const browser = edge.browser();
  expect((await browser.send("POST", "/api/session", who.credentials())).status).toBe(200);
  return browser;
}

/** An operator: an account of its own kind, in no practice. */
async function operator(): Promise<Browser> {
  const person = await edge.given.person(practice, "owner");
  await edge.given.owner.actingAs({ practice: practice.id, account: person.id }, async (tx) => {
    await tx.execute(sql`delete from membership where account_id = ${person.id}`);
    await tx.update(account).set({ kind: "operator" }).where(sql`id = ${person.id}`);
  });
  return await signedIn(person);
}

const activity = async (browser: Browser) =>
  Activity.parse(await (await browser.get("/api/practice/activity")).json()).lines;

describe("PL-19 an operator", () => {
  it("sees that practices exist, and a practice's state for a reason that the practice sees", async () => {
    const browser = await operator();
    const { practices } = await (await browser.get("/api/operator/practices")).json();
    expect(practices.map((one: { id: string }) => one.id)).toContain(practice.id);
    expect((await browser.get(`/api/operator/practices/${practice.id}`)).status).toBe(403);
    const without = await browser.send("POST", "/api/operator/accesses", {
      practiceId: practice.id,
      reason: " ",
    });
    expect(without.status).toBe(422);
    const reason = "Ticket 17: studies do not arrive";
    const opened = await browser.send("POST", "/api/operator/accesses", { practiceId: practice.id, reason });
    expect(opened.status).toBe(201);
    expect(await opened.json()).toMatchObject({
      practice: { name: "Harbour Clinic" },
      studies: expect.any(Number),
    });
    expect((await browser.get(`/api/operator/practices/${practice.id}`)).status).toBe(200);
    const lines = (await activity(await signedIn(owner))).filter((line) => line.actorKind === "operator");
    expect(lines.map(({ action, reason }) => [action, reason])).toEqual([
      ["operator.looked", reason],
      ["operator.access_opened", reason],
    ]);
    edge.clock.forward(3601);
    await browser.send("POST", "/api/session/proof", {});
    expect((await browser.get(`/api/operator/practices/${practice.id}`)).status).toBe(403);
  });

  it("sees nothing of a practice by any other route", async () => {
    const browser = await operator();
    for (const path of ["/api/studies", "/api/team", "/api/practice", "/api/keys", "/dicomweb/studies"]) {
      expect([path, (await browser.get(path)).status]).toEqual([path, 403]);
    }
  });

  it("is nobody without a second factor, and nobody else is an operator", async () => {
    const boss = await signedIn(owner);
    expect((await boss.get("/api/operator/practices")).status).toBe(403);
    const unknown = { practiceId: uuidv7(), reason: "why" };
    expect((await (await operator()).send("POST", "/api/operator/accesses", unknown)).status).toBe(404);
  });
});

describe("PL-6 API keys", () => {
  it("are made for one product and some of one's own permissions, shown once, and taken back at once", async () => {
    const boss = await signedIn(owner);
    const make = (more: object) =>
      boss.send("POST", "/api/keys", {
        name: "Viewer",
        product: "vetpacs",
        permissions: ["study:read"],
        ...more,
      });
    const { key, secret } = await (await make({})).json();
    const ask = async (path: string) => (await edge.app.request(path, { headers: bearer(secret) })).status;
    expect([await ask("/api/studies"), await ask("/api/shares/none/visits"), await ask("/api/team")])
      .toEqual([200, 403, 401]);
    const listed = await (await boss.get("/api/keys")).json();
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(listed.keys[0]).toMatchObject({
      id: key.id,
      createdBy: owner.name,
      lastUsedAt: expect.any(String),
    });
    for (const permissions of [["team:read"], ["operator:access"], ["account:manage"], ["made:up"], []]) {
      expect((await make({ permissions })).status).toBe(422);
    }
    expect((await make({ product: "account", permissions: ["account:manage"] })).status).toBe(422);
    expect((await make({ product: "account", permissions: ["team:read"] })).status).toBe(201);
    await boss.send("DELETE", `/api/keys/${key.id}`);
    expect(await ask("/api/studies")).toBe(401);
    expect((await boss.send("DELETE", `/api/keys/${key.id}`)).status).toBe(404);
  });

  it("do nothing that asks for a person's proof", async () => {
    const manage = await edge.given.apiKey(practice, {
      product: "account",
      permissions: ["key:manage", "team:manage"],
    });
    const headers = { ...bearer(manage.secret), "content-type": "application/json" };
    const body = JSON.stringify({ name: "More", product: "account", permissions: ["key:manage"] });
    const answer = await edge.app.request("/api/keys", { method: "POST", headers, body });
    expect([answer.status, (await answer.json()).detail]).toEqual([
      403,
      "This is for people, not for API keys.",
    ]);
  });

  it("end when their time is over", async () => {
    const boss = await signedIn(owner);
    const body = { name: "Short", product: "vetpacs", permissions: ["study:read"], expiresInDays: 1 };
    const { secret } = await (await boss.send("POST", "/api/keys", body)).json();
    edge.clock.forward(86_401);
    expect((await edge.app.request("/api/studies", { headers: bearer(secret) })).status).toBe(401);
  });
});

describe("PL-12 what is used", () => {
  it("is counted by feature and day, and says nobody's name", async () => {
    const boss = await signedIn(owner);
    await edge.parts.usage.flush();
    const used = async () => {
      await edge.parts.usage.flush();
      const { days } = await (await boss.get("/api/practice/usage")).json();
      const of = days.filter((day: { feature: string }) => day.feature === "study:read");
      return of.reduce((sum: number, day: { count: number }) => sum + day.count, 0);
    };
    const before = await used();
    for (let use = 0; use < 3; use++) await boss.get("/api/studies");
    await boss.get("/api/studies/none");
    expect(await used()).toBe(before + 3);
    const { rows: columns } = await edge.given.owner.readAs(practice.id, (q) =>
      q.execute<{ name: string }>(
        sql`select column_name as name from information_schema.columns where table_name = 'usage' order by 1`,
      ));
    expect(columns.map(({ name }) => name)).toEqual(["count", "day", "feature", "id", "practice_id"]);
  });
});

describe("the activity", () => {
  it("is told in pages, with the names of who acted", async () => {
    const boss = await signedIn(owner);
    for (let times = 0; times < 60; times++) {
      await boss.send("PATCH", "/api/practice", { name: "Harbour", location: "Here" });
    }
    const first = Activity.parse(await (await boss.get("/api/practice/activity")).json());
    expect(first.lines).toHaveLength(50);
    expect(first.lines[0]).toMatchObject({
      actor: owner.name,
      action: "practice.changed",
      ip: expect.any(String),
    });
    const second = Activity.parse(
      await (await boss.get(`/api/practice/activity?cursor=${first.next}`)).json(),
    );
    const ids = [...first.lines, ...second.lines].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await boss.get("/api/practice/activity?cursor=x")).status).toBe(422);
  });
});
