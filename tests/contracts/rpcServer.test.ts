// The core's HTTP server as its peers and its operator meet it.
import { call } from "#core/contract/call.ts";
import { openMetrics } from "#core/contract/metrics.ts";
import { problem } from "#core/contract/problem.ts";
import { listenHttp } from "#core/http.ts";
import type { CoreHttp } from "#core/http.ts";
import { openCore, serve, systemRandom } from "#core/rpc/mod.ts";
import { audience, clockAt, coreServing, edgeKeys, keptLog } from "#tests/make/rpc.ts";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

class Away extends Error {}

const greet = call("sample.greet", {
  asks: z.object({ name: z.string() }),
  answers: z.object({ words: z.string() }),
  writes: false,
  within: "5s",
  permission: "study:read",
});
const who = { system: true, permission: "study:read" } as const;
const trace = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", sampled: true };
const requestId = "019abf00-0000-7000-8000-0000000000ff";

async function listening(more: Partial<CoreHttp> = {}) {
  const clock = clockAt();
  const { first } = await edgeKeys();
  const { log, lines } = keptLog();
  const kindly = (fault: unknown) => fault instanceof Away ? problem("unavailable") : undefined;
  const held = Promise.withResolvers<void>();
  const served = serve(greet, async ({ name }, _who, { signal }) => {
    if (name === "away") throw new Away();
    if (name === "slow") signal.addEventListener("abort", () => held.resolve(), { once: true });
    if (name === "slow") await held.promise;
    return { words: `Good morning, ${name}` };
  });
  const { dispatch } = await coreServing([served], { "edge-1": first.publicKey }, clock, { log, kindly });
  const shut = () => Promise.reject(new Away());
  const http = await listenHttp({
    dispatch,
    doors: { ingest: shut, bytes: shut, events: shut },
    checks: {},
    metrics: openMetrics(),
    log,
    now: Date.now,
    random: systemRandom,
    kindly,
    ...more,
  }, { host: "127.0.0.1", port: 0 });
  const address = { url: http.url, key: first.privateKey, keyId: "edge-1", audience, fetch, now: clock.now };
  return { http, lines, held, core: openCore({ ...address, random: systemRandom }) };
}

let house: Awaited<ReturnType<typeof listening>>;
beforeEach(async () => void (house = await listening()));
afterEach(() => house.http.close(0));
const get = (path: string, init?: RequestInit) => fetch(new URL(path, house.http.url), init);
const lastLine = () => house.lines.findLast(({ event }) => event === "request")?.fields;

describe("a call over the wire", () => {
  it("is answered, and leaves one line with its name, request id and journey", async () => {
    const answer = await house.core(greet, { name: "Bella" }, { who, trace, requestId });
    expect(answer).toEqual({ words: "Good morning, Bella" });
    await vi.waitFor(() =>
      expect(lastLine()).toMatchObject({
        route: "rpc sample.greet",
        status: 200,
        request: requestId,
        trace: trace.traceId,
      })
    );
    expect(JSON.stringify(house.lines)).not.toContain("Bella");
  });

  it("ends its handler's signal when the caller goes away", async () => {
    const gone = new AbortController();
    const answer = house.core(greet, { name: "slow" }, { who, signal: gone.signal });
    setTimeout(() => gone.abort(), 100);
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    await house.held.promise;
    await vi.waitFor(() => expect(lastLine()).toMatchObject({ route: "rpc", status: 499 }));
  });

  it("is told kindly when a part behind it is away", async () => {
    await expect(house.core(greet, { name: "away" }, { who })).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("that is unsigned leaves nothing of its path in the log", async () => {
    const response = await get("/rpc/secret.words", { method: "POST", body: "{}" });
    expect(response.status).toBe(401);
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    await vi.waitFor(() => expect(lastLine()).toMatchObject({ route: "rpc", status: 401 }));
    expect(JSON.stringify(house.lines)).not.toContain("secret");
  });
});

describe("an operator's watch", () => {
  it("hears that the core is alive", async () => {
    expect(await (await get("/healthz")).json()).toEqual({ status: "alive" });
  });

  it("hears what is not ready, also of a check that does not return", async () => {
    await house.http.close(0);
    const never = new Promise<void>(() => {});
    const checks = {
      database: () => Promise.resolve(),
      archive: () => Promise.reject(new Error("gone")),
      objects: () => never,
    };
    house = await listening({ checks });
    const response = await get("/readyz");
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "not ready", notReady: ["archive", "objects"] });
  });

  it("hears that all is ready", async () => {
    const response = await get("/readyz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ready", notReady: [] });
  });

  it("reads numbers by route and status, without ids", async () => {
    await house.core(greet, { name: "Bella" }, { who });
    await get("/nowhere/at/all");
    await vi.waitFor(() => expect(lastLine()).toMatchObject({ route: "none", status: 404 }));
    const text = await (await get("/metrics")).text();
    expect(text).toContain('vetware_http_requests_total{route="rpc",status="200"} 1');
    expect(text).toContain('vetware_http_requests_total{route="none",status="404"} 1');
    expect(text).toContain('vetware_http_request_seconds_count{route="rpc"} 1');
    expect(text).toMatch(/vetware_http_request_seconds_bucket\{route="rpc",le="\+Inf"\} 1/);
    expect(text).toContain("vetware_http_requests_open 1");
    expect(text).not.toContain("nowhere");
  });
});

describe("a peer that misbehaves", () => {
  const raw = async (text: string) => {
    const socket = connect(house.http.port, "127.0.0.1");
    socket.write(text);
    const heard: Buffer[] = [];
    socket.on("data", (chunk) => heard.push(chunk));
    socket.on("error", () => {});
    await once(socket, "close");
    return Buffer.concat(heard).toString();
  };

  it("that sends its headers drop by drop is cut off within seconds", async () => {
    const began = Date.now();
    await raw("POST /rpc/sample.greet HTTP/1.1\r\nhost: core\r\nx-slow: ");
    expect(Date.now() - began).toBeLessThan(9000);
  }, 15_000);

  it("that sends what is no request is answered and let go", async () => {
    expect(await raw("OPTIONS * HTTP/1.1\r\nhost: core\r\nconnection: close\r\n\r\n")).toContain(" 400 ");
    expect(await raw("GET http://elsewhere/ HTTP/1.1\r\nhost: core\r\nconnection: close\r\n\r\n")).toContain(
      " 400 ",
    );
    expect(await raw("nonsense\r\n\r\n")).toContain(" 400 ");
  });

  it("that sends two lengths is refused", async () => {
    const lines = ["POST /rpc/a.b HTTP/1.1", "host: core", "content-length: 5", "transfer-encoding: chunked"];
    expect(await raw(`${lines.join("\r\n")}\r\n\r\n0\r\n\r\n`)).toContain(" 400 ");
  });

  it("whose body never ends hears the refusal at once and is cut off soon after", async () => {
    const began = Date.now();
    const lines = ["POST /rpc/sample.greet HTTP/1.1", "host: core", "content-length: 1000000"];
    expect(await raw(`${lines.join("\r\n")}\r\n\r\n{`)).toContain(" 401 ");
    expect(Date.now() - began).toBeLessThan(5000);
  });
});
