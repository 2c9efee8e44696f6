// What a visitor is told when a link does not open, in plain words and without a hint of what it would have shown.
import { problem } from "#core/contract/problem.ts";
import type { Problem } from "#core/contract/problem.ts";
import type { ShareRefusal } from "#core/contract/shares.ts";
import type { ShareLink } from "#core/domain/share.ts";

/** A problem that says by which rule a link stays shut. */
export type ShareProblem = Problem & { readonly refusal: ShareRefusal };

/** The one answer for every token that fits no link: 404, whatever was sent. */
export const unknownLink: ShareProblem = {
  ...problem("not-found", {
    detail: "This link leads nowhere. Check that it was copied whole, or ask the practice for a new one.",
  }),
  refusal: "unknown",
};

/** The answer for who brings no visit of the link. */
export const openFirst: Problem = problem("unauthenticated", { detail: "Open the link first." });

/** The answer for a link that was found but does not open. `passcodeGiven` tells a wrong passcode from none. */
export function shutLink(
  refusal: Exclude<ShareRefusal, "unknown">,
  link: Pick<ShareLink, "expiresAt">,
  passcodeGiven = false,
): ShareProblem {
  const words: Record<typeof refusal, string> = {
    revoked: "The practice has taken this link back. Ask the practice for a new one.",
    expired: `This link expired on ${dayOf(link.expiresAt)}. Ask the practice for a new one.`,
    spent: "This link was opened as often as it may be. Ask the practice for a new one.",
    locked: "A wrong passcode was given too often. Ask the practice for a new link.",
    passcode: passcodeGiven
      ? "This passcode is not right."
      : "This link asks for the passcode that the practice told you.",
    press: "This link may be opened a few times only. Press the button to open it now.",
  };
  return { ...problem("forbidden", { detail: words[refusal] }), title: titles[refusal], refusal };
}

/** The answer for a visit that may not go on. */
export function shutVisit(refusal: ShareRefusal, link: Pick<ShareLink, "expiresAt">): ShareProblem {
  return refusal === "unknown" ? unknownLink : shutLink(refusal, link);
}

const titles: Record<Exclude<ShareRefusal, "unknown">, string> = {
  revoked: "This link was taken back",
  expired: "This link has expired",
  spent: "This link was opened too often",
  locked: "This link is locked",
  passcode: "A passcode is wanted",
  press: "Press to open",
};

/** A day as people say it, e.g. `3 May 2026`. */
export function dayOf(date: Date): string {
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
