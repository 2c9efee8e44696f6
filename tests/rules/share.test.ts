// PA-6 as a rule: a table of cases in words, then properties that hold for any link and any visit.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mayContinue,
  mayOpen,
  passcodeAttempts,
  shareAllows,
  type ShareLink,
  shareState,
  type Visit,
} from "#core/domain/share.ts";
import { dayOf, shutLink, unknownLink } from "#edge/share/words.ts";

const now = new Date("2026-11-23T12:00:00Z");
const before = new Date("2026-11-23T11:59:59Z");
const after = new Date("2026-11-23T12:00:01Z");

const live: ShareLink = {
  revokedAt: null,
  expiresAt: after,
  failedPasscodes: 0,
  hasPasscode: false,
  maxViews: null,
  views: 0,
};
const stranger: Visit = { returning: false, passcodeFits: false, pressed: false };
const returning: Visit = { ...stranger, returning: true };
const withPasscode: Visit = { ...stranger, passcodeFits: true };
const pressing: Visit = { ...stranger, pressed: true };

const cases: [words: string, link: Partial<ShareLink>, visit: Visit, verdict: string][] = [
  ["a live link opens for a stranger", {}, stranger, "open"],
  ["a link that was taken back opens for nobody", { revokedAt: before }, stranger, "revoked"],
  ["a link that was taken back stops a visit", { revokedAt: before }, returning, "revoked"],
  ["an expired link opens for nobody", { expiresAt: before }, stranger, "expired"],
  ["an expired link stops a visit", { expiresAt: before }, returning, "expired"],
  ["a link ends at its very moment", { expiresAt: now }, stranger, "expired"],
  ["taking back is told before expiry", { revokedAt: before, expiresAt: before }, stranger, "revoked"],
  ["nine wrong passcodes do not lock", { failedPasscodes: 9, hasPasscode: true }, withPasscode, "open"],
  ["ten wrong passcodes lock", { failedPasscodes: 10, hasPasscode: true }, withPasscode, "locked"],
  ["a lock does not stop a visit", { failedPasscodes: 10, hasPasscode: true }, returning, "open"],
  ["the last view may be taken", { maxViews: 3, views: 2 }, pressing, "open"],
  ["a spent link opens for nobody", { maxViews: 3, views: 3 }, pressing, "spent"],
  ["a spent link lets a visit go on", { maxViews: 3, views: 3 }, returning, "open"],
  ["a passcode is asked for", { hasPasscode: true }, stranger, "passcode"],
  ["a passcode that fits opens", { hasPasscode: true }, withPasscode, "open"],
  ["a visit is not asked again", { hasPasscode: true }, returning, "open"],
  ["a view limit asks for a press", { maxViews: 3 }, stranger, "press"],
  ["a passcode is asked for before the press", { hasPasscode: true, maxViews: 3 }, pressing, "passcode"],
  ["a passcode does not replace the press", { hasPasscode: true, maxViews: 3 }, withPasscode, "press"],
];

describe("PA-6 mayOpen()", () => {
  it.each(cases)("%s", (_words, link, visit, verdict) => {
    const said = mayOpen({ ...live, ...link }, visit, now);
    expect(said.open ? "open" : said.refusal).toBe(verdict);
  });

  const moments = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true });
  const links: fc.Arbitrary<ShareLink> = fc.record({
    revokedAt: fc.option(moments),
    expiresAt: moments,
    failedPasscodes: fc.nat(12),
    hasPasscode: fc.boolean(),
    maxViews: fc.option(fc.integer({ min: 1, max: 5 })),
    views: fc.nat(6),
  });
  const visits: fc.Arbitrary<Visit> = fc.record({
    returning: fc.boolean(),
    passcodeFits: fc.boolean(),
    pressed: fc.boolean(),
  });
  const holds = (check: (link: ShareLink, visit: Visit, at: Date) => void) =>
    fc.assert(fc.property(links, visits, moments, check), { numRuns: 2000 });

  it("never opens what was taken back or is over, whatever the visitor brings", () => {
    holds((link, visit, at) => {
      if (link.revokedAt === null && link.expiresAt > at) return;
      expect(mayOpen(link, visit, at).open).toBe(false);
      expect(mayContinue(link, at).open).toBe(false);
    });
  });

  it("lets a stranger in only while the state is live, and never without passcode or press", () => {
    holds((link, visit, at) => {
      if (visit.returning || !mayOpen(link, visit, at).open) return;
      expect(shareState(link, at)).toBe("live");
      expect(!link.hasPasscode || visit.passcodeFits).toBe(true);
      expect(link.maxViews === null || (visit.pressed && link.views < link.maxViews)).toBe(true);
      expect(link.failedPasscodes).toBeLessThan(passcodeAttempts);
    });
  });

  it("what does not open now never opens later, except by what the visitor adds", () => {
    holds((link, visit, at) => {
      const said = mayOpen(link, visit, at);
      if (said.open || said.refusal === "passcode" || said.refusal === "press") return;
      const later = new Date(at.getTime() + 86_400_000);
      expect(mayOpen(link, { ...visit, passcodeFits: true, pressed: true }, later).open).toBe(false);
    });
  });

  it("who brings more is never refused where who brings less came in", () => {
    holds((link, visit, at) => {
      if (!mayOpen(link, visit, at).open) return;
      expect(mayOpen(link, { ...visit, passcodeFits: true, pressed: true }, at).open).toBe(true);
    });
  });

  it("a visit that came in goes on until the link is taken back or over", () => {
    holds((link, _visit, at) => {
      const goesOn = link.revokedAt === null && link.expiresAt > at;
      expect(mayOpen(link, returning, at).open).toBe(goesOn);
      expect(mayContinue(link, at).open).toBe(goesOn);
    });
  });

  it("a right that is not given is not had", () => {
    expect(shareAllows(["view"], "download")).toBe(false);
    expect(shareAllows(["view", "download"], "download")).toBe(true);
    expect(shareAllows([], "view")).toBe(false);
  });
});

describe("PA-6 the words of a refusal", () => {
  it("say what happened and what to do, without a name", () => {
    for (const refusal of ["revoked", "expired", "spent", "locked", "passcode", "press"] as const) {
      const { status, title, detail, refusal: said } = shutLink(refusal, { expiresAt: before });
      expect([status, said]).toEqual([403, refusal]);
      expect(title.length).toBeGreaterThan(5);
      expect(detail).toMatch(/\.$/);
    }
    expect(shutLink("expired", { expiresAt: new Date("2026-05-03T23:59:00Z") }).detail)
      .toBe("This link expired on 3 May 2026. Ask the practice for a new one.");
    expect(dayOf(new Date("2026-12-31T23:59:59Z"))).toBe("31 December 2026");
    expect([unknownLink.status, unknownLink.refusal]).toEqual([404, "unknown"]);
  });
});
