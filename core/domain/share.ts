// When a link opens: facts in, verdict out. No clock, no database (PA-6).
import type { ShareRefusal, ShareRight, ShareState } from "#core/contract/shares.ts";

/** Wrong passcodes after which a link is locked until the practice makes a new one. */
export const passcodeAttempts = 10;

/** How long a visit lasts before the link must be opened again, in hours. */
export const visitHours = 12;

/** The facts of a link that decide. */
export type ShareLink = {
  readonly revokedAt: Date | null;
  readonly expiresAt: Date;
  readonly failedPasscodes: number;
  readonly hasPasscode: boolean;
  readonly maxViews: number | null;
  readonly views: number;
};

/** What the visitor brings. A returning one holds a visit of this link that has not ended. */
export type Visit = {
  readonly returning: boolean;
  readonly passcodeFits: boolean;
  readonly pressed: boolean;
};

export type Verdict = { readonly open: true } | { readonly open: false; readonly refusal: ShareRefusal };

const refuse = (refusal: ShareRefusal): Verdict => ({ open: false, refusal });

/** The state that staff see. */
export function shareState(link: ShareLink, now: Date): ShareState {
  if (link.revokedAt) return "revoked";
  if (link.expiresAt <= now) return "expired";
  if (link.failedPasscodes >= passcodeAttempts) return "locked";
  if (link.maxViews !== null && link.views >= link.maxViews) return "spent";
  return "live";
}

/** Whether a visit that was admitted earlier may still fetch: taking back and expiry end it, nothing else does. */
export function mayContinue(link: ShareLink, now: Date): Verdict {
  if (link.revokedAt) return refuse("revoked");
  if (link.expiresAt <= now) return refuse("expired");
  return { open: true };
}

/** Whether the link opens for this visit. */
export function mayOpen(link: ShareLink, visit: Visit, now: Date): Verdict {
  if (visit.returning) return mayContinue(link, now);
  const state = shareState(link, now);
  if (state !== "live") return refuse(state);
  if (link.hasPasscode && !visit.passcodeFits) return refuse("passcode");
  if (link.maxViews !== null && !visit.pressed) return refuse("press");
  return { open: true };
}

/** Whether a visit may do a thing under the link's rights. */
export function shareAllows(rights: readonly ShareRight[], right: ShareRight): boolean {
  return rights.includes(right);
}
