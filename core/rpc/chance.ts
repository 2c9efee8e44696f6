import type { RandomBytes } from "#core/contract/trace.ts";

// Drawn in one go, since each draw is a trip to the system and a call needs four short values.
const drawn = new Uint8Array(4096);
let used = drawn.length;

/** Chance from the runtime's own source, each byte given out once; tests hand in another. */
export const systemRandom: RandomBytes = (count) => {
  if (count > 64) return crypto.getRandomValues(new Uint8Array(count));
  if (used + count > drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  const bytes = drawn.slice(used, used + count);
  drawn.fill(0, used, used + count);
  used += count;
  return bytes;
};
