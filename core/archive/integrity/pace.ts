// Keeps background reading to a share of the time, so that peers and viewers have the disk.
import { setTimeout as pause } from "node:timers/promises";

/** Called after each piece of work; waits so that work takes at most its share of the time. */
export type Pace = (signal?: AbortSignal) => Promise<void>;

/** How a pace is kept: the share of time (0 to 1) that may be worked, a clock in milliseconds and a way to wait. */
export type PaceTerms = {
  readonly share: number;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
};

const shortestPauseMs = 20;

/** Begins to keep a pace. Short stretches of work are put together before there is a pause. */
export function keepPace({ share, now = () => performance.now(), wait = waitOrEnd }: PaceTerms): Pace {
  let began = now();
  return async (signal) => {
    const due = (now() - began) * (1 / share - 1);
    if (due < shortestPauseMs) return;
    await wait(due, signal);
    began = now();
  };
}

async function waitOrEnd(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
