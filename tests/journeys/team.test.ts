// The people of a practice: invited, let in, given roles and taken out, through the front door of the edge.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Me } from "#core/contract/sessions.ts";
import { Team } from "#core/contract/team.ts";
import { type Browser, startEdge, type TestEdge } from "#tests/make/edge.ts";
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

let people = 0;
const newAddress = () => `colleague${++people}@example.org`;
const password = "violet giraffe umbrella";

async function signedIn(who: GivenPerson): Promise<Browser> {
  const browser = edge.browser();
  expect((await browser.send("POST", "/api/session", who.credentials())).status).toBe(200);
  return browser;
}

const meOf = async (browser: Browser) => Me.parse(await (await browser.get("/api/session")).json());

describe("PL-2 invitations", () => {
  async function invited(role = "technician", email = newAddress()) {
    const boss = await signedIn(owner);
    expect((await boss.send("POST", "/api/team/invitations", { email, role })).status).toBe(201);
    return { boss, email, token: await edge.post.secretTo(email) };
  }

  it("bring a new person in with the same facts, with the role and the proved address", async () => {
    const { boss, email, token } = await invited();
    const offer = await (await edge.browser().send("POST", "/api/invitations/look", { token })).json();
    expect(offer).toMatchObject({ practice: "Harbour Clinic", email, role: "technician", hasAccount: false });
    const browser = edge.browser();
    const newAccount = { name: "Sam Visser", password };
    const answer = await browser.send("POST", "/api/invitations/accept", { token, newAccount });
    expect(Me.parse(await answer.json())).toMatchObject({
      role: "technician",
      practice: { id: practice.id },
    });
    expect((await browser.get("/api/studies")).status).toBe(200);
    const team = Team.parse(await (await boss.get("/api/team")).json());
    expect(team.members.map((member) => member.email)).toContain(email);
    expect(team.invitations.map((one) => one.email)).not.toContain(email);
  });

  it("of two who accept at once let one win and tell the other", async () => {
    const { token } = await invited();
    const accept = async (name: string) => {
      const newAccount = { name, password };
      const answer = await edge.browser().send("POST", "/api/invitations/accept", { token, newAccount });
      return [answer.status, answer.status === 201 ? "" : (await answer.json()).detail];
    };
    const both = await Promise.all([accept("One"), accept("Other")]);
    expect(both).toContainEqual([201, ""]);
    const lost = both.find(([status]) => status !== 201);
    expect([409, 410, 401]).toContain(lost?.[0]);
    expect(lost?.[1]).not.toBe("");
  });

  it("add a practice to an account that exists, when it is signed in, and let it switch", async () => {
    const elsewhere = await edge.given.practice("Hill Vets");
    const vet = await edge.given.person(elsewhere);
    const { token } = await invited("veterinarian", vet.email);
    const stranger = await edge.browser().send("POST", "/api/invitations/accept", { token });
    expect(stranger.status).toBe(401);
    const other = await signedIn(await edge.given.person(elsewhere));
    expect((await other.send("POST", "/api/invitations/accept", { token })).status).toBe(401);
    const browser = await signedIn(vet);
    expect((await browser.send("POST", "/api/invitations/accept", { token })).status).toBe(201);
    expect((await meOf(browser)).practice?.name).toBe("Harbour Clinic");
    await browser.send("PUT", "/api/session/practice", { practiceId: elsewhere.id });
    expect((await meOf(browser)).practice?.name).toBe("Hill Vets");
    const nowhere = await browser.send("PUT", "/api/session/practice", {
      practiceId: (await edge.given.practice()).id,
    });
    expect(nowhere.status).toBe(404);
  });

  it("are over after seven days, when revoked, and when sent again", async () => {
    const look = async (token: string) =>
      (await edge.browser().send("POST", "/api/invitations/look", { token })).status;
    const first = await invited();
    const { invitations } = Team.parse(await (await first.boss.get("/api/team")).json());
    expect(invitations.map(({ mail }) => mail)).toContain("delivered");
    const id = invitations.find((one) => one.email === first.email)?.id;
    await first.boss.send("POST", `/api/team/invitations/${id}/resend`);
    const again = await edge.post.secretTo(first.email);
    expect([await look(first.token), await look(again)]).toEqual([410, 200]);
    await first.boss.send("DELETE", `/api/team/invitations/${id}`);
    expect(await look(again)).toBe(410);
    const second = await invited();
    edge.clock.forward(7 * 86_400 + 1);
    expect(await look(second.token)).toBe(410);
  });

  it("are not made twice, for a member, or by who may not", async () => {
    const { boss, email } = await invited();
    const invite = async (browser: Browser, body: object) =>
      (await browser.send("POST", "/api/team/invitations", body)).status;
    expect(await invite(boss, { email: email.toUpperCase(), role: "technician" })).toBe(409);
    expect(await invite(boss, { email: owner.email, role: "technician" })).toBe(409);
    expect(
      await invite(await signedIn(await edge.given.person(practice)), { email: newAddress(), role: "admin" }),
    ).toBe(403);
    const admin = await signedIn(await edge.given.person(practice, "admin"));
    expect(await invite(admin, { email: newAddress(), role: "owner" })).toBe(403);
  });
});

describe("PL-4 roles", () => {
  it("count at once when they change, and a removed member sees nothing", async () => {
    const vet = await edge.given.person(practice);
    const staff = await signedIn(vet);
    const boss = await signedIn(owner);
    expect((await staff.send("DELETE", `/api/studies/${practice.id}`)).status).toBe(404);
    await boss.send("PATCH", `/api/team/members/${vet.id}`, { role: "front_desk" });
    expect((await staff.send("DELETE", `/api/studies/${practice.id}`)).status).toBe(403);
    await boss.send("DELETE", `/api/team/members/${vet.id}`);
    expect((await staff.get("/api/studies")).status).toBe(403);
    expect((await meOf(staff)).practice).toBeNull();
  });

  it("keep the last owner in, also when two owners leave at once", async () => {
    const place = await edge.given.practice("Small Practice");
    const [one, two] = [await edge.given.person(place, "owner"), await edge.given.person(place, "owner")];
    const [first, second] = [await signedIn(one), await signedIn(two)];
    const leave = async (browser: Browser) =>
      (await browser.send("DELETE", `/api/account/practices/${place.id}`)).status;
    expect((await Promise.all([leave(first), leave(second)])).sort()).toEqual([204, 409]);
    const left = await edge.given.owner.readAs(
      place.id,
      (q) =>
        q.execute<{ id: string }>(
          sql`select account_id as id from membership where practice_id = ${place.id}`,
        ),
    );
    const stays = left.rows[0]?.id === one.id ? first : second;
    const id = left.rows[0]?.id;
    const demote = await stays.send("PATCH", `/api/team/members/${id}`, { role: "admin" });
    expect([demote.status, (await demote.json()).detail]).toEqual([
      409,
      "This is the last owner. Make someone else owner first.",
    ]);
    expect((await stays.send("DELETE", `/api/team/members/${id}`)).status).toBe(409);
  });
});
