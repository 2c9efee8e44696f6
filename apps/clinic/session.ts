// Who is signed in. The cookies are HttpOnly; the page knows only what GET /api/session tells.
import { signal } from "@preact/signals";
import type { Me, SignIn } from "#core/contract/sessions.ts";
import { api, ApiError } from "./api.ts";

/** Undefined until asked, null when nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);

/** Asks who is signed in. */
export async function findMe(): Promise<void> {
  me.value = await api<Me>("/api/session").catch((fault) => {
    if (fault instanceof ApiError && fault.status === 401) return null;
    throw fault;
  });
}

/** Signs in; @throws ApiError with the server's words when mail address and password do not fit. */
export async function signIn(asked: SignIn): Promise<void> {
  me.value = await api<Me>("/api/session", { method: "POST", body: asked });
}

/** Signs out here and, within seconds, at every edge. */
export async function signOut(): Promise<void> {
  await api("/api/session", { method: "DELETE" });
  me.value = null;
}

/** Whether the person may do a thing; buttons they may not use are not shown. */
export function may(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false;
}

/** A request that found the session ended brings the sign-in page back. */
export function noticeSignedOut(fault: unknown): void {
  if (fault instanceof ApiError && fault.status === 401) me.value = null;
}
