// Attacks on the edge as it really listens, in its own process under Deno with the permissions of the launcher:
// slow clients, requests that mean two things, and a sign-out elsewhere.
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importTokenKeys } from "#edge/account/mod.ts";
import { startEmbedded, type TestDatabase } from "#tests/make/database.ts";
import { bearer, newTokenKey, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { type EdgeProcess, startEdgeProcess } from "#tests/make/edgeProcess.ts";

let database: TestDatabase;
let edge: EdgeProcess;
let here: TestEdge;

beforeAll(async () => {
  database = await startEmbedded();
  const tokenKey = await newTokenKey();
  edge = await startEdgeProcess(database, { tokenKey });
  here = await startEdge({
    database,
    parts: { tokenKeys: await importTokenKeys(tokenKey), now: () => new Date() },
  });
}, 90_000);
afterAll(async () => {
  await here.stop();
  await edge.stop();
  await database.stop();
});

/** Sends text as it is and reads until the other side closes, or `within` milliseconds. */
async function raw(text: string, within = 5000): Promise<string> {
  const socket = connect(edge.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk) => heard += chunk.toString()).on("error", () => undefined);
  socket.write(text);
  await Promise.race([once(socket, "close"), pause(within)]);
  socket.destroy();
  return heard;
}

/** How long the edge bears a socket on which a text drips, a byte a second after its beginning, and what it says. */
async function dripped(beginning: string, drip: string): Promise<{ milliseconds: number; heard: string }> {
  const socket = connect(edge.port, "127.0.0.1");
  const began = performance.now();
  let heard = "";
  socket.on("error", () => undefined).on("data", (chunk) => heard += chunk.toString());
  socket.write(beginning);
  const timer = setInterval(() => socket.write(drip), 1000);
  await Promise.race([once(socket, "close"), pause(40_000)]);
  clearInterval(timer);
  socket.destroy();
  return { milliseconds: performance.now() - began, heard };
}

describe("slow clients", () => {
  it("that drip their headers or a body are cut off, and others are served meanwhile", async () => {
    const headers = Array.from({ length: 10 }, () => dripped("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "a"));
    const post =
      "POST /api/opened HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n";
    const bodies = Array.from({ length: 10 }, () => dripped(post, "a"));
    await pause(500);
    const began = performance.now();
    expect((await fetch(`${edge.url}/healthz`)).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(2000);
    for (const { milliseconds } of await Promise.all(headers)) expect(milliseconds).toBeLessThan(15_000);
    for (const { milliseconds, heard } of await Promise.all(bodies)) {
      expect(milliseconds).toBeLessThan(25_000);
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(heard).toContain("urn:problem:vetware:late");
    }
  }, 60_000);
});

describe("a request that means two things", () => {
  const twice: Record<string, string> = {
    "two lengths":
      "POST /api/opened HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "a length and chunks":
      "POST /api/opened HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    "chunks of an odd name":
      "POST /api/opened HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a folded header": "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n",
    "a space before the colon": "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n",
    "no host": "GET /healthz HTTP/1.1\r\n\r\n",
    "headers beyond 16 KiB": `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`,
    "another host's address":
      "GET http://evil.example/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a tunnel": "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "another protocol": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  };

  it.each(Object.entries(twice))("%s is refused, and never answered as two", async (_words, text) => {
    const heard = await raw(text);
    expect(heard.match(/HTTP\/1\.1 \d+/g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(heard).not.toMatch(/HTTP\/1\.1 200/);
    expect((await fetch(`${edge.url}/healthz`)).status).toBe(200);
  });

  it("too large a body gets its answer before the line is cut", async () => {
    const answer = await fetch(`${edge.url}/api/opened`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "x".repeat(3_000_000),
    });
    expect(answer.status).toBe(413);
    expect((await answer.json()).detail).toContain("65536");
  });
});

describe("PL-4 two edges", () => {
  it("a sign-out on one is known to the other within three seconds", async () => {
    const practice = await here.given.practice();
    const person = await here.given.person(practice);
    const browser = here.browser();
    expect((await browser.send("POST", "/api/session", person.credentials())).status).toBe(200);
    expect((await browser.get("/api/studies")).status).toBe(200);
    const headers = bearer(browser.cookies.get("__Host-vetpacs") ?? "");
    const there = async () => (await fetch(`${edge.url}/api/studies`, { headers })).status;
    expect(await there()).toBe(200);
    await browser.send("DELETE", "/api/session");
    const began = performance.now();
    while (await there() === 200 && performance.now() - began < 10_000) await pause(50);
    expect(await there()).toBe(401);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("the process", () => {
  it("may read nothing but the built pages", async () => {
    for (const path of ["/assets/../../package.json", "/assets/clinic/%2e%2e/%2e%2e/%2e%2e/package.json"]) {
      expect(await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 404/,
      );
    }
  });

  it("without a core says so, and refuses a sign-in as unavailable", async () => {
    const ready = await fetch(`${edge.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, {
      status: "waiting",
      checks: { database: "ready", core: "failing" },
    }]);
    const signIn = await fetch(`${edge.url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "a@example.org", password: "x" }),
    });
    expect([signIn.status, signIn.headers.get("retry-after")]).toEqual([503, "2"]);
  });

  it("writes one JSON line for each thing that happens", () => {
    const lines = edge.output().split("\n").filter((line) => line.startsWith("{"));
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ part: "edge", event: expect.any(String) });
    }
  });
});
