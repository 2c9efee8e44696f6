// Addresses of the staff app.
import { signal } from "@preact/signals";

const pages = [
  "home",
  "studies",
  "links",
  "bin",
  "storage",
  "connections",
  "team",
  "roles",
  "activity",
  "mails",
  "keys",
  "practice",
  "account",
  "security",
] as const;

/** A page of the app, by the first part of its address; `/` is home. */
export type PageName = typeof pages[number];

export type Place =
  | { readonly page: PageName | "unknown" }
  | { readonly page: "study"; readonly id: string };

/** The page that a path names. */
export function placeOf(path: string): Place {
  if (path === "/") return { page: "home" };
  const page = pages.find((name) => path === `/${name}` && name !== "home");
  if (page) return { page };
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
  document.getElementById("content")?.focus({ preventScroll: true });
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

/** Leaves for the sign-in page, which leads back here. */
export function leaveToSignIn(): void {
  const here = location.pathname + location.search;
  location.assign(here === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(here)}`);
}
