// Accounts from the first form to the last owner, through the front door of the edge; mails go by the core's own job.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NewTotp, OwnAccount, RecoveryCodes } from "#core/contract/accounts.ts";
import { Me } from "#core/contract/sessions.ts";
import { account } from "#db/schema/mod.ts";
import { type Browser, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPerson, GivenPractice } from "#tests/make/given.ts";
import { totpCode } from "#tests/make/totp.ts";

let edge: TestEdge;
let practice: GivenPractice;
let owner: GivenPerson;
beforeAll(async () => {
  edge = await startEdge();
  practice = await edge.given.practice("Harbour Clinic");
  owner = await edge.given.person(practice, "owner");
});
afterAll(() => edge.stop());

let people = 0;
const newAddress = () => `person${++people}@example.org`;
const password = "violet giraffe umbrella";

async function signedIn(who: GivenPerson): Promise<Browser> {
  const browser = edge.browser();
  expect((await browser.send("POST", "/api/session", who.credentials())).status).toBe(200);
  return browser;
}

const signUpOf = (email: string, more = {}) => ({
  name: "Dr Noor Bakker",
  email,
  password,
  role: "veterinarian",
  practice: { name: "River Vets", location: "Utrecht, Netherlands" },
  ...more,
});

async function signedUp(email: string, more = {}): Promise<Browser> {
  const browser = edge.browser();
  expect((await browser.send("POST", "/api/sign-ups", signUpOf(email, more))).status).toBe(202);
  const token = await edge.post.secretTo(email);
  expect((await browser.send("POST", "/api/sign-ups/confirm", { token })).status).toBe(201);
  return browser;
}

const meOf = async (browser: Browser) => Me.parse(await (await browser.get("/api/session")).json());

/** Sets up an authenticator in a browser; its secret and recovery codes. */
async function withTotp(browser: Browser) {
  const made = NewTotp.parse(await (await browser.send("POST", "/api/account/totp")).json());
  const code = totpCode(made.secret, edge.clock.now());
  const answer = await browser.send("POST", "/api/account/totp/confirm", { code });
  return { ...made, ...RecoveryCodes.parse(await answer.json()) };
}

describe("PL-1 signing up", () => {
  it("makes practice and owner once the address is proved, and nothing before", async () => {
    const email = newAddress();
    const browser = edge.browser();
    await browser.send("POST", "/api/sign-ups", signUpOf(email));
    expect((await browser.send("POST", "/api/session", { email, password })).status).toBe(401);
    const token = await edge.post.secretTo(email);
    const me = Me.parse(await (await browser.send("POST", "/api/sign-ups/confirm", { token })).json());
    expect(me).toMatchObject({ role: "owner", practice: { name: "River Vets" }, need: "second-factor" });
    expect(me.permissions).not.toContain("share:create");
    expect((await browser.get("/api/studies")).status).toBe(403);
    await withTotp(browser);
    expect((await browser.get("/api/studies")).status).toBe(200);
    expect((await meOf(browser)).permissions).toContain("share:create");
  });

  it("takes the link of the mail once, and the newest alone", async () => {
    const email = newAddress();
    const browser = edge.browser();
    await browser.send("POST", "/api/sign-ups", signUpOf(email));
    const first = await edge.post.secretTo(email);
    await browser.send("POST", "/api/sign-ups", signUpOf(email));
    const second = await edge.post.secretTo(email);
    const confirm = async (token: string) =>
      (await edge.browser().send("POST", "/api/sign-ups/confirm", { token })).status;
    expect(await confirm(first)).toBe(410);
    expect(await Promise.all([confirm(second), confirm(second)])).toEqual(expect.arrayContaining([201, 410]));
  });

  it("answers for a known address as for an unknown one; the mail tells the truth", async () => {
    const answers = [];
    for (const email of [newAddress(), owner.email]) {
      const answer = await edge.browser().send("POST", "/api/sign-ups", signUpOf(email));
      answers.push([answer.status, { ...await answer.json(), email: "" }]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect((await edge.post.newestTo(owner.email)).subject).toContain("account already");
  });

  it("sends three mails to an address in an hour at most, whoever asks", async () => {
    const email = newAddress();
    for (let ask = 0; ask < 6; ask++) {
      expect((await edge.browser().send("POST", "/api/sign-ups", signUpOf(email))).status).toBe(202);
    }
    expect((await edge.post.deliver()).filter(({ to }) => to === email)).toHaveLength(3);
  });

  it("gives an account without a practice to who has none", async () => {
    const browser = await signedUp(newAddress(), { practice: null });
    expect(await meOf(browser)).toMatchObject({ practice: null, role: null, need: null });
    expect((await browser.get("/api/studies")).status).toBe(403);
    expect((await browser.get("/api/account")).status).toBe(200);
  });

  it("names the fields that are wrong", async () => {
    const wrong: [object, string][] = [
      [{ name: "" }, "body.name"],
      [{ name: "a\0b" }, "body.name"],
      [{ name: "x".repeat(10_000) }, "body.name"],
      [{ email: "nobody" }, "body.email"],
      [{ password: "short" }, "body.password"],
      [{ password: "password1234" }, "body.password"],
      [{ password: "aaaaaaaaaaaaaaaa" }, "body.password"],
      [{ password: "RiverVets2026!!" }, "body.password"],
      [{ role: "king" }, "body.role"],
      [{ practice: { name: "\u2028", location: "x" } }, "body.practice.name"],
    ];
    for (const [more, field] of wrong) {
      const answer = await edge.browser().send("POST", "/api/sign-ups", signUpOf(newAddress(), more));
      expect([field, answer.status]).toEqual([field, 422]);
      const { fields } = await answer.json();
      expect(fields.map((one: { field: string }) => one.field)).toContain(field);
    }
  });

  it("takes names in every script", async () => {
    const browser = await signedUp(newAddress(), { name: "Δρ. Ελένη 王小明 👩🏽‍⚕️" });
    expect((await meOf(browser)).account.name).toBe("Δρ. Ελένη 王小明 👩🏽‍⚕️");
  });
});

describe("PL-5 a password reset", () => {
  it("answers alike for every address, serves once, ends every session, and still asks the second factor", async () => {
    const vet = await edge.given.person(practice, "owner");
    const here = await signedIn(vet);
    const stranger = newAddress();
    const answers = [];
    for (const email of [vet.email, stranger]) {
      const answer = await edge.browser().send("POST", "/api/password-resets", { email });
      answers.push([answer.status, { ...await answer.json(), email: "" }]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect((await edge.post.newestTo(stranger)).text).toContain("has no Vetware account");
    const token = await edge.post.secretTo(vet.email);
    const set = (next: string) =>
      edge.browser().send("POST", "/api/password-resets/confirm", { token, password: next });
    expect((await set("password1234")).status).toBe(422);
    expect((await set(password)).status).toBe(204);
    expect((await set(password)).status).toBe(410);
    expect((await here.get("/api/session")).status).toBe(401);
    const again = await edge.browser().send("POST", "/api/session", { email: vet.email, password });
    expect([again.status, (await again.json()).type]).toEqual([401, "urn:problem:vetware:second-factor"]);
    expect((await edge.post.newestTo(vet.email)).subject).toBe("Your Vetware password was changed");
  });

  it("is void after an hour, and after a newer one", async () => {
    const vet = await edge.given.person(practice);
    const ask = () => edge.browser().send("POST", "/api/password-resets", { email: vet.email });
    const set = async (token: string) =>
      (await edge.browser().send("POST", "/api/password-resets/confirm", { token, password })).status;
    await ask();
    const first = await edge.post.secretTo(vet.email);
    await ask();
    const second = await edge.post.secretTo(vet.email);
    expect(await set(first)).toBe(410);
    edge.clock.forward(3601);
    expect(await set(second)).toBe(410);
  });
});

describe("PL-1 second factors", () => {
  it("are asked for after the right password alone, and a code serves once", async () => {
    const email = newAddress();
    const { secret, codes } = await withTotp(await signedUp(email));
    const signIn = async (more: object) =>
      (await edge.browser().send("POST", "/api/session", { email, password, ...more })).status;
    expect(await signIn({ password: "wrong wrong wrong" })).toBe(401);
    expect(await signIn({})).toBe(401);
    edge.clock.forward(31);
    const code = totpCode(secret, edge.clock.now());
    expect(await signIn({ code })).toBe(200);
    expect(await signIn({ code })).toBe(401);
    expect(await signIn({ code: totpCode(secret, edge.clock.now(), 1) })).toBe(200);
    expect(await signIn({ code: totpCode(secret, edge.clock.now(), 5) })).toBe(401);
    expect(await signIn({ code: codes[0]?.toLowerCase() })).toBe(200);
    expect(await signIn({ code: codes[0] })).toBe(401);
    expect(codes).toHaveLength(10);
  });

  it("of two who bring the same recovery code at once let one in", async () => {
    const email = newAddress();
    const { codes } = await withTotp(await signedUp(email));
    const ask = async () =>
      (await edge.browser().send("POST", "/api/session", { email, password, code: codes[3] })).status;
    expect((await Promise.all([ask(), ask(), ask()])).filter((status) => status === 200)).toHaveLength(1);
  });

  it("cannot be taken away from an owner who has no other", async () => {
    const browser = await signedUp(newAddress());
    await withTotp(browser);
    const answer = await browser.send("DELETE", "/api/account/totp");
    expect([answer.status, (await answer.json()).detail]).toEqual([
      409,
      "Your role asks for a second factor. Set up another one first.",
    ]);
    expect(OwnAccount.parse(await (await browser.get("/api/account")).json()).totp).toBe(true);
  });

  it("end the other sessions when they change, and are told by mail", async () => {
    const email = newAddress();
    const here = await signedUp(email, { practice: null });
    const there = edge.browser();
    await there.send("POST", "/api/session", { email, password });
    await withTotp(here);
    expect((await there.get("/api/session")).status).toBe(401);
    expect((await here.get("/api/session")).status).toBe(200);
    expect((await edge.post.newestTo(email)).subject).toBe("Your second factors were changed");
  });
});

describe("V7.5.1 dangerous acts", () => {
  it("ask for a proof of the last ten minutes, by password and code", async () => {
    const browser = await signedIn(owner);
    const key = { name: "Script", product: "vetpacs", permissions: ["study:read"] };
    expect((await browser.send("POST", "/api/keys", key)).status).toBe(201);
    edge.clock.forward(601);
    const refused = await browser.send("POST", "/api/keys", key);
    expect([refused.status, (await refused.json()).type]).toEqual([403, "urn:problem:vetware:unproved"]);
    const prove = async (more: object) =>
      (await browser.send("POST", "/api/session/proof", { password: owner.password, ...more })).status;
    expect(await prove({ password: "wrong" })).toBe(403);
    expect(await prove({})).toBe(401);
    expect(await prove({ code: owner.credentials().code })).toBe(200);
    expect((await browser.send("POST", "/api/keys", key)).status).toBe(201);
  });
});

describe("PL-1 a change of the mail address", () => {
  it("needs the yes of the old and the new address, in either order", async () => {
    for (const order of [["old", "new"], ["new", "old"]] as const) {
      const vet = await edge.given.person(practice);
      const browser = await signedIn(vet);
      const email = newAddress();
      expect((await browser.send("POST", "/api/account/email", { email })).status).toBe(202);
      const tokens = { old: await edge.post.secretTo(vet.email), new: await edge.post.secretTo(email) };
      const confirm = async (which: "old" | "new") =>
        await (await edge.browser().send("POST", "/api/email-changes/confirm", { token: tokens[which] }))
          .json();
      expect(await confirm(order[0])).toEqual({ done: false, waitingFor: order[1] });
      expect((await meOf(browser)).account.email).toBe(vet.email);
      expect(await confirm(order[1])).toEqual({ done: true, waitingFor: null });
      expect((await meOf(browser)).account.email).toBe(email);
      expect((await edge.post.newestTo(vet.email)).text).toContain(email);
    }
  });

  it("does not take an address that has an account", async () => {
    const vet = await edge.given.person(practice);
    const browser = await signedIn(vet);
    await browser.send("POST", "/api/account/email", { email: owner.email });
    for (const [address, status] of [[vet.email, 200], [owner.email, 409]] as const) {
      const token = await edge.post.secretTo(address);
      const answer = await edge.browser().send("POST", "/api/email-changes/confirm", { token });
      expect(answer.status).toBe(status);
    }
    const [row] = await edge.given.owner.readAsAccount(
      vet.id,
      (q) => q.select({ email: account.email }).from(account).where(eq(account.id, vet.id)),
    );
    expect(row?.email).toBe(vet.email);
  });
});

describe("PL-4 the own sessions", () => {
  it("are listed with device and address, and ended one or all", async () => {
    const vet = await edge.given.person(practice);
    const [here, there] = [await signedIn(vet), await signedIn(vet)];
    const { sessions } = await (await here.get("/api/account/sessions")).json();
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toMatchObject({ userAgent: "test browser", ip: expect.stringContaining("198.18.") });
    const other = sessions.find((one: { current: boolean }) => !one.current);
    expect((await here.send("DELETE", `/api/account/sessions/${other.id}`)).status).toBe(204);
    expect((await there.get("/api/session")).status).toBe(401);
    expect((await here.send("DELETE", "/api/account/sessions")).status).toBe(204);
    expect((await here.get("/api/session")).status).toBe(401);
  });

  it("from a device not seen before are told by mail, the first one is not", async () => {
    const vet = await edge.given.person(practice);
    await signedIn(vet);
    expect((await edge.post.deliver()).filter(({ to }) => to === vet.email)).toEqual([]);
    const elsewhere = edge.browser();
    await elsewhere.send("POST", "/api/session", vet.credentials(), { "user-agent": "Another/1.0" });
    const mail = await edge.post.newestTo(vet.email);
    expect(mail.subject).toContain("new device");
    expect(mail.text).toContain("Another/1.0");
  });

  it("that end because an old secret came back are told by mail", async () => {
    const vet = await edge.given.person(practice);
    const browser = await signedIn(vet);
    const stolen = browser.cookies.get("__Host-session") ?? "";
    edge.clock.forward(301);
    await browser.get("/api/session");
    edge.clock.forward(11);
    const thief = edge.browser();
    thief.cookies.set("__Host-session", stolen);
    expect((await thief.get("/api/session")).status).toBe(401);
    expect((await edge.post.newestTo(vet.email)).subject).toBe("A session of yours was ended");
  });
});
