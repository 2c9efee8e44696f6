// The page's one request about the link. The answer is read by the contract's schema; one that does not fit is no answer.
import { Problem } from "#core/contract/problem.ts";
import { OpenedShare, ShareRefusal } from "#core/contract/shares.ts";
import type { PictureAddress } from "../engine/mod.ts";

const Refusal = Problem.extend({ refusal: ShareRefusal.optional() });

export type Opening =
  | { readonly kind: "opened"; readonly opened: OpenedShare }
  | { readonly kind: "refused"; readonly refusal: ShareRefusal; readonly words: string | null }
  /** No answer, or one that says nothing about the link. */
  | { readonly kind: "unreachable"; readonly words: string | null };

export type Visitor = { readonly token: string; readonly passcode?: string; readonly pressed: boolean };

/** Where a picture of an opened link is fetched. */
export function pictureAddress(shareId: string): PictureAddress {
  return (instanceId, part) => `/api/opened/${shareId}/instances/${instanceId}/${part}`;
}

/** Where the original file of an instance is fetched, byte for byte as the practice has it. */
export function originalAddress(shareId: string, instanceId: string): string {
  return `/api/opened/${shareId}/instances/${instanceId}/original`;
}

/** Opens the link; the answer sets the cookie of the visit. A visit that goes on is not counted again. */
export async function openShare(visitor: Visitor): Promise<Opening> {
  const answer = await fetch("/api/opened", {
    method: "POST",
    credentials: "same-origin",
    cache: "no-store",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(visitor),
  }).catch(() => undefined);
  return answer ? await openingOf(answer) : { kind: "unreachable", words: null };
}

async function openingOf(answer: Response): Promise<Opening> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) {
    const opened = OpenedShare.safeParse(body);
    return opened.success ? { kind: "opened", opened: opened.data } : { kind: "unreachable", words: null };
  }
  const problem = Refusal.safeParse(body);
  const words = problem.data?.detail ?? null;
  if (problem.data?.refusal) return { kind: "refused", refusal: problem.data.refusal, words };
  const gone = [400, 401, 403, 404, 410, 422].includes(answer.status);
  return gone ? { kind: "refused", refusal: "unknown", words: null } : { kind: "unreachable", words };
}
