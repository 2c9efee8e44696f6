import { describe, expect, it } from "vitest";
import type { Acting } from "#core/contract/call.ts";
import { digestSecret, verifySecret } from "#core/contract/secrets.ts";
import { secretCalls } from "#core/secrets/mod.ts";
import { testSealer } from "#tests/make/given.ts";
import { clockAt, coreServing, edgeCalling, edgeKeys } from "#tests/make/rpc.ts";

const quick = { memoryCost: 64, timeCost: 2, parallelism: 1 };
const who = (permission: `${string}:${string}`): Acting => ({ system: true, permission });

async function calling(cost = quick) {
  const clock = clockAt();
  const { first } = await edgeKeys();
  const { dispatch } = await coreServing(secretCalls({ sealer: testSealer, now: clock.now, cost }), {
    "edge-1": first.publicKey,
  }, clock);
  const { core } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
  const digest = async (secret: string) =>
    (await core(digestSecret, { secret }, { who: who("secret:digest") })).digest;
  const verify = (secret: string, kept: string | null) =>
    core(verifySecret, { secret, digest: kept }, { who: who("secret:verify") });
  return { digest, verify };
}

describe("PL-3 a secret", () => {
  it("is digested with a salt of its own each time and found again", async () => {
    const { digest, verify } = await calling();
    const [one, other] = [await digest("horse"), await digest("horse")];
    expect(one).not.toBe(other);
    expect(one).not.toContain("horse");
    expect(await verify("horse", one)).toEqual({ matches: true });
    expect(await verify("Horse", one)).toEqual({ matches: false });
  });

  it("gets a new digest at its next use when the cost has risen, and only when it is right", async () => {
    const old = await (await calling({ ...quick, timeCost: 1 })).digest("horse");
    const { verify } = await calling();
    const { matches, newDigest = "" } = await verify("horse", old);
    expect([matches, newDigest]).toEqual([true, expect.stringContaining("t=2")]);
    expect(await verify("horse", newDigest)).toEqual({ matches: true });
    expect(await verify("other", old)).toEqual({ matches: false });
  });

  it("of nobody, or against a digest that is none, matches nothing", async () => {
    const { verify } = await calling();
    expect(await verify("horse", null)).toEqual({ matches: false });
    expect(await verify("horse", "$argon2id$nonsense")).toEqual({ matches: false });
  });

  it("is turned away when two are at work and sixteen wait", async () => {
    const { digest } = await calling({ ...quick, memoryCost: 8192 });
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => digest("horse")));
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.length).toBe(30 - 18);
    expect(refused.every(({ reason }) => reason.problem.status === 429)).toBe(true);
  });
});
