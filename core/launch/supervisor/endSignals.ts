// The wish to end: Ctrl-C, or the signal of whoever supervises this process. One press of Ctrl-C arrives several
// times, from the terminal and passed on by npx and `deno task`; only a later one is a person who will not wait.
const samePress = 1000;

/** What to do at the first signal, and at one that comes more than a second after it. */
export type EndWish = { readonly end: () => void; readonly hurry: () => void };

/** Listens for SIGINT, SIGTERM and SIGHUP from now on. */
export function onEndSignals({ end, hurry }: EndWish): void {
  let first: number | undefined;
  const hear = () => {
    if (first === undefined) {
      first = performance.now();
      end();
    } else if (performance.now() - first > samePress) hurry();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, hear);
}
