import { describe, expect, it } from "vitest";
import type { Acting } from "#core/contract/call.ts";
import { checkTotp, digestSecret, makeTotp, verifySecret } from "#core/contract/secrets.ts";
import { openSealer, SealBroken, secretCalls } from "#core/secrets/mod.ts";
import { stepOf } from "#core/secrets/totp.ts";
import { testSealer } from "#tests/make/given.ts";
import { totpCode } from "#tests/make/totp.ts";
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

describe("PL-14 a sealed text", () => {
  const purpose = "mail:019abf00-0000-7000-8000-000000000001";
  const key = (letter: string) => ({ keyId: `sealing-${letter}`, key: letter.repeat(43) });

  it("opens for what it was sealed for, and does not show what it is", () => {
    const sealed = testSealer.seal("a link", purpose);
    expect(sealed).not.toContain(btoa("a link").slice(0, 6));
    expect(testSealer.seal("a link", purpose)).not.toBe(sealed);
    expect(testSealer.open(sealed, purpose)).toEqual({ text: "a link", isOld: false });
  });

  it("does not open for another purpose, changed anywhere, or under a key that is gone", () => {
    const sealed = testSealer.seal("a link", purpose);
    expect(() => testSealer.open(sealed, purpose.replace("mail", "totp"))).toThrow(SealBroken);
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === "A" ? "Q" : "A";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => testSealer.open(changed, purpose), `character ${at}`).toThrow(SealBroken);
    }
    expect(() => openSealer(key("B")).open(sealed, purpose)).toThrow(SealBroken);
    expect(() => testSealer.open("sealed.x", purpose)).toThrow(SealBroken);
  });

  it("opens after the key was rotated, and says that it is old", () => {
    const sealed = openSealer(key("B")).seal("a link", purpose);
    const rotated = openSealer({ ...key("C"), previous: key("B") });
    expect(rotated.open(sealed, purpose)).toEqual({ text: "a link", isOld: true });
  });
});

describe("PL-1 codes of an authenticator", () => {
  const rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; // RFC 6238 appendix B: "12345678901234567890"

  it("are those of RFC 6238, appendix B, to six digits", () => {
    const vectors = [[59, "287082"], [1111111109, "081804"], [1111111111, "050471"], [1234567890, "005924"], [
      2000000000,
      "279037",
    ]] as const;
    for (const [seconds, code] of vectors) {
      expect(totpCode(rfc, seconds * 1000)).toBe(code);
      expect(stepOf(rfc, code, { now: seconds * 1000, after: 0 })).toBe(Math.floor(seconds / 30));
    }
  });

  it("fit one step back and forth, never a step that was used, and no other", () => {
    const now = 2_000_000_000_000;
    const step = Math.floor(now / 30_000);
    const fits = (steps: number, after = 0) => stepOf(rfc, totpCode(rfc, now, steps), { now, after });
    expect([-2, -1, 0, 1, 2].map((steps) => fits(steps))).toEqual([null, step - 1, step, step + 1, null]);
    expect([fits(0, step), fits(0, step - 1), fits(-1, step)]).toEqual([null, step, null]);
  });

  it("are checked by call against the sealed secret of that account alone", async () => {
    const clock = clockAt();
    const { first } = await edgeKeys();
    const served = secretCalls({ sealer: testSealer, now: clock.now, cost: quick });
    const { dispatch } = await coreServing(served, { "edge-1": first.publicKey }, clock);
    const { core } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
    const [mine, theirs] = ["019abf00-0000-7000-8000-000000000001", "019abf00-0000-7000-8000-000000000002"];
    const made = await core(makeTotp, { account: mine, email: "a@example.org" }, { who: who("secret:seal") });
    expect(made.uri).toMatch(/^otpauth:\/\/totp\/Vetware:a%40example\.org\?/);
    const code = totpCode(made.secret, clock.now());
    const check = (account: string) =>
      core(checkTotp, { account, sealed: made.sealed, code, after: 0 }, { who: who("secret:verify") });
    expect((await check(mine)).step).toBe(Math.floor(clock.now() / 30_000));
    await expect(check(theirs)).rejects.toThrow();
  });

  it("bring their secret sealed anew after the key was rotated, whether right or wrong", async () => {
    const clock = clockAt();
    const { first } = await edgeKeys();
    const account = "019abf00-0000-7000-8000-000000000001";
    const old = { keyId: "sealing-old", key: "O".repeat(43) };
    const sealed = openSealer(old).seal(rfc, `totp:${account}`);
    const rotated = openSealer({ keyId: "sealing-new", key: "N".repeat(43), previous: old });
    const served = secretCalls({ sealer: rotated, now: clock.now, cost: quick });
    const { dispatch } = await coreServing(served, { "edge-1": first.publicKey }, clock);
    const { core } = edgeCalling(first.privateKey, clock, (request) => dispatch(request));
    for (const [code, fits] of [[totpCode(rfc, clock.now()), true], [totpCode(rfc, 0), false]] as const) {
      const asks = { account, sealed, code, after: 0 };
      const { step, resealed = "" } = await core(checkTotp, asks, { who: who("secret:verify") });
      expect(step !== null).toBe(fits);
      expect(resealed).toContain("sealed.sealing-new.");
      expect(rotated.open(resealed, `totp:${account}`)).toEqual({ text: rfc, isOld: false });
    }
  });
});
