// Addresses of the staff app: `/` the study list, `/studies/{id}` one study, `/bin`, and `/storage`.
import { signal } from "@preact/signals";

export type Place =
  | { readonly page: "studies" | "bin" | "storage" | "unknown" }
  | { readonly page: "study"; readonly id: string };

/** The page that a path names. */
export function placeOf(path: string): Place {
  if (path === "/") return { page: "studies" };
  if (path === "/bin") return { page: "bin" };
  if (path === "/storage") return { page: "storage" };
  const study = /^\/studies\/([0-9a-f-]{36})$/.exec(path)?.[1];
  return study ? { page: "study", id: study } : { page: "unknown" };
}

export const place = signal<Place>(placeOf(location.pathname));

addEventListener("popstate", () => {
  place.value = placeOf(location.pathname);
});

/** Goes to a page of the app and puts the reader at its top. */
export function go(path: string): void {
  history.pushState(null, "", path);
  place.value = placeOf(path);
  scrollTo(0, 0);
}

/** Follows a link inside the app without loading it anew; a click with a modifier stays the browser's. */
export function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) {
    return;
  }
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  go(new URL(link.href).pathname);
}
