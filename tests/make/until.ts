// Waiting for what comes by itself: rows that are derived, jobs that run, pages that hear of it.
import { setTimeout as pause } from "node:timers/promises";

/** Waits until something is so; throws when it is not within the time. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it was not so within ${withinMs} ms: ${isSo}`);
    await pause(20);
  }
}

/** Asks again until an answer fits and brings it; throws with the last answer when none does within the time. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  fits: (answer: Answer) => boolean,
  withinMs = 20_000,
): Promise<Answer> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(`did not come to pass: ${JSON.stringify(answer).slice(0, 2000)}`);
    }
    await pause(50);
  }
}
