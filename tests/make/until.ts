import { setTimeout as pause } from "node:timers/promises";

/** Waits until something is so; throws when it is not within the time. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it was not so within ${withinMs} ms: ${isSo}`);
    await pause(20);
  }
}
