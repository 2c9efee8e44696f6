// Tokens that are not what they say: of another product, of an earlier epoch, forged in every way.
import { decodeJwt, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Claims, signToken } from "#edge/account/tokens/token.ts";
import { bearer, type Browser, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPerson, GivenPractice } from "#tests/make/given.ts";
import { makeKeyPair } from "#core/rpc/mod.ts";

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
const studies = async (token: string) =>
  (await edge.app.request("/api/studies", { headers: bearer(token) })).status;

describe("PL-4 a token of another product", () => {
  it("is refused by every route of the others, and counted", async () => {
    const [account, vetpacs] = ["__Host-account", "__Host-vetpacs"].map((name) =>
      browser.cookies.get(name) ?? ""
    );
    const ask = async (path: string, token = "") =>
      (await edge.app.request(path, { headers: bearer(token) })).status;
    expect([await ask("/api/studies", vetpacs), await ask("/api/team", account)]).toEqual([200, 200]);
    expect([await ask("/api/studies", account), await ask("/api/team", vetpacs)]).toEqual([401, 401]);
    for (const product of ["keepsake", "vetai", "insights"] as const) {
      const token = await signToken(edge.parts.tokenKeys, product, claimsOf(vetpacs), edge.parts.now());
      expect([await ask("/api/studies", token), await ask("/api/team", token)]).toEqual([401, 401]);
    }
    expect(edge.parts.metrics.text()).toMatch(
      /vetware_tokens_refused_total\{product="vetpacs",reason="audience"\} [1-9]|vetware_tokens_refused_total\{reason="audience",product="vetpacs"\} [1-9]/,
    );
  });

  it("lets no one stay who was raised above: a token of an earlier epoch is dead", async () => {
    const token = browser.cookies.get("__Host-vetpacs") ?? "";
    const older = await signToken(
      edge.parts.tokenKeys,
      "vetpacs",
      { ...claimsOf(token), ep: -1 },
      edge.parts.now(),
    );
    expect((await edge.app.request("/api/studies", { headers: bearer(older) })).status).toBe(200);
    edge.parts.revocations.add({ account: person.id, epoch: 0 });
    expect((await edge.app.request("/api/studies", { headers: bearer(older) })).status).toBe(401);
    edge.parts.revocations.add({ practice: practice.id, epoch: 0 });
    expect((await edge.app.request("/api/studies", { headers: bearer(token) })).status).toBe(200);
  });

  /** What a token of ours says, without looking at its signature. */
  function claimsOf(token = "") {
    const { exp: _exp, iat: _iat, iss: _iss, aud: _aud, ...claims } = decodeJwt<Claims>(token);
    return claims;
  }
});

describe("PL-4 a forged token", () => {
  const sid = "019abf00-0000-7000-8000-00000000000f";
  const seconds = () => Math.floor(edge.clock.now() / 1000);
  const claims = () => ({
    sid,
    ep: 0,
    prc: practice.id,
    pep: 0,
    role: "owner",
    sf: true,
    prv: seconds(),
    op: false,
  });
  const token = () =>
    new SignJWT(claims())
      .setIssuer("vetware").setAudience("vetpacs").setSubject(person.id).setIssuedAt(seconds())
      .setExpirationTime(seconds() + 300);
  const header = { alg: "EdDSA", typ: "at+jwt", kid: "token-1" };
  const signing = () => edge.parts.tokenKeys.signing;

  it("made as ours is taken, so that the following are refused for what they differ in", async () => {
    expect(await studies(await token().setProtectedHeader(header).sign(signing()))).toBe(200);
  });

  it("is refused without signature, by another key, algorithm, type, issuer, audience or key id", async () => {
    const stranger = await crypto.subtle.importKey(
      "jwk",
      JSON.parse((await makeKeyPair()).privateKey),
      "Ed25519",
      false,
      [
        "sign",
      ],
    );
    const text = new TextEncoder().encode("a public key taken for a shared secret");
    const forged = [
      new UnsecuredJWT(claims()).setIssuer("vetware").setAudience("vetpacs")
        .setSubject(person.id).setIssuedAt(seconds()).setExpirationTime(seconds() + 300).encode(),
      await token().setProtectedHeader(header).sign(stranger),
      await token().setProtectedHeader({ ...header, alg: "HS256" }).sign(text),
      await token().setProtectedHeader({ ...header, typ: "JWT" }).sign(signing()),
      await token().setProtectedHeader({ ...header, typ: "session+jwt" }).sign(signing()),
      await token().setIssuer("elsewhere").setProtectedHeader(header).sign(signing()),
      await token().setAudience("keepsake").setProtectedHeader(header).sign(signing()),
      await token().setAudience("session").setProtectedHeader(header).sign(signing()),
      await token().setProtectedHeader({ ...header, kid: "other" }).sign(signing()),
      await token().setProtectedHeader({ alg: "EdDSA", typ: "at+jwt" }).sign(signing()),
    ];
    for (const [at, each] of forged.entries()) expect([at, await studies(each)]).toEqual([at, 401]);
  });

  it("is refused when over, from the future, or meant to live longer than five minutes", async () => {
    const forged = [
      token().setExpirationTime(seconds() - 1),
      token().setIssuedAt(seconds() - 400).setExpirationTime(seconds() + 300),
      token().setIssuedAt(seconds() + 3600).setExpirationTime(seconds() + 7200),
      token().setNotBefore(seconds() + 60),
    ];
    for (const each of forged) {
      expect(await studies(await each.setProtectedHeader(header).sign(signing()))).toBe(401);
    }
  });

  it("is refused with any one character changed", async () => {
    const good = browser.cookies.get("__Host-vetpacs") ?? "";
    expect(await studies(good)).toBe(200);
    for (let at = 0; at < good.length; at += 7) {
      const other = good[at] === "A" ? "Q" : "A";
      const changed = good.slice(0, at) + other + good.slice(at + 1);
      // The last character of base64url may carry bits that nobody reads.
      if (good[at] === "." || at === good.length - 1) continue;
      expect([at, await studies(changed)]).toEqual([at, 401]);
    }
  });

  it("is not the session's cookie, nor the other way round", async () => {
    expect(await studies(browser.cookies.get("__Host-session") ?? "")).toBe(401);
    const other = edge.browser();
    other.cookies.set("__Host-session", browser.cookies.get("__Host-vetpacs") ?? "");
    expect((await other.get("/api/studies")).status).toBe(401);
  });

  it("of any odd form is refused and not a fault", async () => {
    for (
      const value of [
        "",
        "x",
        "a.b.c",
        ".".repeat(2000),
        "A".repeat(1_000_000),
        "vw_",
        "vw_" + "é".repeat(43),
      ]
    ) {
      const headers = new Headers({ authorization: `Bearer ${encodeURIComponent(value)}` });
      expect((await edge.app.request("/api/studies", { headers })).status).toBe(401);
    }
    for (const authorization of ["Basic YTpi", "Bearer", "bearer x", "Bearer a b"]) {
      const answer = await edge.app.request("/api/studies", { headers: { authorization, cookie: cookie() } });
      expect([authorization, answer.status]).toEqual([authorization, 401]);
    }
  });
});
