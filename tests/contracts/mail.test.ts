// One contract of the carriers of mail, run against the local mailbox and a provider in Resend's shapes; and the job
// that hands mails over, with the provider down, up, and cut off in between (PL-10).
import { eq, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MailContent } from "#core/contract/mail.ts";
import { sendMail } from "#core/mail/mod.ts";
import { type Mail, MailFault, openMailbox, openResend } from "#core/services/mail/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { mail } from "#db/schema/mod.ts";
import { startEmbedded, type TestDatabase } from "#tests/make/database.ts";
import { temporaryFolder } from "#tests/make/dicom.ts";
import { type Given, type GivenPractice, openGiven, testSealer } from "#tests/make/given.ts";
import { type ResendServer, startResend } from "#tests/make/resendServer.ts";
import { keptLog } from "#tests/make/rpc.ts";

const from = "Vetware <mail@vetware.example>";
let provider: ResendServer;
beforeAll(async () => {
  provider = await startResend();
});
afterAll(() => provider.stop());

const folder = temporaryFolder();
const carriers: [string, () => Mail][] = [
  ["mailbox", () => openMailbox({ folder, from, now: () => new Date() })],
  ["resend", () => openResend({ apiKey: "re_test", from, url: provider.url })],
];

const letter = (id: string) => ({
  id,
  to: "a@example.org",
  subject: "Hello",
  text: "text",
  html: "<p>html</p>",
});

describe.each(carriers)("PL-10 the carrier %s", (kind, open) => {
  it("takes a mail, and the same one twice as one", async () => {
    const carrier = open();
    const id = uuidv7();
    const first = await carrier.send(letter(id));
    expect(await carrier.send(letter(id))).toEqual(first);
    const kept = kind === "mailbox"
      ? (await carrier.list())?.filter((one) => one.id === id)
      : provider.sent.filter((one) => one.key === id);
    expect(kept).toHaveLength(1);
  });

  it("says which it is, and shows what it keeps only where it keeps any", async () => {
    const carrier = open();
    expect(carrier.kind).toBe(kind);
    expect(await carrier.list() === undefined).toBe(kind === "resend");
  });
});

describe("the local mailbox", () => {
  it("keeps the newest two hundred and lists the newest hundred, newest first", async () => {
    let second = 0;
    const box = openMailbox({
      folder: temporaryFolder(),
      from,
      now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)),
    });
    for (let number = 0; number < 205; number++) await box.send(letter(`mail-${number}`));
    const listed = await box.list();
    expect(listed?.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, at) => `mail-${204 - at}`));
  });
});

describe("a provider that refuses", () => {
  const refusals: [number, string, boolean][] = [
    [400, "validation_error", false],
    [422, "invalid_parameter", false],
    [413, "application_error", false],
    [401, "restricted_api_key", true],
    [403, "invalid_api_key", true],
    [409, "concurrent_idempotent_requests", true],
    [429, "rate_limit_exceeded", true],
    [429, "daily_quota_exceeded", true],
    [500, "internal_server_error", true],
    [503, "application_error", true],
    [0, "a line that is cut", true],
    [-2, "no answer in time", true],
  ];
  it.each(refusals)("with %i, %s, is asked again: %s", async (status, name, temporary) => {
    provider.fail(status, name);
    const carrier = openResend({ apiKey: "re_test", from, url: provider.url, patience: 500 });
    const fault = await carrier.send(letter(uuidv7())).then(() => undefined, (thrown: unknown) => thrown);
    provider.fail(200);
    expect(fault).toBeInstanceOf(MailFault);
    expect(fault).toMatchObject({ temporary });
  });

  it("since it took other words under the same id, has sent them, and that is told as sent", async () => {
    const carrier = openResend({ apiKey: "re_test", from, url: provider.url });
    const id = uuidv7();
    await carrier.send(letter(id));
    const again = await carrier.send({ ...letter(id), text: "the template has changed since" });
    expect(again).toEqual({ providerId: null, arrived: false });
    expect(provider.sent.filter(({ key }) => key === id)).toHaveLength(1);
  });
});

describe("PL-10 the job that hands mails over", () => {
  let database: TestDatabase;
  let given: Given;
  let core: Database;
  let practice: GivenPractice;
  beforeAll(async () => {
    database = await startEmbedded();
    given = openGiven(database);
    core = openDatabase(database.addresses.vetware_core);
    practice = await given.practice();
  });
  afterAll(async () => {
    await core.close();
    await given.owner.close();
    await database.stop();
  });

  const job = () => {
    const carrier = openResend({ apiKey: "re_test", from, url: provider.url });
    const { log } = keptLog();
    return sendMail({ db: core, mail: carrier, sealer: testSealer, now: () => new Date(), log });
  };
  const run = (id: string, owner: object, attempt = 1) =>
    job().perform({ mail: id, owner }, { id, attempt, signal: new AbortController().signal });
  const signUp: MailContent = { kind: "reset-unknown", signUpLink: "https://vetware.example/sign-up" };
  const waiting = async (recipient: string, content: MailContent = signUp) => {
    const id = uuidv7();
    await given.owner.applyAs(practice.id, (q) =>
      q.insert(mail).values({
        id,
        practiceId: practice.id,
        kind: content.kind,
        recipient,
        sealed: testSealer.seal(JSON.stringify(content), `mail:${id}`),
        createdAt: new Date(),
      }));
    return id;
  };
  const rowOf = async (id: string) => {
    const rows = await core.readAs(practice.id, (q) => q.select().from(mail));
    return rows.find((row) => row.id === id);
  };
  const mine = () => ({ practice: practice.id });

  it("sends once, forgets what it said, and does nothing a second time", async () => {
    const id = await waiting("once@example.org");
    await run(id, mine());
    await run(id, mine());
    expect(provider.sent.filter(({ key }) => key === id)).toHaveLength(1);
    expect(await rowOf(id)).toMatchObject({ state: "sent", sealed: null, providerId: expect.any(String) });
  });

  it("is tried again while the provider is down, and sends one mail once it is up", async () => {
    const id = await waiting("later@example.org");
    provider.fail(503);
    await expect(run(id, mine())).rejects.toThrow("503");
    expect((await rowOf(id))?.state).toBe("waiting");
    provider.fail(200);
    await run(id, mine());
    expect(provider.sent.filter(({ key }) => key === id)).toHaveLength(1);
  });

  it("sends one mail even when it is cut off between handing over and noting it", async () => {
    const id = await waiting("cut@example.org");
    provider.fail(-1);
    await expect(run(id, mine())).rejects.toThrow();
    provider.fail(200);
    await run(id, mine());
    expect(provider.sent.filter(({ key }) => key === id)).toHaveLength(1);
    expect((await rowOf(id))?.state).toBe("sent");
  });

  it("gives up a mail that the provider will never take, with its words", async () => {
    const id = await waiting("never@example.org");
    provider.fail(422);
    await run(id, mine());
    provider.fail(200);
    expect(await rowOf(id)).toMatchObject({
      state: "failed",
      fault: expect.stringContaining("422"),
      sealed: null,
    });
  });

  it("gives up after a day of trying, and forgets what the mail said", async () => {
    const { retry: { times, afterSeconds, atMostSeconds } } = job();
    const waits = Array.from({ length: times }, (_, at) => Math.min(atMostSeconds, afterSeconds * 2 ** at));
    const hours = waits.reduce((sum, seconds) => sum + seconds, 0) / 3600;
    expect(hours).toBeGreaterThan(24);
    const id = await waiting("a-day-later@example.org");
    provider.fail(503);
    await expect(run(id, mine(), times)).rejects.toThrow("503");
    expect((await rowOf(id))?.state).toBe("waiting");
    await run(id, mine(), times + 1);
    provider.fail(200);
    const failed = { state: "failed", fault: expect.stringContaining("503"), sealed: null };
    expect(await rowOf(id)).toMatchObject(failed);
  });

  it("does not bring a link that expired while it waited", async () => {
    const reset = { kind: "reset", name: "Robin", link: "https://vetware.example/reset" } as const;
    for (const [seconds, state] of [[60, "sent"], [-1, "failed"]] as const) {
      const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
      const id = await waiting("slow@example.org", { ...reset, expiresAt });
      await run(id, mine());
      expect(await rowOf(id)).toMatchObject({ state, sealed: null });
      expect(provider.sent.filter(({ key }) => key === id)).toHaveLength(state === "sent" ? 1 : 0);
    }
  });

  it("tells a mail as failed that no key opens any more, in words that quote nothing of it", async () => {
    const id = await waiting("sealed@example.org");
    await given.owner.applyAs(
      practice.id,
      (q) => q.update(mail).set({ sealed: testSealer.seal("{}", `mail:${uuidv7()}`) }).where(eq(mail.id, id)),
    );
    await expect(run(id, mine())).rejects.toThrow("sealed");
    await run(id, mine(), 61);
    const failed = { state: "failed", fault: "the mail could not be made ready", sealed: null };
    expect(await rowOf(id)).toMatchObject(failed);
  });

  it("does not write to an address that bounced", async () => {
    const first = await waiting("gone@example.org");
    await run(first, mine());
    const providerId = (await rowOf(first))?.providerId;
    await given.owner.lookUp(
      sql`select app.tell_mail(${providerId}, 'bounced', 'no such person', now()) as told`,
    );
    expect(await rowOf(first)).toMatchObject({ state: "bounced", fault: "no such person" });
    const second = await waiting("GONE@example.org");
    await run(second, mine());
    expect(await rowOf(second)).toMatchObject({ state: "suppressed", sealed: null });
    expect(provider.sent.filter(({ key }) => key === second)).toEqual([]);
  });

  it("acts for the owner that it is told of alone: another practice's mail is not sent", async () => {
    const id = await waiting("theirs@example.org");
    await run(id, { practice: (await given.practice()).id });
    await run(id, { account: uuidv7() });
    expect(provider.sent.filter(({ key }) => key === id)).toEqual([]);
    expect((await rowOf(id))?.state).toBe("waiting");
  });
});
