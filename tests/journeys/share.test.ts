// A link from its making to its end, through the front door of the edge: who gets in, how often, and what staff see
// of it.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CreatedShare, OpenedShare, PracticeShares, Share, ShareVisit } from "#core/contract/shares.ts";
import type { Core } from "#core/rpc/mod.ts";
import { share } from "#db/schema/mod.ts";
import { type Browser, openBrowser, publicUrl, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPractice, GivenStudy } from "#tests/make/given.ts";

let edge: TestEdge;
let practice: GivenPractice;
let vet: Browser;
let study: GivenStudy;

beforeAll(async () => {
  edge = await startEdge();
  practice = await edge.given.practice();
  const person = await edge.given.person(practice);
  vet = edge.browser();
  expect((await vet.send("POST", "/api/session", person.credentials())).status).toBe(200);
});
afterAll(() => edge.stop());

beforeEach(async () => {
  study = await edge.given.study(practice, { instances: [2, 1] });
  putBytes(study);
});

function putBytes({ series }: GivenStudy): void {
  const all = series.flatMap((each) => each.instances);
  for (const { id } of all) {
    edge.store.put(practice.id, { derivative: id }, bytesOf(`picture of ${id}`));
    edge.store.put(practice.id, { preview: id, size: 1024 }, bytesOf("preview"), "image/webp");
    edge.store.put(practice.id, { preview: id, size: 256 }, bytesOf("thumbnail"), "image/webp");
    edge.store.put(practice.id, { original: id }, bytesOf("DICM"), "application/dicom");
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

async function made(wish: object = {}): Promise<{ share: Share; token: string }> {
  const answer = await vet.send("POST", "/api/shares", { studyId: study.id, ...wish });
  expect(answer.status).toBe(201);
  const { share, url } = CreatedShare.parse(await answer.json());
  const [, token = ""] = url.split(`${publicUrl}/s#`);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  return { share, token };
}

const open = (visitor: Browser, token: string, more: object = {}) =>
  visitor.send("POST", "/api/opened", { token, ...more });

async function refusalOf(answer: Response) {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const { status, refusal, detail } = await answer.json();
  return { status, refusal, detail };
}

async function visits(id: string): Promise<ShareVisit[]> {
  const { visits } = await (await vet.get(`/api/shares/${id}/visits`)).json();
  return visits.map((visit: unknown) => ShareVisit.parse(visit));
}

async function row(id: string) {
  const [found] = await edge.given.owner.readAs(
    practice.id,
    (q) => q.select().from(share).where(eq(share.id, id)),
  );
  if (!found) throw new Error("no such link");
  return found;
}

const picture = (shareId: string, instance: string, kind = "picture") =>
  `/api/opened/${shareId}/instances/${instance}/${kind}`;

describe("PA-4 a link", () => {
  it("shows the study to who opens it, and bytes to nobody else", async () => {
    const { share: link, token } = await made();
    const visitor = edge.browser();
    const answer = await open(visitor, token);
    expect(answer.status).toBe(200);
    const opened = OpenedShare.parse(await answer.json());
    expect(opened).toMatchObject({
      shareId: link.id,
      rights: ["view"],
      study: { id: study.id, practice: practice.name },
    });
    expect(opened.study.patient).toMatchObject({ animal: "Rex", owner: "Jansen" });
    expect(opened.study.series.map((each) => each.instances.length)).toEqual([2, 1]);

    const first = study.series[0]?.instances[0]?.id ?? "";
    const bytes = await visitor.get(picture(link.id, first));
    expect(await bytes.text()).toBe(`picture of ${first}`);
    expect(bytes.headers.get("cache-control")).toBe("no-store");
    const part = await visitor.get(picture(link.id, first), { range: "bytes=0-6" });
    expect([part.status, await part.text()]).toEqual([206, "picture"]);
    for (const kind of ["preview", "thumbnail"]) {
      expect((await visitor.get(picture(link.id, first, kind))).status).toBe(200);
    }
    expect((await edge.browser().get(picture(link.id, first))).status).toBe(401);
  });

  it("is kept as a hash alone", async () => {
    const { share: link, token } = await made();
    expect(JSON.stringify(await row(link.id))).not.toContain(token);
    expect(JSON.stringify(edge.lines)).not.toContain(token);
  });

  it("tells nothing that staff alone may see", async () => {
    const { token } = await made({ label: "For the lawyer", passcode: "1234" });
    const text = await (await open(edge.browser(), token, { passcode: "1234" })).text();
    for (const word of ["lawyer", "argon2", practice.id, "account", "createdBy", "hash", "views"]) {
      expect(text).not.toContain(word);
    }
  });

  it("gives the original file only with the right to download, and audits it once", async () => {
    const instance = study.series[0]?.instances[0]?.id ?? "";
    const [looking, taking] = [await made(), await made({ rights: ["download"] })];
    const visitor = edge.browser();
    await open(visitor, looking.token);
    await open(visitor, taking.token);
    expect((await visitor.get(picture(looking.share.id, instance, "original"))).status).toBe(403);
    const file = await visitor.get(picture(taking.share.id, instance, "original"));
    expect(file.headers.get("content-disposition")).toBe(`attachment; filename="${instance}.dcm"`);
    expect(await file.text()).toBe("DICM");
    await visitor.get(picture(taking.share.id, instance, "original"), { range: "bytes=2-" });
    expect((await visits(taking.share.id)).map((visit) => visit.action)).toEqual([
      "share.downloaded",
      "share.opened",
      "share.created",
    ]);
  });

  it("gives its files as one ZIP only with the right to download, of the shared series alone, audited", async () => {
    const series = study.series[0]?.id ?? "";
    const [looking, taking] = [await made(), await made({ rights: ["download"], seriesIds: [series] })];
    const part = { zip: study.id, seriesIds: [series] };
    edge.store.put(practice.id, part, new TextEncoder().encode("PK"), "application/zip");
    const visitor = edge.browser();
    await open(visitor, looking.token);
    await open(visitor, taking.token);
    expect((await visitor.get(`/api/opened/${looking.share.id}/zip`)).status).toBe(403);
    const file = await visitor.get(`/api/opened/${taking.share.id}/zip`);
    expect([file.status, await file.text()]).toEqual([200, "PK"]);
    expect(file.headers.get("content-disposition")).toMatch(
      /^attachment; filename="[A-Za-z]+ 2026-05-03\.zip"$/,
    );
    expect((await visits(taking.share.id)).map((visit) => visit.action)).toContain("share.downloaded");
    expect((await edge.browser().get(`/api/opened/${taking.share.id}/zip`)).status).toBe(401);
  });

  it("of some series shows those and hides the rest", async () => {
    const [shown, hidden] = study.series;
    const { share: link, token } = await made({ seriesIds: [shown?.id] });
    const visitor = edge.browser();
    const opened = OpenedShare.parse(await (await open(visitor, token)).json());
    expect(opened.study.series.map((each) => each.id)).toEqual([shown?.id]);
    expect((await visitor.get(picture(link.id, hidden?.instances[0]?.id ?? ""))).status).toBe(404);
    expect((await visitor.get(picture(link.id, shown?.instances[0]?.id ?? ""))).status).toBe(200);
  });

  it("does not reach another study of the practice", async () => {
    const { share: link, token } = await made();
    const other = await edge.given.study(practice);
    putBytes(other);
    const visitor = edge.browser();
    await open(visitor, token);
    expect((await visitor.get(picture(link.id, other.series[0]?.instances[0]?.id ?? ""))).status).toBe(404);
  });

  it("cannot be made for a series of another study, or with a right nobody knows", async () => {
    const other = await edge.given.study(practice);
    for (
      const wish of [{ seriesIds: [other.series[0]?.id] }, { rights: ["own"] }, { maxViews: 0 }, {
        passcode: "1",
      }]
    ) {
      const answer = await vet.send("POST", "/api/shares", { studyId: study.id, ...wish });
      expect([answer.status, (await answer.json()).fields.length]).toEqual([422, 1]);
    }
  });

  it("sets a cookie of its own that outlives neither link nor twelve hours", async () => {
    const short = await made({ expiresInDays: 1 / 24 });
    const cookies = (await open(edge.browser(), short.token)).headers.getSetCookie();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(
      new RegExp(`^__Host-share-${short.share.id}=[A-Za-z0-9_-]{43}; Max-Age=3(600|599);`),
    );
    for (const attribute of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) {
      expect(cookies[0]).toContain(attribute);
    }
  });
});

describe("PA-6 taking a link back", () => {
  it("stops a viewer that is already open at its next request", async () => {
    const { share: link, token } = await made();
    const visitor = edge.browser();
    await open(visitor, token);
    const first = picture(link.id, study.series[0]?.instances[0]?.id ?? "");
    expect((await visitor.get(first)).status).toBe(200);
    const revoked = await vet.send("DELETE", `/api/shares/${link.id}`);
    expect(Share.parse(await revoked.json())).toMatchObject({ state: "revoked" });
    const refused = { status: 403, refusal: "revoked" };
    expect(await refusalOf(await visitor.get(first))).toMatchObject(refused);
    expect(await refusalOf(await visitor.get(`/api/opened/${link.id}`))).toMatchObject(refused);
    expect(await refusalOf(await open(visitor, token))).toMatchObject(refused);
    expect(await refusalOf(await open(edge.browser(), token))).toMatchObject(refused);
  });

  it.each([
    ["revoked", { revokedAt: new Date("2026-05-03T12:00:00Z") }],
    ["expired", { expiresAt: new Date("2026-05-03T12:00:00Z") }],
  ])(
    "holds for who is on the way in: a link %s while the passcode is compared stays shut",
    async (refusal, change) => {
      const { share: link, token } = await made({ passcode: "1234" });
      const core: Core = async (call, asks, terms) => {
        const answer = await edge.parts.core(call, asks, terms);
        await edge.given.owner.applyAs(
          practice.id,
          (q) => q.update(share).set(change).where(eq(share.id, link.id)),
        );
        return answer;
      };
      const other = edge.another({ core });
      const visitor = openBrowser((request, bindings) => other.fetch(request, bindings));
      expect(await refusalOf(await open(visitor, token, { passcode: "1234" }))).toMatchObject({ refusal });
      expect(visitor.cookies.size).toBe(0);
      expect((await row(link.id)).views).toBe(0);
    },
  );

  it("may be done twice, and is told once", async () => {
    const { share: link } = await made();
    for (const _ of [1, 2]) expect((await vet.send("DELETE", `/api/shares/${link.id}`)).status).toBe(200);
    expect((await visits(link.id)).map((visit) => visit.action)).toEqual(["share.revoked", "share.created"]);
  });
});

describe("PA-6 limits of a link", () => {
  it("an expired link says on which day, and ends visits too", async () => {
    const { share: link, token } = await made({ expiresInDays: 1 });
    const visitor = edge.browser();
    await open(visitor, token);
    await edge.given.owner.applyAs(
      practice.id,
      (q) =>
        q.update(share).set({ expiresAt: new Date("2026-05-03T12:00:00Z") }).where(eq(share.id, link.id)),
    );
    const refused = await refusalOf(await open(edge.browser(), token));
    expect(refused).toEqual({
      status: 403,
      refusal: "expired",
      detail: "This link expired on 3 May 2026. Ask the practice for a new one.",
    });
    const first = picture(link.id, study.series[0]?.instances[0]?.id ?? "");
    expect(await refusalOf(await visitor.get(first))).toMatchObject({ refusal: "expired" });
  });

  it("a passcode is asked for, and ten wrong ones lock the link for good", async () => {
    const { share: link, token } = await made({ passcode: "  open sesame " });
    const visitor = edge.browser();
    expect(await refusalOf(await open(visitor, token))).toMatchObject({ refusal: "passcode" });
    expect((await open(edge.browser(), token, { passcode: "open sesame" })).status).toBe(200);
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
      (_, at) => open(edge.browser(), token, { passcode: `no ${at}` }),
    );
    const refusals = await Promise.all(guesses.map(async (guess) => (await (await guess).json()).refusal));
    expect(refusals.filter((refusal) => refusal === "passcode").length).toBeLessThanOrEqual(10);
    expect((await row(link.id)).failedPasscodes).toBeLessThanOrEqual(10);
  });

  it("of fifty who open at once under a limit of five, five come in", async () => {
    const { share: link, token } = await made({ maxViews: 5 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => open(edge.browser(), token, { pressed: true })),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array(5).fill(200), ...Array(45).fill(403)]);
    expect((await row(link.id)).views).toBe(5);
    const refused = answers.find((answer) => answer.status === 403);
    expect(refused && await refusalOf(refused)).toMatchObject({ refusal: "spent" });
  });

  it("with a view limit a person must press, and who is in comes back without using a view", async () => {
    const { share: link, token } = await made({ maxViews: 1 });
    const visitor = edge.browser();
    expect(await refusalOf(await open(visitor, token))).toMatchObject({ refusal: "press" });
    expect((await row(link.id)).views).toBe(0);
    expect((await open(visitor, token, { pressed: true })).status).toBe(200);
    expect((await open(visitor, token)).status).toBe(200);
    expect((await visitor.get(`/api/opened/${link.id}`)).status).toBe(200);
    expect((await row(link.id)).views).toBe(1);
    expect(await refusalOf(await open(edge.browser(), token, { pressed: true }))).toMatchObject({
      refusal: "spent",
    });
    expect(Share.parse(await listed(link.id)).state).toBe("spent");
  });

  it("a visit ends after twelve hours", async () => {
    const { share: link, token } = await made();
    const visitor = edge.browser();
    await open(visitor, token);
    edge.clock.forward(12 * 3600 + 1);
    expect((await visitor.get(`/api/opened/${link.id}`)).status).toBe(401);
    const person = await edge.given.person(practice);
    vet = edge.browser();
    await vet.send("POST", "/api/session", person.credentials());
  });

  it("robots that look at the address count nothing", async () => {
    const { share: link, token } = await made();
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      for (const path of ["/s", `/s/${token}`, `/s?${token}`, "/api/opened", `/api/opened/${link.id}`]) {
        await edge.app.request(path, { method });
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
      const answer = await open(edge.browser(), token);
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
    const visitor = edge.browser();
    await open(visitor, mine.token);
    const secret = visitor.cookies.get(`__Host-share-${mine.share.id}`) ?? "";
    const thief = edge.browser();
    thief.cookies.set(`__Host-share-${other.share.id}`, secret);
    expect((await thief.get(`/api/opened/${other.share.id}`)).status).toBe(401);
  });
});

describe("PA-6 the history of a link", () => {
  it("tells who came when, from where, and who was refused", async () => {
    const { share: link, token } = await made();
    await open(edge.browser("203.0.113.9"), token);
    await vet.send("DELETE", `/api/shares/${link.id}`);
    await open(edge.browser("203.0.113.10"), token);
    expect(await visits(link.id)).toMatchObject([
      { action: "share.refused", outcome: "revoked", ip: "203.0.113.10", userAgent: "test browser" },
      { action: "share.revoked", outcome: "done" },
      { action: "share.opened", outcome: "done", ip: "203.0.113.9" },
      { action: "share.created", outcome: "done" },
    ]);
    expect(Share.parse(await listed(link.id)).lastOpenedAt).not.toBeNull();
  });
});

async function listed(id: string): Promise<unknown> {
  const { shares } = await (await vet.get(`/api/studies/${study.id}/shares`)).json();
  return shares.find((each: { id: string }) => each.id === id);
}

describe("PA-6 renewing a link", () => {
  const renew = (id: string, body: object) => vet.send("PATCH", `/api/shares/${id}`, body);

  it("opens it again after it expired, and raises its limit of views from now on", async () => {
    const { share: link, token } = await made({ expiresInDays: 1 / 24, maxViews: 1 });
    expect((await open(edge.browser(), token, { pressed: true })).status).toBe(200);
    edge.clock.forward(3601);
    expect((await refusalOf(await open(edge.browser(), token, { pressed: true }))).refusal).toBe("expired");
    expect(Share.parse(await (await renew(link.id, { expiresInDays: 7 })).json()).state).toBe("spent");
    const renewed = Share.parse(await (await renew(link.id, { expiresInDays: 7, moreViews: 2 })).json());
    expect(renewed).toMatchObject({ state: "live", views: 1, maxViews: 3 });
    expect((await open(edge.browser(), token, { pressed: true })).status).toBe(200);
    expect((await open(edge.browser(), token, { pressed: true })).status).toBe(200);
    expect((await refusalOf(await open(edge.browser(), token, { pressed: true }))).refusal).toBe("spent");
    expect((await visits(link.id)).filter(({ action }) => action === "share.renewed")).toHaveLength(2);
  });

  it("is refused for one that was taken back, and says what is wrong with what was asked", async () => {
    const { share: link, token } = await made();
    await vet.send("DELETE", `/api/shares/${link.id}`);
    expect((await renew(link.id, { expiresInDays: 7 })).status).toBe(409);
    expect((await refusalOf(await open(edge.browser(), token))).refusal).toBe("revoked");
    const wrong = await renew(link.id, { expiresInDays: 9999, moreViews: 0 });
    expect(wrong.status).toBe(422);
    expect((await wrong.json()).fields.map(({ field }: { field: string }) => field)).toEqual([
      "body.expiresInDays",
      "body.moreViews",
    ]);
  });
});

describe("PA-4 the links of the practice", () => {
  const list = async (query: string) =>
    PracticeShares.parse(await (await vet.get(`/api/shares?${query}`)).json());

  it("are found by note, recipient, animal and state, a page at a time", async () => {
    const note = `Note ${Math.random()}`;
    const links = [];
    for (let number = 0; number < 5; number++) links.push(await made({ label: `${note} ${number}` }));
    await vet.send("DELETE", `/api/shares/${links[1]?.share.id}`);
    const words = encodeURIComponent(note);
    const ids = async (query: string) =>
      (await list(`search=${words}&${query}`)).shares.map(({ label }) => label.at(-1));
    expect(await ids("state=live")).toEqual(["4", "3", "2", "0"]);
    expect(await ids("state=ended")).toEqual(["1"]);
    const first = await list(`search=${words}&limit=2`);
    const second = await list(`search=${words}&limit=2&after=${first.next}`);
    const third = await list(`search=${words}&limit=2&after=${second.next}`);
    expect([first, second, third].flatMap(({ shares }) => shares.map(({ label }) => label.at(-1)))).toEqual(
      ["4", "3", "2", "1", "0"],
    );
    expect(third.next).toBeNull();
    expect(first.shares[0]?.study).toMatchObject({ description: "Thorax", patient: { animal: "Rex" } });
    expect((await list(`search=${words}%20rex%20jansen`)).shares).toHaveLength(5);
    expect((await list("search=100%25%20never")).shares).toEqual([]);
    expect((await vet.get("/api/shares?after=nonsense")).status).toBe(422);
  });
});
