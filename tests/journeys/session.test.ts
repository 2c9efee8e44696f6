// Signing in and out, and the life of a session, through the front door of the edge.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Me } from "#core/contract/sessions.ts";
import { DatabaseUnavailable } from "#db/mod.ts";
import { audit } from "#db/schema/mod.ts";
import { openRevocations } from "#edge/account/mod.ts";
import { bearer, type Browser, publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPerson, GivenPractice } from "#tests/make/given.ts";

let edge: TestEdge;
let practice: GivenPractice;
let person: GivenPerson;

beforeAll(async () => {
  edge = await startEdge();
  practice = await edge.given.practice();
  person = await edge.given.person(practice);
});
afterAll(() => edge.stop());

async function signedIn(who = person): Promise<Browser> {
  const browser = edge.browser();
  const answer = await browser.send("POST", "/api/session", who.credentials());
  expect(answer.status).toBe(200);
  expect((await browser.get("/api/studies")).status).toBe(200); // brings VetPACS' own token
  return browser;
}

describe("PL-4 signing in", () => {
  it("answers who is there, and what they may do", async () => {
    const browser = edge.browser();
    const { email, password } = person;
    const answer = await browser.send("POST", "/api/session", { email: email.toUpperCase(), password });
    const me = Me.parse(await answer.json());
    expect(me).toMatchObject({
      account: { id: person.id },
      practice: { id: practice.id },
      role: "veterinarian",
    });
    expect(me.permissions).toContain("share:create");
    expect(Me.parse(await (await browser.get("/api/session")).json())).toEqual(me);
  });

  it("gives two cookies that no script and no other site can use (PL-18)", async () => {
    const { email, password } = person;
    const answer = await edge.browser().send("POST", "/api/session", { email, password });
    const cookies = answer.headers.getSetCookie();
    expect(cookies.map((cookie) => cookie.split("=")[0]).sort()).toEqual([
      "__Host-account",
      "__Host-session",
    ]);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; Path=\/(;|$)/);
      expect(cookie).not.toMatch(/Domain/i);
      for (const attribute of ["HttpOnly", "Secure", "SameSite=Strict"]) expect(cookie).toContain(attribute);
    }
  });

  it("refuses a wrong password and an unknown address alike", async () => {
    const wrong = await edge.browser().send("POST", "/api/session", {
      email: person.email,
      password: "wrong",
    });
    const unknown = await edge.browser().send("POST", "/api/session", {
      email: "no@example.org",
      password: "wrong",
    });
    const [first, second] = [await wrong.json(), await unknown.json()];
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect({ ...first, request: "" }).toEqual({ ...second, request: "" });
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it("slows down who guesses, more and more, and never locks the owner of the address out", async () => {
    const guesser = edge.browser("203.0.113.7");
    const vet = await edge.given.person(practice);
    for (const email of ["no@example.org", vet.email]) {
      const guess = () => guesser.send("POST", "/api/session", { email, password: "x" });
      for (let guesses = 0; guesses < 10; guesses++) expect((await guess()).status).toBe(401);
      for (const seconds of [1, 2, 4]) {
        const slowed = await guess();
        expect([slowed.status, (await slowed.json()).detail]).toEqual([
          429,
          `Too many attempts. Wait ${seconds} seconds and try again.`,
        ]);
        edge.clock.forward(seconds);
        expect((await guess()).status).toBe(401);
      }
      edge.clock.forward(120);
    }
    await signedIn(vet);
  });

  it("slows a sender down over all edges", async () => {
    const other = edge.another();
    const statuses = [];
    for (let ask = 0; ask < 24; ask++) {
      const app = ask % 2 === 0 ? edge.app : other;
      const body = JSON.stringify({ email: `no${ask}@example.org`, password: "x" });
      const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
      const request = new Request(`${publicUrl}/api/session`, { method: "POST", headers, body });
      statuses.push((await app.fetch(request, { address: "203.0.113.9" })).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.slice(20)).toEqual(Array(4).fill(429));
  });

  it("writes the audit, with address and agent, and no password anywhere", async () => {
    const vet = await edge.given.person(practice);
    await signedIn(vet);
    const rows = await edge.given.owner.readAs(
      practice.id,
      (q) => q.select().from(audit).where(eq(audit.actorId, vet.id)),
    );
    expect(rows).toMatchObject([{
      action: "session.begun",
      userAgent: "test browser",
      ip: expect.any(String),
    }]);
    const lines = JSON.stringify(edge.lines);
    expect(lines).not.toContain(vet.password);
    expect(lines).not.toContain(vet.email);
  });
});

describe("PL-4 signing out", () => {
  it("refuses the token at once here, though it has not expired", async () => {
    const browser = await signedIn();
    const cookies = new Map(browser.cookies);
    const answer = await browser.send("DELETE", "/api/session");
    expect(answer.status).toBe(204);
    expect(browser.cookies.size).toBe(0);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect((await browser.get("/api/studies")).status).toBe(401);
    expect((await edge.browser().get("/api/studies", bearer(cookies.get("__Host-vetpacs") ?? ""))).status)
      .toBe(401);
  });

  it("has the browser forget the pictures that it kept for good", async () => {
    const browser = await signedIn();
    const study = await edge.given.study(practice);
    const instance = study.series[0]?.instances[0]?.id ?? "";
    edge.store.put(practice.id, { preview: instance, size: 1024 }, new Uint8Array(9), "image/webp");
    const picture = await browser.get(`/api/studies/${study.id}/instances/${instance}/preview`);
    expect(picture.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    const answer = await browser.send("DELETE", "/api/session");
    expect(answer.headers.get("clear-site-data")).toBe('"cache"');
  });

  it("is known to another edge within two seconds", async () => {
    const other = edge.another();
    const browser = await signedIn();
    const token = bearer(browser.cookies.get("__Host-vetpacs") ?? "");
    const there = () => other.request("/api/studies", { headers: token });
    expect((await there()).status).toBe(200);
    await browser.send("DELETE", "/api/session");
    edge.clock.forward(2.001);
    expect((await there()).status).toBe(401);
  });

  it("can be done twice, and without a session", async () => {
    const browser = await signedIn();
    await browser.send("DELETE", "/api/session");
    expect((await browser.send("DELETE", "/api/session")).status).toBe(204);
    expect((await edge.browser().send("DELETE", "/api/session")).status).toBe(204);
  });

  it("an edge without news for thirty seconds refuses all but sign-in and health", async () => {
    let cut = false;
    const pull = () =>
      cut ? Promise.reject(new DatabaseUnavailable("unreachable", "cut")) : Promise.resolve([]);
    const revocations = openRevocations(pull, () => new Date(edge.clock.now()), edge.parts.log);
    const other = edge.another({ revocations });
    const token = bearer((await signedIn()).cookies.get("__Host-vetpacs") ?? "");
    const ask = async (path: string, init = {}) => (await other.request(path, init)).status;
    expect(await ask("/api/studies", { headers: token })).toBe(200);
    cut = true;
    edge.clock.forward(29);
    expect(await ask("/api/studies", { headers: token })).toBe(200);
    edge.clock.forward(2);
    expect(await ask("/api/studies", { headers: token })).toBe(503);
    expect(
      await ask("/api/opened", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      }),
    )
      .toBe(503);
    expect(await ask("/healthz")).toBe(200);
    const { email, password } = person;
    const signIn = { method: "POST", headers: { "content-type": "application/json" } };
    expect(await ask("/api/session", { ...signIn, body: JSON.stringify({ email, password }) })).toBe(200);
  });
});

describe("PL-4 the session's secret", () => {
  it("turns over when the token has run out, and the answer brings both cookies", async () => {
    const browser = await signedIn();
    const before = new Map(browser.cookies);
    edge.clock.forward(301);
    expect((await browser.get("/api/studies")).status).toBe(200);
    expect(browser.cookies.get("__Host-session")).not.toBe(before.get("__Host-session"));
    expect(browser.cookies.get("__Host-vetpacs")).not.toBe(before.get("__Host-vetpacs"));
  });

  it("turns over as well when the answer is a refusal or bytes", async () => {
    for (const path of ["/api/studies/019abf00-0000-7000-8000-000000000001", "/api/studies/none"]) {
      const browser = await signedIn();
      const before = browser.cookies.get("__Host-session");
      edge.clock.forward(301);
      expect((await browser.get(path)).status).toBe(404);
      expect(browser.cookies.get("__Host-session")).not.toBe(before);
    }
  });

  it("lets many tabs of one browser come at the same instant", async () => {
    const browser = await signedIn();
    edge.clock.forward(301);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const tabs = await Promise.all(
      Array.from({ length: 8 }, () => edge.app.request("/api/studies", { headers: { cookie } })),
    );
    expect(tabs.map((tab) => tab.status)).toEqual(Array(8).fill(200));
    const secrets = tabs.flatMap((tab) => tab.headers.getSetCookie()).filter((set) =>
      set.startsWith("__Host-session=")
    );
    expect(secrets).toHaveLength(1);
  });

  it("ends the session when an old secret comes back, whoever brings it", async () => {
    for (const turns of [1, 3]) {
      const browser = await signedIn();
      const stolen = browser.cookies.get("__Host-session") ?? "";
      for (let turn = 0; turn < turns; turn++) {
        edge.clock.forward(301);
        expect((await browser.get("/api/studies")).status).toBe(200);
      }
      edge.clock.forward(11);
      const thief = edge.browser();
      thief.cookies.set("__Host-session", stolen);
      expect((await thief.get("/api/studies")).status).toBe(401);
      expect((await browser.get("/api/studies")).status).toBe(401);
    }
  });

  it("ends after twelve hours unused and thirty days at most", async () => {
    const idle = await signedIn();
    edge.clock.forward(12 * 3600 + 1);
    expect((await idle.get("/api/session")).status).toBe(401);

    const busy = await signedIn();
    for (let hours = 0; hours < 30 * 24; hours += 11) {
      expect((await busy.get("/api/session")).status).toBe(200);
      edge.clock.forward(11 * 3600);
    }
    expect((await busy.get("/api/session")).status).toBe(401);
  });
});

describe("PL-6 keys of programs", () => {
  const status = async (secret: string, path = "/api/studies") => {
    return (await edge.browser().get(path, bearer(secret))).status;
  };

  it("open what they were given, and no more", async () => {
    const all = await edge.given.apiKey(practice);
    const few = await edge.given.apiKey(practice, { permissions: ["study:upload"] });
    expect(await status(all.secret)).toBe(200);
    expect(await status(few.secret)).toBe(403);
    expect(await status(all.secret, "/api/session")).toBe(401);
  });

  it("are refused when over, taken back, of another product, or made up", async () => {
    const past = new Date(edge.clock.now() - 1000);
    const keys = [
      await edge.given.apiKey(practice, { expiresAt: past }),
      await edge.given.apiKey(practice, { revokedAt: past }),
      await edge.given.apiKey(practice, { product: "keepsake" }),
      { secret: `vw_${"A".repeat(43)}` },
      { secret: "vw_short" },
    ];
    for (const { secret } of keys) expect(await status(secret)).toBe(401);
  });
});
