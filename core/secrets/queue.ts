// Slow work, few at once: digests cost memory and time on purpose, so a crowd waits in a short line or is sent away.

/** Runs work; undefined when the line is full. */
export type Queue = <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;

/** A line that runs `atOnce` and lets `waiting` more wait. */
export function openQueue({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }): Queue {
  const line: (() => void)[] = [];
  let running = 0;

  const leave = () => {
    const next = line.shift();
    if (next) next();
    else running--;
  };

  return async (work) => {
    if (running >= atOnce) {
      if (line.length >= waiting) return undefined;
      await new Promise<void>((resolve) => line.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
