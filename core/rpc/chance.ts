import type { RandomBytes } from "#core/contract/trace.ts";

/** Chance from the runtime's own source; tests hand in another. */
export const systemRandom: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));
