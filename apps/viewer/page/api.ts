// The page's one request about the link. The edge checks its answers against the contract before it sends them; the
// page looks only whether an answer is one of them (a proxy's page is not), since the schemas and their library would
// be two thirds of the script that stands between a reader and the first picture.
import type { OpenedShare, ShareRefusal } from "#core/contract/shares.ts";
import type { PictureAddress } from "../engine/mod.ts";

/** What the page reads of a problem document (RFC 9457). */
type RefusalProblem = { readonly detail?: string; readonly refusal?: ShareRefusal };

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
    return isOpened(body) ? { kind: "opened", opened: body } : { kind: "unreachable", words: null };
  }
  const { detail: words = null, refusal } = problemOf(body);
  if (refusal) return { kind: "refused", refusal, words };
  const gone = [400, 401, 403, 404, 410, 422].includes(answer.status);
  return gone ? { kind: "refused", refusal: "unknown", words: null } : { kind: "unreachable", words };
}

function isOpened(body: unknown): body is OpenedShare {
  const opened = body as Partial<OpenedShare> | null | undefined;
  return typeof opened?.shareId === "string" && Array.isArray(opened.rights) &&
    Array.isArray(opened.study?.series);
}

function problemOf(body: unknown): RefusalProblem {
  const problem = body as Partial<Record<keyof RefusalProblem, unknown>> | null | undefined;
  const detail = typeof problem?.detail === "string" ? problem.detail : undefined;
  const refusal = typeof problem?.refusal === "string" ? problem.refusal as ShareRefusal : undefined;
  return { detail, refusal };
}

/** Where all files of a link are downloaded as one ZIP. */
export function zipAddress(shareId: string): string {
  return `/api/opened/${shareId}/zip`;
}
