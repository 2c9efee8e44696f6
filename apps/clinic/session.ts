// Who is signed in. The cookies are HttpOnly; the page knows only what GET /api/session tells.
import { signal } from "@preact/signals";
import type { Me } from "#core/contract/sessions.ts";
import { api, ApiError } from "#apps/kit/mod.ts";

/** Undefined until asked, null when nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);

/** Asks who is signed in. */
export async function findMe(): Promise<void> {
  me.value = await api<Me>("/api/session").catch((fault) => {
    if (fault instanceof ApiError && fault.status === 401) return null;
    throw fault;
  });
}

/** Signs out here and, within seconds, at every edge. */
export async function signOut(): Promise<void> {
  await api("/api/session", { method: "DELETE" });
  me.value = null;
}

/** Goes on for another practice of the account; everything on the page is read anew. */
export async function switchPractice(practiceId: string): Promise<void> {
  await api<Me>("/api/session/practice", { method: "PUT", body: { practiceId } });
  location.assign("/");
}

/** Whether the person may do a thing; buttons they may not use are not shown. */
export function may(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false;
}

/** A request that found the session ended leads to the sign-in page. */
export function noticeSignedOut(fault: unknown): void {
  if (fault instanceof ApiError && fault.status === 401) me.value = null;
}
