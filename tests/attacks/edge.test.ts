// What strangers try at the edge's front door: other sites' pages, bodies that are not what they say.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAddress, parseAddressRange } from "#edge/guard/addressRange.ts";
import { clientAddress } from "#edge/guard/clientAddress.ts";
import { pathForLog } from "#edge/guard/watch.ts";
import { bearer, type Browser, publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPerson, GivenPractice } from "#tests/make/given.ts";

let edge: TestEdge;
let practice: GivenPractice;
let person: GivenPerson;
let browser: Browser;

beforeAll(async () => {
  edge = await startEdge();
  practice = await edge.given.practice();
  person = await edge.given.person(practice);
  browser = edge.browser();
  expect((await browser.send("POST", "/api/session", person.credentials())).status).toBe(200);
  expect((await browser.get("/api/studies")).status).toBe(200); // brings VetPACS' own token
});
afterAll(() => edge.stop());

const cookie = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

describe("another site's page cannot act for who is signed in", () => {
  const post = (headers: Record<string, string>, body = "{}") =>
    edge.app.request("/api/shares", { method: "POST", headers: { cookie: cookie(), ...headers }, body });
  const json = { "content-type": "application/json" };

  it("by a request that its browser calls cross-site or same-site, or whose Origin is not exactly ours", async () => {
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site", "origin": publicUrl },
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${publicUrl}.evil.example` },
      { origin: publicUrl.replace("http:", "https:") },
      { origin: `${publicUrl}/` },
      {},
    ];
    for (const headers of foreign) {
      expect([headers, (await post({ ...json, ...headers })).status]).toEqual([headers, 403]);
    }
    const own: Record<string, string>[] = [{ origin: publicUrl }, { "sec-fetch-site": "same-origin" }];
    for (const headers of own) {
      expect((await post({ ...json, ...headers })).status).toBe(422);
    }
  });

  it("by a form or text, whatever its content says", async () => {
    const own = { "sec-fetch-site": "same-origin" };
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonp",
      "application/json; charset=utf-16",
      "text/plain, application/json",
    ];
    for (const type of types) {
      expect([type, (await post({ ...own, "content-type": type })).status]).toEqual([type, 415]);
    }
  });

  it("by signing its visitor in elsewhere, or out", async () => {
    const headers = { ...json, "sec-fetch-site": "cross-site", "cookie": cookie() };
    const { email, password } = person;
    const signIn = await edge.app.request("/api/session", {
      method: "POST",
      headers,
      body: JSON.stringify({ email, password }),
    });
    const signOut = await edge.app.request("/api/session", { method: "DELETE", headers });
    expect([signIn.status, signOut.status]).toEqual([403, 403]);
    expect((await browser.get("/api/session")).status).toBe(200);
  });

  it("by asking for leave first: no answer names another origin", async () => {
    const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
    const answer = await edge.app.request("/api/shares", { method: "OPTIONS", headers });
    expect(answer.status).toBe(405);
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a body that is not what it should be", () => {
  const post = (body: BodyInit, headers: Record<string, string> = {}) =>
    edge.app.request("/api/opened", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    });

  it("of more than 64 KiB is refused, announced or not", async () => {
    const big = JSON.stringify({ token: "x".repeat(70_000) });
    expect((await post(big, { "content-length": String(big.length) })).status).toBe(413);
    let given = 0;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        given += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(32));
      },
    });
    expect((await post(endless)).status).toBe(413);
    expect(given).toBeLessThan(200_000);
  });

  it("that is no JSON, too deep, or plays with prototypes is refused by field", async () => {
    for (
      const body of [
        "",
        "{",
        "null",
        "[]",
        "[".repeat(60_000),
        '{"token":1}',
        '{"__proto__":{"token":"x"}}',
        "\0",
      ]
    ) {
      const answer = await post(body);
      expect([body.slice(0, 30), answer.status]).toEqual([body.slice(0, 30), 422]);
      expect((await answer.json()).fields.length).toBeGreaterThan(0);
    }
    expect(Reflect.get({}, "token")).toBeUndefined();
  });

  it("a query that says a thing twice, or is out of range, is refused", async () => {
    for (
      const [query, status] of [
        ["?limit=1&limit=2", 400],
        ["?limit=0", 422],
        ["?limit=1e9", 422],
        ["?after=x", 422],
        [`?search=${"x".repeat(201)}`, 422],
        ["?search=%25_%5C", 200],
        ["?unknown=1", 200],
      ] as const
    ) {
      expect([query, (await browser.get(`/api/studies${query}`)).status]).toEqual([query, status]);
    }
  });

  it("an address that plays with its form leads nowhere", async () => {
    const paths = [
      "/api/studies/..%2f..%2fetc",
      "/api//studies",
      "/api/studies/%00",
      "/assets/clinic/..%2f..%2f..%2fdeno.json",
      "/assets/../deno.json",
      "/assets/clinic/.env",
      "/assets/%2e%2e/%2e%2e/deno.json",
      "//evil.example",
      "/API/studies",
    ];
    for (const path of paths) {
      const answer = await edge.app.request(publicUrl + path, { headers: { cookie: cookie() } });
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  it("a method that no route has is refused with the ones it has", async () => {
    const answer = await edge.app.request("/api/session", { method: "PATCH" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD, POST"]);
    expect(
      (await edge.app.request("/api/session", {
        method: "POST",
        headers: { "x-http-method-override": "DELETE" },
      })).status,
    ).toBe(415);
  });
});

describe("PL-11 what is kept of a request", () => {
  it("is address, agent, time, path and status; never a query or a secret", async () => {
    const secret = "S".repeat(43);
    const visitor = edge.browser("203.0.113.77");
    await visitor.get(`/api/studies?search=Fluffy`, { ...bearer(secret), "user-agent": "a".repeat(900) });
    await visitor.get(`/s/${secret}`);
    await edge.parts.requestLog.flush();
    const rows = await edge.given.owner.lookUp<{ path: string; user_agent: string }>(
      sql`select path, user_agent from request_log where ip = '203.0.113.77' order by at, id`,
    );
    expect(rows.map((row) => row.path)).toEqual(["/api/studies", "(nothing there)"]);
    expect(rows[0]?.user_agent).toHaveLength(400);
    const lines = JSON.stringify(edge.lines);
    for (const word of [secret, "Fluffy", "203.0.113.77", "a".repeat(20), person.email]) {
      expect(lines).not.toContain(word);
    }
    expect(edge.lines.some(({ event }) => event === "request")).toBe(true);
  });

  it("a secret in a path is struck out", () => {
    expect(pathForLog(`/api/${"k".repeat(43)}`, "/api/:x", 200)).toBe("/api/(secret)");
    expect(pathForLog("/api/studies/019abf00-0000-7000-8000-000000000001", "/api/studies/:id", 404))
      .toBe("/api/studies/019abf00-0000-7000-8000-000000000001");
  });

  it("believes a forwarded address from trusted proxies alone", () => {
    const trusted = ["10.0.0.0/8", "::1"].flatMap((range) => parseAddressRange(range) ?? []);
    const of = (socket: string, header?: string) => clientAddress(socket, header, trusted);
    expect(of("198.51.100.1", "203.0.113.5")).toBe("198.51.100.1");
    expect(of("10.0.0.1", "203.0.113.5")).toBe("203.0.113.5");
    expect(of("10.0.0.1", "1.1.1.1, 203.0.113.5, 10.2.3.4")).toBe("203.0.113.5");
    expect(of("10.0.0.1", "'; drop table, 203.0.113.5")).toBe("203.0.113.5");
    expect(of("10.0.0.1", "nonsense")).toBe("10.0.0.1");
    expect(of("::ffff:10.0.0.1", "2001:db8::1")).toBe("2001:db8::1");
    expect(of("::1", "[2001:db8::1]:443")).toBe("2001:db8::1");
    expect(parseAddress("::ffff:192.0.2.1")).toEqual(parseAddress("192.0.2.1"));
    for (const bad of ["", "1.2.3", "1.2.3.256", "01.2.3.4", ":::", "1::2::3", "12345::", "g::"]) {
      expect(parseAddress(bad)).toBeUndefined();
    }
  });
});

describe("what every answer carries", () => {
  it("is the same set of headers, refusals and faults included", async () => {
    const broken = edge.another({
      db: { ...edge.parts.db, readAs: () => Promise.reject(new Error("Rex Jansen")) },
    });
    const answers = [
      await edge.app.request("/api/studies"),
      await edge.app.request("/nowhere"),
      await edge.app.request("/healthz"),
      await broken.request("/api/studies", { headers: bearer(browser.cookies.get("__Host-vetpacs") ?? "") }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([401, 404, 200, 500]);
    for (const { headers } of answers) {
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("cache-control")).toBe("no-store");
    }
    const text = await answers[3]?.text();
    expect(text).not.toContain("Rex");
    expect(JSON.stringify(edge.lines)).not.toContain("Rex");
    expect(edge.lines.filter(({ event }) => event === "request_failed")).toHaveLength(1);
  });

  it("speaks of HTTPS for good only over https", async () => {
    const secure = edge.another({ publicUrl: "https://vet.example" });
    expect((await secure.request("/healthz")).headers.get("strict-transport-security")).toMatch(
      /^max-age=63072000/,
    );
    expect((await edge.app.request("/healthz")).headers.get("strict-transport-security")).toBeNull();
  });
});
