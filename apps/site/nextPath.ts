/** Where to go after signing in: a path of this site, and of no other. */
export function nextPath(query: string): string {
  const next = new URLSearchParams(query).get("next") ?? "/";
  const isOurs = /^\/(?![/\\])[\w\-./?=&%~]*$/.test(next);
  return isOurs ? next : "/";
}
