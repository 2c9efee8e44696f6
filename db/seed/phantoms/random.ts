// Repeatable randomness: the same seed draws the same phantoms and names them by the same UIDs.

/** A stream of numbers in [0, 1). */
export type Random = () => number;

/** Mixes a text into a 32-bit number. */
function hashOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A stream of its own for each name under a seed. */
export function randomOf(seed: number, name: string): Random {
  let state = hashOf(`${seed}/${name}`) || 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A UID under 2.25 (PS3.5 annex B.2): a 128-bit number that follows from seed and name. */
export function uidOf(seed: number, name: string): string {
  const random = randomOf(seed, `uid/${name}`);
  let number = 0n;
  for (let word = 0; word < 4; word++) number = (number << 32n) | BigInt(Math.floor(random() * 4294967296));
  return `2.25.${number}`;
}

/** A table of 65,536 normally distributed numbers (mean 0, deviation 1): noise at the price of a look-up. */
export function normalTable(random: Random): Float32Array {
  const table = new Float32Array(65536);
  for (let index = 0; index < table.length; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    table[index] = radius * Math.cos(angle);
    table[index + 1] = radius * Math.sin(angle);
  }
  return table;
}
