// A link from its making to its end, through the front door of the edge: what it shows to whom, and what staff see of it.
import { describe, expect, it } from "vitest";
import { OpenedShare, PracticeShares, Share } from "#core/contract/shares.ts";
import { openLinks, picture } from "#tests/make/links.ts";

const links = openLinks();
const { listed, made, open, row, visits } = links;

describe("PA-4 a link", () => {
  it("shows the study to who opens it, and bytes to nobody else", async () => {
    const { share: link, token } = await made();
    const visitor = links.edge.browser();
    const answer = await open(visitor, token);
    expect(answer.status).toBe(200);
    const opened = OpenedShare.parse(await answer.json());
    expect(opened).toMatchObject({
      shareId: link.id,
      rights: ["view"],
      study: { id: links.study.id, practice: links.practice.name },
    });
    expect(opened.study.patient).toMatchObject({ animal: "Rex", owner: "Jansen" });
    expect(opened.study.series.map((each) => each.instances.length)).toEqual([2, 1]);

    const first = links.study.series[0]?.instances[0]?.id ?? "";
    const bytes = await visitor.get(picture(link.id, first));
    expect(await bytes.text()).toBe(`picture of ${first}`);
    expect(bytes.headers.get("cache-control")).toBe("no-store");
    const part = await visitor.get(picture(link.id, first), { range: "bytes=0-6" });
    expect([part.status, await part.text()]).toEqual([206, "picture"]);
    for (const kind of ["preview", "thumbnail"]) {
      expect((await visitor.get(picture(link.id, first, kind))).status).toBe(200);
    }
    expect((await links.edge.browser().get(picture(link.id, first))).status).toBe(401);
  });

  it("is kept as a hash alone", async () => {
    const { share: link, token } = await made();
    expect(JSON.stringify(await row(link.id))).not.toContain(token);
    expect(JSON.stringify(links.edge.lines)).not.toContain(token);
  });

  it("tells nothing that staff alone may see", async () => {
    const { token } = await made({ label: "For the lawyer", passcode: "1234" });
    const text = await (await open(links.edge.browser(), token, { passcode: "1234" })).text();
    for (const word of ["lawyer", "argon2", links.practice.id, "account", "createdBy", "hash", "views"]) {
      expect(text).not.toContain(word);
    }
  });

  it("gives the original file only with the right to download, and audits it once", async () => {
    const instance = links.study.series[0]?.instances[0]?.id ?? "";
    const [looking, taking] = [await made(), await made({ rights: ["download"] })];
    const visitor = links.edge.browser();
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
    const series = links.study.series[0]?.id ?? "";
    const [looking, taking] = [await made(), await made({ rights: ["download"], seriesIds: [series] })];
    const part = { zip: links.study.id, seriesIds: [series] };
    links.edge.store.put(links.practice.id, part, new TextEncoder().encode("PK"), "application/zip");
    const visitor = links.edge.browser();
    await open(visitor, looking.token);
    await open(visitor, taking.token);
    expect((await visitor.get(`/api/opened/${looking.share.id}/zip`)).status).toBe(403);
    const file = await visitor.get(`/api/opened/${taking.share.id}/zip`);
    expect([file.status, await file.text()]).toEqual([200, "PK"]);
    expect(file.headers.get("content-disposition")).toMatch(
      /^attachment; filename="[A-Za-z]+ 2026-05-03\.zip"$/,
    );
    expect((await visits(taking.share.id)).map((visit) => visit.action)).toContain("share.downloaded");
    expect((await links.edge.browser().get(`/api/opened/${taking.share.id}/zip`)).status).toBe(401);
  });

  it("of some series shows those and hides the rest", async () => {
    const [shown, hidden] = links.study.series;
    const { share: link, token } = await made({ seriesIds: [shown?.id] });
    const visitor = links.edge.browser();
    const opened = OpenedShare.parse(await (await open(visitor, token)).json());
    expect(opened.study.series.map((each) => each.id)).toEqual([shown?.id]);
    expect((await visitor.get(picture(link.id, hidden?.instances[0]?.id ?? ""))).status).toBe(404);
    expect((await visitor.get(picture(link.id, shown?.instances[0]?.id ?? ""))).status).toBe(200);
  });

  it("does not reach another study of the practice", async () => {
    const { share: link, token } = await made();
    const other = await links.newStudy();
    const visitor = links.edge.browser();
    await open(visitor, token);
    expect((await visitor.get(picture(link.id, other.series[0]?.instances[0]?.id ?? ""))).status).toBe(404);
  });

  it("cannot be made for a series of another study, or with a right nobody knows", async () => {
    const other = await links.edge.given.study(links.practice);
    for (
      const wish of [{ seriesIds: [other.series[0]?.id] }, { rights: ["own"] }, { maxViews: 0 }, {
        passcode: "1",
      }]
    ) {
      const answer = await links.vet.send("POST", "/api/shares", { studyId: links.study.id, ...wish });
      expect([answer.status, (await answer.json()).fields.length]).toEqual([422, 1]);
    }
  });

  it("sets a cookie of its own that outlives neither link nor twelve hours", async () => {
    const short = await made({ expiresInDays: 1 / 24 });
    const cookies = (await open(links.edge.browser(), short.token)).headers.getSetCookie();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(
      new RegExp(`^__Host-share-${short.share.id}=[A-Za-z0-9_-]{43}; Max-Age=3(600|599);`),
    );
    for (const attribute of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) {
      expect(cookies[0]).toContain(attribute);
    }
  });
});

describe("PA-6 the history of a link", () => {
  it("tells who came when, from where, and who was refused", async () => {
    const { share: link, token } = await made();
    await open(links.edge.browser("203.0.113.9"), token);
    await links.vet.send("DELETE", `/api/shares/${link.id}`);
    await open(links.edge.browser("203.0.113.10"), token);
    expect(await visits(link.id)).toMatchObject([
      { action: "share.refused", outcome: "revoked", ip: "203.0.113.10", userAgent: "test browser" },
      { action: "share.revoked", outcome: "done" },
      { action: "share.opened", outcome: "done", ip: "203.0.113.9" },
      { action: "share.created", outcome: "done" },
    ]);
    expect(Share.parse(await listed(link.id)).lastOpenedAt).not.toBeNull();
  });
});

describe("PA-4 the links of the practice", () => {
  const list = async (query: string) =>
    PracticeShares.parse(await (await links.vet.get(`/api/shares?${query}`)).json());

  it("are found by note, recipient, animal and state, a page at a time", async () => {
    const note = `Note ${Math.random()}`;
    const several = [];
    for (let number = 0; number < 5; number++) several.push(await made({ label: `${note} ${number}` }));
    await links.vet.send("DELETE", `/api/shares/${several[1]?.share.id}`);
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
    expect((await links.vet.get("/api/shares?after=nonsense")).status).toBe(422);
  });
});
