// Walks every call that core/contract defines: somebody serves it, a tampered or replayed envelope is refused, and
// an answer of a wrong shape fails loudly on both sides. A new call is walked by being exported, or fails here.
import type { Acting, Call } from "#core/contract/call.ts";
import { coreCalls } from "#core/calls.ts";
import { openCore, serve } from "#core/rpc/mod.ts";
import type { Core } from "#core/rpc/mod.ts";
import { contractCalls } from "#tests/make/contractCalls.ts";
import { clockAt, coreServing, edgeCalling, edgeKeys, signedCall } from "#tests/make/rpc.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const calls = await contractCalls();

/** Stands for everything behind the calls; being asked for anything while calls are only listed is a fault. */
const untouched: never = new Proxy(() => untouched, { get: () => untouched }) as never;

const who = (call: Call): Acting => ({
  system: true,
  practice: "019abf00-0000-7000-8000-000000000001",
  permission: call.permission,
});
const keyed = (call: Call) => call.writes ? { idempotencyKey: "walk-0000001" } : {};

it("finds calls to walk, each name once", () => {
  expect(calls.length).toBeGreaterThan(0);
  expect(new Set(calls.map(({ name }) => name)).size).toBe(calls.length);
});

it("finds each call served by the core once, and nothing served that is not defined", () => {
  const served = coreCalls(untouched).map(({ call }) => call.name);
  expect(served.toSorted()).toEqual(calls.map(({ name }) => name).toSorted());
});

describe.each(calls.map((call) => [call.name, call] as const))("%s", (_name, call) => {
  const anyAsks: Call = { ...call, asks: z.unknown() };
  const wrong = [undefined, null, "wrong", 0.5, [], {}].find((value) =>
    !call.answers.safeParse(value).success
  );

  async function house(answer: unknown) {
    const clock = clockAt();
    const { first } = await edgeKeys();
    let handled = 0;
    const served = serve(anyAsks, () => (handled++, answer));
    const { dispatch, lines } = await coreServing([served], { "edge-1": first.publicKey }, clock);
    const { core, address } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
    const parts = { call: call.name, who: who(call), asks: {}, ...keyed(call) };
    const envelope = () => signedCall(parts, first.privateKey, clock);
    return { dispatch, core, address, envelope, lines, handled: () => handled };
  }
  const ask = (core: Core) => core(anyAsks, {}, { who: who(call), ...keyed(call) });

  it("refuses a tampered envelope", async () => {
    const { dispatch, envelope, handled } = await house(wrong);
    const request = await envelope();
    const body = (await request.clone().text()).replace("000000000001", "000000000002");
    expect((await dispatch(new Request(request, { body }))).status).toBe(401);
    const elsewhere = new Request(`${request.url}Twice`, { method: "POST", headers: request.headers, body });
    expect((await dispatch(elsewhere)).status).toBe(401);
    expect(handled()).toBe(0);
  });

  it("refuses a replayed envelope", async () => {
    const { dispatch, envelope, handled } = await house(wrong);
    const request = await envelope();
    await dispatch(request.clone());
    expect((await dispatch(request)).status).toBe(401);
    expect(handled()).toBe(1);
  });

  it("refuses an actor with another permission", async () => {
    const { core, handled } = await house(wrong);
    const other = { ...who(call), permission: "nothing:else" } as const;
    await expect(core(anyAsks, {}, { who: other })).rejects.toMatchObject({ kind: "forbidden" });
    expect(handled()).toBe(0);
  });

  it("fails loudly when the core would answer in a wrong shape", async () => {
    const { core, lines } = await house(wrong);
    await expect(ask(core)).rejects.toMatchObject({ kind: "fault" });
    expect(lines).toMatchObject([{
      event: "call_failed",
      fields: { call: call.name, fault: "MisshapenAnswer" },
    }]);
  });

  it("fails loudly when the edge is answered in a wrong shape", async () => {
    const { address } = await house(wrong);
    const core = openCore({ ...address, fetch: () => Promise.resolve(Response.json(wrong ?? null)) });
    await expect(ask(core)).rejects.toMatchObject({ reason: "misshapen" });
  });
});
