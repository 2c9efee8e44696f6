import { describe, expect, it } from "vitest";
import { type Brought, renewal, type SessionFacts } from "#edge/account/sessions/renewal.ts";

const now = new Date("2026-11-23T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const hour = 3600;

/** A session that was changed and seen a minute ago. */
const session: SessionFacts = {
  endedAt: null,
  expiresAt: ago(-10 * 24 * hour),
  lastSeenAt: ago(60),
  rotatedAt: ago(60),
};
const justChanged = { ...session, lastSeenAt: ago(9.9), rotatedAt: ago(9.9) };
const all: readonly Brought[] = ["current", "previous", "older"];

describe("PL-4 renewal()", () => {
  it.each(
    [
      ["a secret in use is changed", session, "current", "rotate"],
      ["the secret before it ends the session", session, "previous", "reused"],
      ["one from further back ends the session", session, "older", "reused"],
      ["a secret just changed is kept", justChanged, "current", "keep"],
      ["the one before it is another tab's, for ten seconds", justChanged, "previous", "keep"],
      ["one from further back is nobody's tab", justChanged, "older", "reused"],
      ["after ten seconds there is no grace", { ...session, rotatedAt: ago(10) }, "previous", "reused"],
      [
        "unused for nearly twelve hours it goes on",
        { ...session, lastSeenAt: ago(12 * hour - 1) },
        "current",
        "rotate",
      ],
    ] as const,
  )("%s", (_words, facts, brought, verdict) => expect(renewal(facts, brought, now)).toBe(verdict));

  it.each([
    ["that was ended", { ...session, endedAt: ago(1) }],
    ["past its thirty days", { ...session, expiresAt: now }],
    ["unused for twelve hours", { ...session, lastSeenAt: ago(12 * hour) }],
  ])("a session %s is over, whatever is brought", (_words, facts) => {
    for (const brought of all) expect(renewal(facts, brought, now)).toBe("over");
  });
});
