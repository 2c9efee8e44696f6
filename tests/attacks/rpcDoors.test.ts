// What somebody between the halves, or an edge that errs, could try at a door.
import { writeCapability } from "#core/contract/capability.ts";
import type { Capability } from "#core/contract/capability.ts";
import { CallRefused, doorProfile, importSigningKey, rpcProfile, signMessage } from "#core/rpc/mod.ts";
import { contentDigest } from "#core/rpc/digest.ts";
import { countedBytes, doorsListening, practice, reader, streamOf, uploader } from "#tests/make/doors.ts";
import type { DoorHouse } from "#tests/make/doors.ts";
import { sharedNonces } from "#tests/make/rpc.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let house: DoorHouse;
beforeEach(async () => void (house = await doorsListening()));
afterEach(() => house.http.close(0));

const thing = { original: "019abf00-0000-7000-8000-0000000000aa" };
const problemOf = (promise: Promise<unknown>) =>
  promise.then(() => undefined, (fault) => fault instanceof CallRefused ? fault.problem : fault);
const put = (capability: Parameters<DoorHouse["edge"]["putIngest"]>[0], bytes = countedBytes(10)) =>
  problemOf(house.edge.putIngest(capability, streamOf(bytes)));
const get = async (capability: Parameters<DoorHouse["edge"]["getBytes"]>[0]) =>
  (await house.edge.getBytes(capability)).status;

/** Signed headers for one path and method, in one profile. */
async function signed(method: string, path: string, profile = doorProfile): Promise<Headers> {
  const { address } = house;
  const headers = new Headers({ "content-type": "application/json" });
  if (profile === rpcProfile) headers.set("content-digest", await contentDigest(new Uint8Array()));
  const key = await importSigningKey(address.keyId, address.key);
  await signMessage(profile, { method, url: new URL(path, address.url), headers }, { ...address, key });
  return headers;
}

const send = (method: string, path: string, headers: Headers, body?: Uint8Array<ArrayBuffer>) =>
  fetch(new URL(path, house.http.url), { method, headers, body: body ?? null });

describe("a door opens to no one", () => {
  const pathOf = (capability: Capability) => `/${capability.kind}/${writeCapability(capability)}`;

  it("without a signature", async () => {
    for (
      const [method, path] of [["PUT", pathOf(house.mayIngest())], ["GET", pathOf(house.mayRead(thing))]]
    ) {
      expect((await send(method ?? "", path ?? "", new Headers())).status).toBe(401);
    }
    expect((await send("GET", `/events?practice=${practice}`, new Headers())).status).toBe(401);
    expect(house.begun).toEqual([]);
  });

  it("whose signature is for another capability, another door or another method", async () => {
    const path = pathOf(house.mayIngest(10));
    const headers = await signed("PUT", path);
    const wider = pathOf(house.mayIngest(1000));
    expect((await send("PUT", wider, headers, countedBytes(20))).status).toBe(401);
    expect((await send("PUT", pathOf(house.mayRead(thing)), headers, countedBytes(5))).status).toBe(401);
    expect((await send("POST", path, headers, countedBytes(5))).status).toBe(401);
    expect((await send("PUT", `${path}?limit=9`, headers, countedBytes(5))).status).toBe(401);
    expect((await send("PUT", path, headers, countedBytes(5))).status).toBe(200);
    expect(house.kept).toHaveLength(1);
  });

  it("whose signature was made for a call", async () => {
    const path = pathOf(house.mayIngest());
    expect((await send("PUT", path, await signed("PUT", path, rpcProfile), new Uint8Array())).status).toBe(
      401,
    );
  });

  it("who changes the practice in the query of events", async () => {
    const headers = await signed("GET", `/events?practice=${practice}`);
    expect((await send("GET", `/events?practice=${uploader.practice}0`, headers)).status).toBe(401);
    expect((await send("GET", `/events?account=${practice}`, headers)).status).toBe(401);
  });

  it("who sends a signed request again", async () => {
    house.readable.set(JSON.stringify(thing), { bytes: countedBytes(5), etag: '"a"', practice });
    const path = pathOf(house.mayRead(thing));
    const headers = await signed("GET", path);
    expect((await send("GET", path, headers)).status).toBe(200);
    expect((await send("GET", path, headers)).status).toBe(401);
  });
});

describe("a signed capability is refused", () => {
  it("when it has expired", async () => {
    const [late, alsoLate] = [house.mayIngest(), house.mayRead(thing)];
    house.clock.forward(66);
    expect(await put(late)).toMatchObject({ status: 410 });
    expect(await get(alsoLate)).toBe(410);
    expect(house.begun).toEqual([]);
  });

  it("when it would live longer than a minute", async () => {
    const capability = house.mayIngest();
    expect(await put({ ...capability, expires: capability.expires + 10 })).toMatchObject({ status: 403 });
  });

  it("when it is used a second time, also twenty at once", async () => {
    const capability = house.mayIngest();
    const all = await Promise.all(Array.from({ length: 20 }, () => put(capability)));
    expect(all.filter((problem) => problem === undefined)).toHaveLength(1);
    expect(await put(capability)).toMatchObject({ status: 410 });
    expect(house.kept).toHaveLength(1);
  });

  it("when another process, or this one before a restart, has seen it", async () => {
    const singleUse = sharedNonces();
    await house.http.close(0);
    house = await doorsListening({ singleUse });
    const capability = house.mayIngest();
    expect(await put(capability)).toBeUndefined();
    await house.http.close(0);
    house = await doorsListening({ singleUse });
    expect(await put(capability)).toMatchObject({ status: 410 });
    expect(house.kept).toEqual([]);
  });

  it("when its permission opens another door", async () => {
    expect(await put(house.mayIngest(1000, reader))).toMatchObject({ status: 403 });
    expect(await get(house.mayRead(thing, uploader))).toBe(403);
  });

  it("when it names no practice", async () => {
    const nobody = { system: true, permission: "study:upload" } as const;
    expect(await put(house.mayIngest(1000, nobody))).toMatchObject({ status: 403 });
  });

  it("when it is for a thing of another practice", async () => {
    const elsewhere = "019abf00-0000-7000-8000-000000000002";
    house.readable.set(JSON.stringify(thing), { bytes: countedBytes(5), etag: '"a"', practice: elsewhere });
    expect(await get(house.mayRead(thing))).toBe(404);
    expect(house.reads).toEqual([]);
  });

  it("when it is for the other door", async () => {
    const path = `/ingest/${writeCapability(house.mayRead(thing))}`;
    expect((await send("PUT", path, await signed("PUT", path), countedBytes(5))).status).toBe(403);
  });

  it.each([
    ["is no base64url", "a.b"],
    ["is no JSON", btoa("{")],
    ["has a field more", btoa(JSON.stringify({ kind: "ingest", admin: true }))],
    ["is absent", ""],
    ["is very long", "A".repeat(8000)],
  ])("when it %s", async (_name, text) => {
    const path = `/ingest/${text}`;
    expect((await send("PUT", path, await signed("PUT", path), countedBytes(5))).status).toBe(400);
  });

  it("when it allows a body of no size or of any size", async () => {
    expect(await put(house.mayIngest(0))).toMatchObject({ status: 400 });
    expect(await put(house.mayIngest(2 ** 40))).toMatchObject({ status: 400 });
  });
});

describe("a body beyond its limit leaves nothing behind", () => {
  it("when its length is announced", async () => {
    const path = `/ingest/${writeCapability(house.mayIngest(10))}`;
    const response = await send("PUT", path, await signed("PUT", path), countedBytes(11));
    expect(response.status).toBe(413);
    expect(house.begun).toEqual([]);
  });

  it("when it streams, and the sender hears of it", async () => {
    expect(await put(house.mayIngest(100_000), countedBytes(100_001))).toMatchObject({ status: 413 });
    expect(await put(house.mayIngest(100_000), new Uint8Array(30_000_000))).toMatchObject({ status: 413 });
    expect(house.begun).toHaveLength(2);
    expect(house.kept).toEqual([]);
  });

  it("and is taken when it fits to the byte", async () => {
    expect(await put(house.mayIngest(100_000), countedBytes(100_000))).toBeUndefined();
    expect(house.kept[0]?.bytes).toHaveLength(100_000);
  });
});

describe("a sender that goes away leaves nothing behind", () => {
  it.each([[undefined], ["200000"]])("in the middle of its body, length announced: %s", async (length) => {
    const path = `/ingest/${writeCapability(house.mayIngest(1_000_000))}`;
    const headers = await signed("PUT", path);
    const { hostname, port } = new URL(house.http.url);
    const { connect } = await import("node:net");
    const socket = connect(Number(port), hostname);
    const body = length ? "x".repeat(70_000) : `11170\r\n${"x".repeat(70_000)}\r\n`;
    const framing = length ? `content-length: ${length}` : "transfer-encoding: chunked";
    const lines = [...headers].map(([name, value]) => `${name}: ${value}`).join("\r\n");
    socket.write(`PUT ${path} HTTP/1.1\r\nhost: core\r\n${lines}\r\n${framing}\r\n\r\n${body}`);
    await vi.waitFor(() => expect(house.begun).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    const last = () => house.lines.findLast(({ event }) => event === "request");
    await vi.waitFor(() => expect(last()?.fields).toMatchObject({ route: "ingest", status: 499 }));
    expect(house.kept).toEqual([]);
    expect(house.begun[0]?.signal.aborted).toBe(true);
  });
});
