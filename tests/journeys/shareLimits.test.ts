// The limits of a link, through the front door of the edge: taking back, end, passcode, views, and renewing (PA-6).
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { Share } from "#core/contract/shares.ts";
import type { Core } from "#core/rpc/mod.ts";
import { share } from "#db/schema/mod.ts";
import { openBrowser } from "#tests/make/edge.ts";
import { openLinks, picture, refusalOf } from "#tests/make/links.ts";

const links = openLinks();
const { listed, made, open, row, visits } = links;

describe("PA-6 taking a link back", () => {
  it("stops a viewer that is already open at its next request", async () => {
    const { share: link, token } = await made();
    const visitor = links.edge.browser();
    await open(visitor, token);
    const first = picture(link.id, links.study.series[0]?.instances[0]?.id ?? "");
    expect((await visitor.get(first)).status).toBe(200);
    const revoked = await links.vet.send("DELETE", `/api/shares/${link.id}`);
    expect(Share.parse(await revoked.json())).toMatchObject({ state: "revoked" });
    const refused = { status: 403, refusal: "revoked" };
    expect(await refusalOf(await visitor.get(first))).toMatchObject(refused);
    expect(await refusalOf(await visitor.get(`/api/opened/${link.id}`))).toMatchObject(refused);
    expect(await refusalOf(await open(visitor, token))).toMatchObject(refused);
    expect(await refusalOf(await open(links.edge.browser(), token))).toMatchObject(refused);
  });

  it.each([
    ["revoked", { revokedAt: new Date("2026-05-03T12:00:00Z") }],
    ["expired", { expiresAt: new Date("2026-05-03T12:00:00Z") }],
  ])(
    "holds for who is on the way in: a link %s while the passcode is compared stays shut",
    async (refusal, change) => {
      const { share: link, token } = await made({ passcode: "1234" });
      const core: Core = async (call, asks, terms) => {
        const answer = await links.edge.parts.core(call, asks, terms);
        await links.edge.given.owner.applyAs(
          links.practice.id,
          (q) => q.update(share).set(change).where(eq(share.id, link.id)),
        );
        return answer;
      };
      const other = links.edge.another({ core });
      const visitor = openBrowser((request, bindings) => other.fetch(request, bindings));
      expect(await refusalOf(await open(visitor, token, { passcode: "1234" }))).toMatchObject({ refusal });
      expect(visitor.cookies.size).toBe(0);
      expect((await row(link.id)).views).toBe(0);
    },
  );

  it("may be done twice, and is told once", async () => {
    const { share: link } = await made();
    for (const _ of [1, 2]) {
      expect((await links.vet.send("DELETE", `/api/shares/${link.id}`)).status).toBe(200);
    }
    expect((await visits(link.id)).map((visit) => visit.action)).toEqual(["share.revoked", "share.created"]);
  });
});

describe("PA-6 limits of a link", () => {
  it("an expired link says on which day, and ends visits too", async () => {
    const { share: link, token } = await made({ expiresInDays: 1 });
    const visitor = links.edge.browser();
    await open(visitor, token);
    await links.edge.given.owner.applyAs(
      links.practice.id,
      (q) =>
        q.update(share).set({ expiresAt: new Date("2026-05-03T12:00:00Z") }).where(eq(share.id, link.id)),
    );
    const refused = await refusalOf(await open(links.edge.browser(), token));
    expect(refused).toEqual({
      status: 403,
      refusal: "expired",
      detail: "This link expired on 3 May 2026. Ask the practice for a new one.",
    });
    const first = picture(link.id, links.study.series[0]?.instances[0]?.id ?? "");
    expect(await refusalOf(await visitor.get(first))).toMatchObject({ refusal: "expired" });
  });

  it("a passcode is asked for, and ten wrong ones lock the link for good", async () => {
    const { share: link, token } = await made({ passcode: "  open sesame " });
    const visitor = links.edge.browser();
    expect(await refusalOf(await open(visitor, token))).toMatchObject({ refusal: "passcode" });
    expect((await open(links.edge.browser(), token, { passcode: "open sesame" })).status).toBe(200);
    expect((await row(link.id)).failedPasscodes).toBe(0);
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(await refusalOf(await open(visitor, token, { passcode: `wrong ${attempt}` }))).toMatchObject({
        refusal: "passcode",
        detail: "This passcode is not right.",
      });
    }
    expect(await refusalOf(await open(visitor, token, { passcode: "open sesame" }))).toMatchObject({
      refusal: "locked",
    });
    expect(Share.parse(await listed(link.id)).state).toBe("locked");
    expect((await visits(link.id)).filter((visit) => visit.outcome === "passcode")).toHaveLength(10);
  });

  it("a hundred guesses at one moment are ten guesses", async () => {
    const { share: link, token } = await made({ passcode: "1234" });
    const guesses = Array.from(
      { length: 100 },
      (_, at) => open(links.edge.browser(), token, { passcode: `no ${at}` }),
    );
    const refusals = await Promise.all(guesses.map(async (guess) => (await (await guess).json()).refusal));
    expect(refusals.filter((refusal) => refusal === "passcode").length).toBeLessThanOrEqual(10);
    expect((await row(link.id)).failedPasscodes).toBeLessThanOrEqual(10);
  });

  it("of fifty who open at once under a limit of five, five come in", async () => {
    const { share: link, token } = await made({ maxViews: 5 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => open(links.edge.browser(), token, { pressed: true })),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array(5).fill(200), ...Array(45).fill(403)]);
    expect((await row(link.id)).views).toBe(5);
    const refused = answers.find((answer) => answer.status === 403);
    expect(refused && await refusalOf(refused)).toMatchObject({ refusal: "spent" });
  });

  it("with a view limit a person must press, and who is in comes back without using a view", async () => {
    const { share: link, token } = await made({ maxViews: 1 });
    const visitor = links.edge.browser();
    expect(await refusalOf(await open(visitor, token))).toMatchObject({ refusal: "press" });
    expect((await row(link.id)).views).toBe(0);
    expect((await open(visitor, token, { pressed: true })).status).toBe(200);
    expect((await open(visitor, token)).status).toBe(200);
    expect((await visitor.get(`/api/opened/${link.id}`)).status).toBe(200);
    expect((await row(link.id)).views).toBe(1);
    expect(await refusalOf(await open(links.edge.browser(), token, { pressed: true }))).toMatchObject({
      refusal: "spent",
    });
    expect(Share.parse(await listed(link.id)).state).toBe("spent");
  });

  it("a visit ends after twelve hours", async () => {
    const { share: link, token } = await made();
    const visitor = links.edge.browser();
    await open(visitor, token);
    links.edge.clock.forward(12 * 3600 + 1);
    expect((await visitor.get(`/api/opened/${link.id}`)).status).toBe(401);
    await links.signIn();
  });

  it("robots that look at the address count nothing", async () => {
    const { share: link, token } = await made();
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      for (const path of ["/s", `/s/${token}`, `/s?${token}`, "/api/opened", `/api/opened/${link.id}`]) {
        await links.edge.app.request(path, { method });
      }
    }
    const { views } = await row(link.id);
    expect([views, (await visits(link.id)).length]).toEqual([0, 1]);
  });
});

describe("PA-6 a token that fits nothing", () => {
  it("gets one neutral answer, whatever it is", async () => {
    const tokens = ["", "x", "A".repeat(43), "A".repeat(44), "'; drop table share; --", "é".repeat(43)];
    const answers = await Promise.all(tokens.map(async (token) => {
      const answer = await open(links.edge.browser(), token);
      return {
        status: answer.status,
        body: { ...await answer.json(), request: "" },
        cookies: answer.headers.getSetCookie(),
      };
    }));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 404, body: { refusal: "unknown" }, cookies: [] });
  });

  it("is not helped by the cookie of another link", async () => {
    const [mine, other] = [await made(), await made()];
    const visitor = links.edge.browser();
    await open(visitor, mine.token);
    const secret = visitor.cookies.get(`__Host-share-${mine.share.id}`) ?? "";
    const thief = links.edge.browser();
    thief.cookies.set(`__Host-share-${other.share.id}`, secret);
    expect((await thief.get(`/api/opened/${other.share.id}`)).status).toBe(401);
  });
});

describe("PA-6 renewing a link", () => {
  const renew = (id: string, body: object) => links.vet.send("PATCH", `/api/shares/${id}`, body);

  it("opens it again after it expired, and raises its limit of views from now on", async () => {
    const { share: link, token } = await made({ expiresInDays: 1 / 24, maxViews: 1 });
    expect((await open(links.edge.browser(), token, { pressed: true })).status).toBe(200);
    links.edge.clock.forward(3601);
    expect((await refusalOf(await open(links.edge.browser(), token, { pressed: true }))).refusal).toBe(
      "expired",
    );
    expect(Share.parse(await (await renew(link.id, { expiresInDays: 7 })).json()).state).toBe("spent");
    const renewed = Share.parse(await (await renew(link.id, { expiresInDays: 7, moreViews: 2 })).json());
    expect(renewed).toMatchObject({ state: "live", views: 1, maxViews: 3 });
    expect((await open(links.edge.browser(), token, { pressed: true })).status).toBe(200);
    expect((await open(links.edge.browser(), token, { pressed: true })).status).toBe(200);
    expect((await refusalOf(await open(links.edge.browser(), token, { pressed: true }))).refusal).toBe(
      "spent",
    );
    expect((await visits(link.id)).filter(({ action }) => action === "share.renewed")).toHaveLength(2);
  });

  it("is refused for one that was taken back, and says what is wrong with what was asked", async () => {
    const { share: link, token } = await made();
    await links.vet.send("DELETE", `/api/shares/${link.id}`);
    expect((await renew(link.id, { expiresInDays: 7 })).status).toBe(409);
    expect((await refusalOf(await open(links.edge.browser(), token))).refusal).toBe("revoked");
    const wrong = await renew(link.id, { expiresInDays: 9999, moreViews: 0 });
    expect(wrong.status).toBe(422);
    expect((await wrong.json()).fields.map(({ field }: { field: string }) => field)).toEqual([
      "body.expiresInDays",
      "body.moreViews",
    ]);
  });
});
