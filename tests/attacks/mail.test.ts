// What reaches the mail routes from outside: forged webhooks, and strangers at the local mailbox.
import { sql } from "drizzle-orm";
import { Webhook } from "standardwebhooks";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mail } from "#db/schema/mod.ts";
import { publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPractice } from "#tests/make/given.ts";

const secret = `whsec_${btoa("a secret of the provider, 32 bytes")}`;
let edge: TestEdge;
let practice: GivenPractice;
beforeAll(async () => {
  edge = await startEdge({ parts: { webhookSecret: secret } });
  practice = await edge.given.practice();
});
afterAll(() => edge.stop());

type Told = { type: string; data: Record<string, unknown> };

async function tell(
  told: Told,
  { key = secret, at = new Date(), app = edge.app, body = JSON.stringify(told) } = {},
) {
  const id = "msg_1";
  const headers = {
    "content-type": "application/json",
    "svix-id": id,
    "svix-timestamp": String(Math.floor(at.getTime() / 1000)),
    "svix-signature": new Webhook(key).sign(id, at, JSON.stringify(told)),
  };
  return (await app.request("/hooks/resend", { method: "POST", headers, body })).status;
}

async function sentMail(providerId: string, to: string) {
  const id = uuidv7();
  const row = {
    id,
    practiceId: practice.id,
    kind: "invitation",
    recipient: to,
    state: "sent" as const,
    providerId,
  };
  await edge.given.owner.applyAs(
    practice.id,
    (q) => q.insert(mail).values({ ...row, createdAt: new Date() }),
  );
  return async () => {
    const rows = await edge.given.owner.readAs(practice.id, (q) => q.select().from(mail));
    return rows.find((one) => one.id === id)?.state;
  };
}

describe("PL-10 the provider's webhook", () => {
  it("moves a mail on, bounces to the practice's eyes, and is harmless when it comes twice", async () => {
    const state = await sentMail("p-1", "one@example.org");
    expect(await tell({ type: "email.delivered", data: { email_id: "p-1" } })).toBe(204);
    expect(await state()).toBe("delivered");
    const bounce = {
      type: "email.bounced",
      data: { email_id: "p-1", bounce: { message: "no such person" } },
    };
    expect([await tell(bounce), await tell(bounce)]).toEqual([204, 204]);
    expect(await state()).toBe("bounced");
    const boss = edge.browser();
    await boss.send("POST", "/api/session", (await edge.given.person(practice, "owner")).credentials());
    const { mails } = await (await boss.get("/api/mails?state=bounced")).json();
    expect(mails).toMatchObject([{ to: "one@example.org", fault: "no such person" }]);
    const { items } = await (await boss.get("/api/practice/attention")).json();
    expect(items).toContainEqual({ kind: "mail-bounced", count: 1, path: "/mails" });
  });

  it("suppresses an address that bounced for good, and none whose mailbox was full", async () => {
    const suppressed = async (address: string) =>
      (await edge.given.owner.lookUp(sql`select 1 from mail_suppression
        where address_hash = sha256(convert_to(${address}::text, 'UTF8'))`)).length;
    for (const [type, state, rows] of [["Transient", "failed", 0], ["Permanent", "bounced", 1]] as const) {
      const address = `${type.toLowerCase()}@example.org`;
      const now = await sentMail(`p-${type}`, address);
      const bounce = { type, message: "the server said no" };
      expect(await tell({ type: "email.bounced", data: { email_id: `p-${type}`, bounce } })).toBe(204);
      expect([await now(), await suppressed(address)]).toEqual([state, rows]);
    }
  });

  it("is refused when it is forged, changed, or older than five minutes", async () => {
    const state = await sentMail("p-2", "two@example.org");
    const told = { type: "email.bounced", data: { email_id: "p-2" } };
    expect(await tell(told, { key: `whsec_${btoa("another secret, also 32 bytes lo")}` })).toBe(401);
    expect(await tell(told, { body: JSON.stringify({ ...told, type: "email.complained" }) })).toBe(401);
    expect(await tell(told, { at: new Date(Date.now() - 301_000) })).toBe(401);
    expect((await edge.app.request("/hooks/resend", { method: "POST", body: "{}" })).status).toBe(401);
    expect(await state()).toBe("sent");
  });

  it("is thanked for what is of no concern here, so that it does not tell it for ever", async () => {
    expect(await tell({ type: "contact.created", data: { id: "c-1" } })).toBe(204);
    expect(await tell({ type: "email.delivered", data: { email_id: "of-another-sender" } })).toBe(204);
    const state = await sentMail("p-3", "three@example.org");
    expect(await tell({ type: "email.delivery_delayed", data: { email_id: "p-3" } })).toBe(204);
    expect(await state()).toBe("sent");
  });

  it("is not there where no provider is in use, and takes no book", async () => {
    const app = edge.another({ webhookSecret: undefined });
    expect(await tell({ type: "email.delivered", data: { email_id: "p-1" } }, { app })).toBe(404);
    const body = "x".repeat(70_000);
    expect((await edge.app.request("/hooks/resend", { method: "POST", body })).status).toBe(413);
  });
});

describe("the local mailbox", () => {
  const ask = async (address: string | undefined, headers = {}, app = edge.app) => {
    const request = new Request(`${publicUrl}/api/mailbox`, { headers });
    return (await app.fetch(request, address === undefined ? {} : { address })).status;
  };

  it("opens to this machine alone, whatever is said of forwarding", async () => {
    expect(await ask("127.0.0.1")).toBe(200);
    expect(await ask("::1")).toBe(200);
    expect(await ask("192.0.2.7")).toBe(404);
    expect(await ask("10.0.0.1")).toBe(404);
    expect(await ask(undefined)).toBe(404);
    expect(await ask("192.0.2.7", { "x-forwarded-for": "127.0.0.1" })).toBe(404);
    expect(await ask("127.0.0.1", { "x-forwarded-for": "192.0.2.7" })).toBe(404);
  });

  it("answers others as any address where nothing is", async () => {
    const seen = async (path: string, accept: string) => {
      const request = new Request(publicUrl + path, { headers: { accept } });
      const response = await edge.app.fetch(request, { address: "192.0.2.7" });
      const headers = Object.fromEntries(response.headers);
      delete headers["x-request-id"];
      const body = (await response.text()).replace(/"request":"[^"]*"/, "");
      return { status: response.status, headers, body };
    };
    for (const accept of ["application/json", "text/html"]) {
      expect(await seen("/api/mailbox", accept)).toEqual(await seen("/api/nothing", accept));
      const page = await seen(`/mailbox/${uuidv7()}/html`, accept);
      expect(page).toEqual(await seen("/nothing/at/all", accept));
    }
  });

  it("is not there where a provider carries mail", async () => {
    const app = edge.another({ services: { mail: "resend", objects: "folder", database: "embedded" } });
    expect(await ask("127.0.0.1", {}, app)).toBe(404);
  });

  it("shows a mail's HTML as a document that can do nothing", async () => {
    await edge.browser("127.0.0.1").send("POST", "/api/password-resets", { email: "nobody@example.org" });
    await edge.post.deliver();
    const { mails } = await (await edge.browser("127.0.0.1").get("/api/mailbox")).json();
    const answer = await edge.browser("127.0.0.1").get(`/mailbox/${mails[0].id}/html`);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox",
    );
    expect((await edge.browser("192.0.2.7").get(`/mailbox/${mails[0].id}/html`)).status).toBe(404);
  });
});

it("no secret of a mail stands in the database once it is sent, nor readable before", async () => {
  const email = "secret@example.org";
  await edge.browser().send("POST", "/api/sign-ups", {
    name: "A",
    email,
    password: "violet giraffe umbrella",
    role: "owner",
    practice: null,
  });
  const dump = async () => {
    const { rows } = await edge.given.owner.readAs(
      practice.id,
      (q) =>
        q.execute<{ text: string }>(
          sql`select coalesce(string_agg(s::text, ' '), '') as text from sign_up s`,
        ),
    );
    return rows[0]?.text ?? "";
  };
  const token = await edge.post.secretTo(email);
  expect(token).toHaveLength(43);
  expect(await dump()).toContain(email);
  expect(await dump()).not.toContain(token);
  expect(await dump()).not.toContain("violet");
});
