// Addresses of the public site. The secret of a mailed link stands in the fragment: it is taken out of the address bar
// when the page opens, before anything else can read or keep it.
import { signal } from "@preact/signals";

/** The path that is shown. */
export const path = signal(location.pathname);

addEventListener("popstate", () => {
  path.value = location.pathname;
});

/** Goes to another page of the site and puts the reader at its top. */
export function go(to: string): void {
  history.pushState(null, "", to);
  path.value = new URL(to, location.origin).pathname;
  scrollTo(0, 0);
}

/** Follows a link inside the site without loading it anew; a click with a modifier stays the browser's. */
export function followLink(event: MouseEvent): void {
  const { defaultPrevented, button, metaKey, ctrlKey, shiftKey, currentTarget: link } = event;
  if (defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey) return;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  go(new URL(link.href).pathname);
}

/** Takes the secret out of the address bar; undefined when the page was opened without one. */
export function takeSecret(): string | undefined {
  const secret = /^#([\w-]{43})$/.exec(location.hash)?.[1];
  if (location.hash) history.replaceState(null, "", location.pathname);
  return secret;
}
