import { call } from "#core/contract/call.ts";
import { refuse } from "#core/contract/problem.ts";
import { CallFailed, CallRefused, openCore, serve, systemRandom } from "#core/rpc/mod.ts";
import type { CallContext } from "#core/rpc/mod.ts";
import { contentDigest, matchesDigest } from "#core/rpc/digest.ts";
import { clockAt, coreServing, edgeCalling, edgeKeys, signedCall } from "#tests/make/rpc.ts";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const practice = "019abf00-0000-7000-8000-000000000001";
const account = "019abf00-0000-7000-8000-00000000000a";
const vet = { account, practice, permission: "study:read" } as const;
const writer = { ...vet, permission: "study:upload" } as const;

const double = call("sample.double", {
  asks: z.strictObject({ n: z.int() }),
  answers: z.strictObject({ n: z.int() }),
  writes: false,
  within: "2s",
  permission: "study:read",
});
const keep = call("sample.keep", {
  asks: z.strictObject({ word: z.string() }),
  answers: z.strictObject({ kept: z.int() }),
  writes: true,
  within: "2s",
  permission: "study:upload",
});

async function house() {
  const clock = clockAt();
  const { first } = await edgeKeys();
  const seen: { words: string[]; contexts: CallContext[]; who: unknown[] } = {
    words: [],
    contexts: [],
    who: [],
  };
  const served = [
    serve(double, ({ n }, who, context) => {
      seen.contexts.push(context);
      seen.who.push(who);
      return n === 13 ? refuse("not-found", { detail: "No such number." }) : { n: n * 2 };
    }),
    serve(keep, ({ word }) => {
      if (word === "burn") throw new Error("secret words");
      return { kept: seen.words.push(word) };
    }),
  ];
  const { dispatch, lines } = await coreServing(served, { "edge-1": first.publicKey }, clock);
  const { core, address } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
  return { clock, key: first.privateKey, dispatch, core, address, seen, lines };
}

const problemOf = (promise: Promise<unknown>) =>
  promise.then(() => undefined, (fault) => fault instanceof CallRefused ? fault.problem : fault);

describe("a call from edge to core", () => {
  it("brings its asks, its actor, its trace and its request id, and an answer back", async () => {
    const { core, seen } = await house();
    const requestId = "019abf00-0000-7000-8000-0000000000ff";
    const trace = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", sampled: true };
    expect(await core(double, { n: 21 }, { who: vet, requestId, trace })).toEqual({ n: 42 });
    expect(seen.who).toEqual([vet]);
    expect(seen.contexts[0]?.requestId).toBe(requestId);
    expect(seen.contexts[0]?.trace.traceId).toBe(trace.traceId);
    expect(seen.contexts[0]?.trace.spanId).not.toBe(trace.spanId);
  });

  it("gives a refusal of the handler as an error that carries the problem", async () => {
    const { core } = await house();
    const refused = await problemOf(core(double, { n: 13 }, { who: vet }));
    expect(refused).toMatchObject({ status: 404, detail: "No such number.", request: expect.any(String) });
  });

  it("names the field when asks have a wrong shape", async () => {
    const { core } = await house();
    const refused = await problemOf(core(double, { n: 1.5 }, { who: vet }));
    expect(refused).toMatchObject({ status: 422, fields: [{ field: "asks.n" }] });
  });

  it("is refused when the actor's permission is another than the call's", async () => {
    const { core, seen } = await house();
    expect(await problemOf(core(double, { n: 1 }, { who: writer }))).toMatchObject({ status: 403 });
    expect(seen.who).toEqual([]);
  });

  it("is answered 404 when no such call is served", async () => {
    const { core } = await house();
    const other = call("sample.other", double);
    expect(await problemOf(core(other, { n: 1 }, { who: vet }))).toMatchObject({ status: 404 });
  });

  it("tells nothing of a fault but its request id, and logs it once", async () => {
    const { core, lines } = await house();
    const fault = await problemOf(core(keep, { word: "burn" }, { who: writer }));
    expect(fault).toMatchObject({ status: 500 });
    expect(JSON.stringify([fault, lines])).not.toContain("secret words");
    expect(lines).toMatchObject([{ event: "call_failed", fields: { call: "sample.keep", fault: "Error" } }]);
  });

  it("is refused with a body over 1 MB, before and after it is sent", async () => {
    const { core, key, clock, dispatch } = await house();
    const word = "x".repeat(1024 * 1024);
    expect(await problemOf(core(keep, { word }, { who: writer }))).toMatchObject({ status: 413 });
    const request = await signedCall({ call: "sample.keep", who: writer, asks: { word } }, key, clock);
    expect((await dispatch(request)).status).toBe(413);
  });

  it("fails loudly on the core's side when the handler answers in a wrong shape", async () => {
    const clock = clockAt();
    const { first } = await edgeKeys();
    const wrong: unknown = { n: "two" };
    const served = serve(double, () => wrong as { n: number });
    const { dispatch, lines } = await coreServing([served], { "edge-1": first.publicKey }, clock);
    const { core } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
    expect(await problemOf(core(double, { n: 1 }, { who: vet }))).toMatchObject({ status: 500 });
    expect(lines).toMatchObject([{ fields: { fault: "MisshapenAnswer" } }]);
  });

  it("fails loudly on the edge's side when the answer has a wrong shape", async () => {
    const { address } = await house();
    const core = openCore({ ...address, fetch: () => Promise.resolve(Response.json({ n: "two" })) });
    await expect(core(double, { n: 1 }, { who: vet })).rejects.toMatchObject({ reason: "misshapen" });
  });

  it("ends at its deadline on both sides", async () => {
    const clock = clockAt();
    const { first } = await edgeKeys();
    const slow = call("sample.slow", { ...double, within: "50ms" });
    const never = Promise.withResolvers<{ n: number }>();
    let ended: AbortSignal | undefined;
    const served = serve(slow, (_asks, _who, { signal }) => {
      ended = signal;
      return never.promise;
    });
    const { dispatch } = await coreServing([served], { "edge-1": first.publicKey }, clock);
    const request = await signedCall({ call: slow.name, who: vet, asks: { n: 1 } }, first.privateKey, clock);
    expect((await dispatch(request)).status).toBe(504);
    expect(ended?.aborted).toBe(true);

    const { address } = edgeCalling(first.privateKey, clock, (sent) => dispatch(sent));
    const mute: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))
      );
    const core = openCore({ ...address, fetch: mute, random: systemRandom });
    await expect(core(slow, { n: 1 }, { who: vet })).rejects.toMatchObject({ reason: "too-slow" });
  });
});

describe("a write under an idempotency key", () => {
  const terms = { who: writer, idempotencyKey: "key-00000001" };

  it("happens once; its repeat gets the first answer", async () => {
    const { core, seen } = await house();
    expect(await core(keep, { word: "a" }, terms)).toEqual({ kept: 1 });
    expect(await core(keep, { word: "a" }, terms)).toEqual({ kept: 1 });
    expect(seen.words).toEqual(["a"]);
  });

  it("is refused with other asks, and with another actor", async () => {
    const { core, seen } = await house();
    await core(keep, { word: "a" }, terms);
    expect(await problemOf(core(keep, { word: "b" }, terms))).toMatchObject({ status: 409 });
    const colleague = { ...writer, account: "019abf00-0000-7000-8000-00000000000b" };
    expect(await problemOf(core(keep, { word: "a" }, { ...terms, who: colleague }))).toMatchObject({
      status: 409,
    });
    expect(seen.words).toEqual(["a"]);
  });

  it("does not meet the same key of another practice", async () => {
    const { core, seen } = await house();
    await core(keep, { word: "a" }, terms);
    const elsewhere = { ...writer, practice: "019abf00-0000-7000-8000-000000000002" };
    expect(await core(keep, { word: "z" }, { ...terms, who: elsewhere })).toEqual({ kept: 2 });
    expect(seen.words).toEqual(["a", "z"]);
  });

  it("may be tried again after a fault", async () => {
    const { core, seen } = await house();
    expect(await problemOf(core(keep, { word: "burn" }, terms))).toMatchObject({ status: 500 });
    expect(await core(keep, { word: "a" }, terms)).toEqual({ kept: 1 });
    expect(seen.words).toEqual(["a"]);
  });

  it("is wanted: a write without one is refused", async () => {
    const { key, clock, dispatch, seen } = await house();
    const request = await signedCall({ call: "sample.keep", who: writer, asks: { word: "a" } }, key, clock);
    const response = await dispatch(request);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ fields: [{ field: "envelope.idempotencyKey" }] });
    expect(seen.words).toEqual([]);
  });

  it("happens once when the answer of the first attempt is lost and the edge tries again by itself", async () => {
    const { address, dispatch, seen } = await house();
    let losses = 1;
    const lossy: typeof fetch = async (input, init) => {
      const response = await dispatch(new Request(input, init));
      if (losses-- > 0) throw new TypeError("connection reset");
      return response;
    };
    const core = openCore({ ...address, fetch: lossy });
    expect(await core(keep, { word: "a" }, { who: writer })).toEqual({ kept: 1 });
    expect(seen.words).toEqual(["a"]);
  });

  it("is not begun a second time while the first still runs", async () => {
    const clock = clockAt();
    const { first } = await edgeKeys();
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const served = serve(keep, async () => {
      runs++;
      await gate.promise;
      return { kept: runs };
    });
    const { dispatch } = await coreServing([served], { "edge-1": first.publicKey }, clock);
    const { core } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
    const both = [core(keep, { word: "a" }, terms), core(keep, { word: "a" }, terms)];
    setTimeout(gate.resolve, 100);
    expect(await Promise.all(both)).toEqual([{ kept: 1 }, { kept: 1 }]);
    expect(runs).toBe(1);
  });
});

describe("the edge's patience", () => {
  it("gives up after three attempts when the core is not there, and says so", async () => {
    const { address } = await house();
    let attempts = 0;
    const dead: typeof fetch = () => {
      attempts++;
      return Promise.reject(new TypeError("connection refused"));
    };
    const core = openCore({ ...address, fetch: dead });
    const fault = await core(double, { n: 1 }, { who: vet }).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(CallFailed);
    expect(fault).toMatchObject({ reason: "unreachable" });
    expect(attempts).toBe(3);
  });

  it("does not try again after a refusal", async () => {
    const { address, dispatch } = await house();
    let attempts = 0;
    const counting: typeof fetch = (input, init) => {
      attempts++;
      return dispatch(new Request(input, init));
    };
    const core = openCore({ ...address, fetch: counting });
    await problemOf(core(double, { n: 13 }, { who: vet }));
    expect(attempts).toBe(1);
  });
});

describe("contentDigest()", () => {
  it.each([0, 1, 1000, 6144, 6145, 200_000])(
    "is the SHA-256 of a body of %d bytes, however made",
    async (size) => {
      const body = Uint8Array.from({ length: size }, (_, at) => at * 31 + (at >> 8));
      const digest = await contentDigest(body);
      expect(digest).toBe(`sha-256=:${createHash("sha256").update(body).digest("base64")}:`);
      expect(await matchesDigest(body, digest)).toBe(true);
      expect(await matchesDigest(Uint8Array.from([...body.subarray(1), 7, 7]), digest)).toBe(false);
      expect(await matchesDigest(body, null)).toBe(false);
    },
  );
});

describe("systemRandom()", () => {
  it("gives as many bytes as asked, and none of them twice", () => {
    const drawn = Array.from({ length: 1000 }, (_, at) => systemRandom(at % 3 === 0 ? 100 : 16));
    expect(drawn.map((bytes) => bytes.length)).toEqual(drawn.map((_, at) => at % 3 === 0 ? 100 : 16));
    expect(new Set(drawn.map((bytes) => bytes.toString())).size).toBe(1000);
    drawn[1]?.fill(0);
    expect(systemRandom(16).every((byte) => byte === 0)).toBe(false);
  });
});
