// Every way we know of to change, keep or forge a signed call. Each test begins from an envelope that is good, so
// that what it changes is the reason it is refused.
import { call } from "#core/contract/call.ts";
import { importSigningKey, importVerifyingKeys, rememberNonces, serve, systemRandom } from "#core/rpc/mod.ts";
import {
  doorProfile,
  openDispatch,
  rememberWrites,
  rpcGate,
  rpcProfile,
  signMessage,
} from "#core/rpc/mod.ts";
import { contentDigest } from "#core/rpc/digest.ts";
import {
  audience,
  clockAt,
  coreServing,
  edgeKeys,
  keptLog,
  sharedNonces,
  signedCall,
} from "#tests/make/rpc.ts";
import type { TestClock } from "#tests/make/rpc.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const vet = {
  account: "019abf00-0000-7000-8000-00000000000a",
  practice: "019abf00-0000-7000-8000-000000000001",
  permission: "study:read",
} as const;
const terms = {
  asks: z.strictObject({ n: z.int() }),
  answers: z.strictObject({ n: z.int() }),
  within: "2s",
  permission: "study:read",
} as const;
const read = call("sample.read", { ...terms, writes: false });
const other = call("sample.readOther", { ...terms, writes: false });
const write = call("sample.write", { ...terms, writes: true });
const readParts = { call: "sample.read", who: vet, asks: { n: 1 } };
const writeParts = { call: "sample.write", who: vet, asks: { n: 1 }, idempotencyKey: "key-00000001" };

async function house() {
  const clock = clockAt();
  const keys = await edgeKeys();
  let handled = 0;
  const served = [read, other, write].map((one) => serve(one, ({ n }) => ({ n: n + handled++ })));
  const { dispatch } = await coreServing(served, { "edge-1": keys.first.publicKey }, clock);
  return { clock, keys, key: keys.first.privateKey, dispatch, served, handled: () => handled };
}

type Changes = { url?: string; method?: string; body?: string; headers?: Record<string, string | null> };

/** The same request with parts of it changed, as someone on the wire could. */
async function changed(request: Request, { url, method, body, headers = {} }: Changes): Promise<Request> {
  const kept = new Headers(request.headers);
  for (const [name, value] of Object.entries(headers)) {
    value === null ? kept.delete(name) : kept.set(name, value);
  }
  const sent = body ?? await request.text();
  return new Request(url ?? request.url, {
    method: method ?? request.method,
    headers: kept,
    body: method === "GET" ? null : sent,
  });
}

const bodyOf = (parts: object) => JSON.stringify(parts);
const envelope = { who: vet, asks: { n: 1 } };

describe("a changed envelope is refused and its handler does not run", () => {
  const rows: [string, Changes][] = [
    ["another method", { method: "PUT" }],
    ["another call", { url: "http://core.internal/rpc/sample.readOther" }],
    ["a query added", { url: "http://core.internal/rpc/sample.read?n=2" }],
    ["another body", { body: bodyOf({ ...envelope, asks: { n: 2 } }) }],
    ["another actor", { body: bodyOf({ ...envelope, who: { ...vet, account: vet.practice } }) }],
    ["another practice", { body: bodyOf({ ...envelope, who: { ...vet, practice: vet.account } }) }],
    ["one space more", { body: `${bodyOf(envelope)} ` }],
    ["no body", { body: "" }],
    ["another content type", { headers: { "content-type": "text/plain" } }],
    ["another audience", { headers: { "x-vetware-audience": "edge" } }],
    ["no audience", { headers: { "x-vetware-audience": null } }],
    ["no signature", { headers: { "signature": null } }],
    ["no signature input", { headers: { "signature-input": null } }],
    ["a garbage signature", { headers: { "signature": `vetware=:${"A".repeat(86)}==:` } }],
    ["a signature that is no base64", { headers: { "signature": "vetware=:???:" } }],
    ["an empty signature", { headers: { "signature": "vetware=::" } }],
  ];
  it.each(rows)("%s", async (_name, changes) => {
    const { clock, key, dispatch, handled } = await house();
    const good = await signedCall(readParts, key, clock);
    const response = await dispatch(await changed(good.clone(), changes));
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(handled()).toBe(0);
    expect((await dispatch(good)).status, "the nonce of the good one was not spent by the bad one").toBe(200);
  });

  it("another body with its own right digest", async () => {
    const { clock, key, dispatch } = await house();
    const good = await signedCall(readParts, key, clock);
    const body = bodyOf({ ...envelope, asks: { n: 2 } });
    const headers = { "content-digest": await contentDigest(new TextEncoder().encode(body)) };
    expect((await dispatch(await changed(good, { body, headers }))).status).toBe(401);
  });

  it("each single bit of the signature", async () => {
    const { clock, key, dispatch } = await house();
    const good = await signedCall(readParts, key, clock);
    const base64 = /:(.*):/.exec(good.headers.get("signature") ?? "")?.[1] ?? "";
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const signature = `vetware=:${btoa(String.fromCharCode(...flipped))}:`;
      const response = await dispatch(await changed(good.clone(), { headers: { signature } }));
      expect(response.status, `bit ${bit}`).toBe(401);
    }
    expect((await dispatch(good)).status).toBe(200);
  });
});

describe("a signature input of another form is refused", () => {
  const rows: [string, (input: string) => string][] = [
    ["a component dropped", (input) => input.replace('"@path" ', "")],
    ["the digest dropped", (input) => input.replace('"content-digest" ', "")],
    ["a component added", (input) => input.replace('"@path"', '"@path" "@authority"')],
    ["components in another order", (input) => input.replace('"@method" "@path"', '"@path" "@method"')],
    ["a component twice", (input) => input.replace('"@path"', '"@path" "@path"')],
    ["a component with a parameter", (input) => input.replace('"@path"', '"@path";req')],
    ["an algorithm named", (input) => `${input};alg="hmac-sha256"`],
    ["another label", (input) => input.replace("vetware=", "sig1=")],
    ["a second signature", (input) => `${input}, other=("@method");created=1`],
    ["another tag", (input) => input.replace("vetware-rpc", "vetware-door")],
    ["a nonce changed", (input) => input.replace(/nonce="./, 'nonce="_')],
    ["a nonce too short", (input) => input.replace(/nonce="[^"]*"/, 'nonce="x"')],
    ["no nonce", (input) => input.replace(/;nonce="[^"]*"/, "")],
    ["a longer life", (input) => input.replace(/expires=(\d+)/, (_all, at) => `expires=${Number(at) + 30}`)],
    ["a later birth", (input) => input.replace(/created=(\d+)/, (_all, at) => `created=${Number(at) + 1}`)],
    ["a key that nobody knows", (input) => input.replace('keyid="edge-1"', 'keyid="edge-9"')],
    ["a key id from the prototype", (input) => input.replace('keyid="edge-1"', 'keyid="__proto__"')],
  ];
  it.each(rows)("%s", async (_name, change) => {
    const { clock, key, dispatch, handled } = await house();
    const good = await signedCall(readParts, key, clock);
    const input = change(good.headers.get("signature-input") ?? "");
    expect(input).not.toBe(good.headers.get("signature-input"));
    const response = await dispatch(await changed(good, { headers: { "signature-input": input } }));
    expect(response.status).toBe(401);
    expect(handled()).toBe(0);
  });

  it("a signature made for a door", async () => {
    const { clock, key, dispatch } = await house();
    const url = new URL("http://core.internal/rpc/sample.read");
    const body = new TextEncoder().encode(bodyOf(envelope));
    const headers = new Headers({
      "content-type": "application/json",
      "content-digest": await contentDigest(body),
    });
    const signing = {
      key: await importSigningKey("edge-1", key),
      audience,
      now: clock.now,
      random: systemRandom,
    };
    await signMessage(doorProfile, { method: "POST", url, headers }, signing);
    expect((await dispatch(new Request(url, { method: "POST", headers, body }))).status).toBe(401);
  });

  it("a signature by another key under a known id", async () => {
    const { clock, keys, dispatch } = await house();
    expect((await dispatch(await signedCall(readParts, keys.second.privateKey, clock))).status).toBe(401);
  });

  it("a signature meant for another half", async () => {
    const { clock, key, dispatch } = await house();
    const response = await dispatch(await signedCall(readParts, key, clock, { audience: "edge" }));
    expect(response.status).toBe(401);
  });
});

describe("a signature out of its time is refused", () => {
  const at = async (seconds: number) => {
    const { clock, key, dispatch } = await house();
    const signer = clockAt(clock.now() + 60_000);
    const receiver: TestClock = clock;
    receiver.forward(60 + seconds);
    return (await dispatch(await signedCall(readParts, key, signer))).status;
  };
  it.each([[36, 401], [35, 401], [34, 200], [0, 200], [-5, 200], [-6, 401], [-31, 401]])(
    "received %i s after it was made: %i",
    async (seconds, status) => expect(await at(seconds)).toBe(status),
  );
});

describe("a replayed envelope is refused", () => {
  it("in the same process, for a read and for a write", async () => {
    const { clock, key, dispatch, handled } = await house();
    for (const parts of [readParts, writeParts]) {
      const request = await signedCall(parts, key, clock);
      expect((await dispatch(request.clone())).status).toBe(200);
      const again = await dispatch(request);
      expect(again.status).toBe(401);
      expect(await again.json()).toMatchObject({ type: "urn:problem:vetware:replayed" });
    }
    expect(handled()).toBe(2);
  });

  it("one of twenty sent at once is taken", async () => {
    const { clock, key, dispatch, handled } = await house();
    const request = await signedCall(writeParts, key, clock);
    const all = await Promise.all(Array.from({ length: 20 }, () => dispatch(request.clone())));
    expect(all.filter((response) => response.status === 200)).toHaveLength(1);
    expect(handled()).toBe(1);
  });

  it("in another process and after a restart, for a write", async () => {
    const { clock, keys, key, served } = await house();
    const writes = sharedNonces();
    const more = { nonces: { reads: rememberNonces({ now: clock.now }), writes } };
    const publicKeys = { "edge-1": keys.first.publicKey };
    const one = await coreServing(served, publicKeys, clock, more);
    const another = await coreServing(served, publicKeys, clock, more);
    const request = await signedCall(writeParts, key, clock);
    expect((await one.dispatch(request.clone())).status).toBe(200);
    expect((await another.dispatch(request)).status).toBe(401);
  });

  it("after a restart, for a read signed before it", async () => {
    const { clock, keys, key, served } = await house();
    const request = await signedCall(readParts, key, clock);
    clock.forward(2);
    const { dispatch } = await coreServing(served, { "edge-1": keys.first.publicKey }, clock);
    expect((await dispatch(request)).status).toBe(401);
    expect((await dispatch(await signedCall(readParts, key, clock))).status).toBe(200);
  });

  it("also at the last moment of its life", async () => {
    const { clock, key, dispatch } = await house();
    const request = await signedCall(readParts, key, clock);
    expect((await dispatch(request.clone())).status).toBe(200);
    clock.forward(34);
    expect((await dispatch(request)).status).toBe(401);
  });
});

describe("the memory of nonces", () => {
  it("holds no more than it may, refuses instead of forgetting, and is free again when they have expired", async () => {
    const clock = clockAt();
    const nonces = rememberNonces({ now: clock.now, most: 1000 });
    const expires = () => clock.now() / 1000 + 30;
    for (let n = 0; n < 1000; n++) expect(await nonces.spend(`nonce-${n}`, expires())).toBe(true);
    expect(await nonces.spend("one more", expires())).toBe(false);
    expect(await nonces.spend("nonce-0", expires())).toBe(false);
    clock.forward(81);
    expect(await nonces.spend("one more", expires())).toBe(true);
  });

  it("keeps a nonce at least as long as its signature can be taken", async () => {
    for (let second = 0; second < 80; second += 3) {
      const clock = clockAt();
      const nonces = rememberNonces({ now: clock.now });
      clock.forward(second);
      await nonces.spend("first", clock.now() / 1000 + 30);
      clock.forward(39);
      expect(await nonces.spend("first", clock.now() / 1000 + 30), `spent at ${second}`).toBe(false);
    }
  });
});

describe("rotation of keys", () => {
  it("takes the old and the new key while both are live, and refuses the old one once it is retired", async () => {
    const { clock, keys, served } = await house();
    const old = { "edge-1": keys.first.publicKey };
    const fresh = { "edge-2": keys.second.publicKey };
    const both = await coreServing(served, { ...old, ...fresh }, clock);
    const byOld = () => signedCall(readParts, keys.first.privateKey, clock);
    const byNew = () => signedCall(readParts, keys.second.privateKey, clock, { keyId: "edge-2" });
    expect((await both.dispatch(await byOld())).status).toBe(200);
    expect((await both.dispatch(await byNew())).status).toBe(200);
    const after = await coreServing(served, fresh, clock);
    expect((await after.dispatch(await byOld())).status).toBe(401);
    expect((await after.dispatch(await byNew())).status).toBe(200);
  });

  it("refuses a key under the other key's id", async () => {
    const { clock, keys, served } = await house();
    const live = { "edge-1": keys.first.publicKey, "edge-2": keys.second.publicKey };
    const { dispatch } = await coreServing(served, live, clock);
    const crossed = await signedCall(readParts, keys.first.privateKey, clock, { keyId: "edge-2" });
    expect((await dispatch(crossed)).status).toBe(401);
  });

  it("knows no more than two live keys", async () => {
    const { keys } = await house();
    const key = keys.first.publicKey;
    await expect(importVerifyingKeys({ a: key, b: key, c: key })).rejects.toThrow("one or two");
    await expect(importVerifyingKeys({})).rejects.toThrow("one or two");
  });
});

describe("a stranger", () => {
  it("cannot make the core read a body", async () => {
    const { dispatch } = await house();
    let drawn = 0;
    const body = new ReadableStream({ pull: () => void drawn++ }, { highWaterMark: 0 });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body, duplex: "half" };
    expect((await dispatch(new Request("http://core.internal/rpc/sample.read", init))).status).toBe(401);
    expect(drawn).toBe(0);
  });

  it("does not learn which calls there are", async () => {
    const { dispatch } = await house();
    for (const name of ["sample.read", "sample.nothing", "", "../healthz"]) {
      const response = await dispatch(new Request(`http://core.internal/rpc/${name}`, { method: "POST" }));
      expect(response.status).toBe(401);
    }
  });
});

describe("a signed envelope that is not one", () => {
  it.each([
    ["no JSON", "{"],
    ["no actor", bodyOf({ asks: { n: 1 } })],
    ["two actors", bodyOf({ ...envelope, who: { ...vet, system: true } })],
    ["an actor of another kind", bodyOf({ ...envelope, who: { permission: "study:read", root: true } })],
    ["a field more", bodyOf({ ...envelope, admin: true })],
    ["bytes that are no UTF-8", "\u00ff"],
  ])("%s is answered 400 and handled by nobody", async (name, body) => {
    const { clock, keys, served, handled } = await house();
    const live = await importVerifyingKeys({ "edge-1": keys.first.publicKey });
    const { log } = keptLog();
    const dispatch = openDispatch({
      calls: served,
      gate: rpcGate({ keys: live, audience, now: clock.now }),
      nonces: { reads: rememberNonces({ now: clock.now }), writes: sharedNonces() },
      idempotency: rememberWrites(clock.now),
      random: systemRandom,
      log,
    });
    const url = new URL("http://core.internal/rpc/sample.read");
    const bytes = name.startsWith("bytes") ? Uint8Array.of(0xff, 0xfe) : new TextEncoder().encode(body);
    const headers = new Headers({
      "content-type": "application/json",
      "content-digest": await contentDigest(bytes),
    });
    const key = await importSigningKey("edge-1", keys.first.privateKey);
    await signMessage(rpcProfile, { method: "POST", url, headers }, {
      key,
      audience,
      now: clock.now,
      random: systemRandom,
    });
    expect((await dispatch(new Request(url, { method: "POST", headers, body: bytes }))).status).toBe(400);
    expect(handled()).toBe(0);
  });
});
