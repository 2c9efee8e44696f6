// Decoded samples of one frame at one resolution.

/** Resolution levels: 0 every sample, 1 half of the columns and rows, 2 a quarter, … */
export type Level = number;

export type Samples = {
  readonly level: Level;
  readonly columns: number;
  readonly rows: number;
  /** 1: grey, stored values (two's complement where signed). 3: RGB, 4: RGBA, interleaved, 8 bits each. */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
};

/** Columns or rows at a level: halves are rounded up (ISO/IEC 15444-1 B-15). */
export function sizeAt(full: number, level: Level): number {
  return Math.ceil(full / 2 ** level);
}

/**
 * The level to draw from when a screen pixel covers `footprint` samples: the coarsest that still has a sample
 * for every pixel, else the next finer one that is here, else the finest of the coarser ones.
 */
export function levelFor(available: readonly Level[], footprint: number): Level | undefined {
  const wanted = Math.max(0, Math.floor(Math.log2(Math.max(footprint, 1)) + 1e-9));
  const enough = available.filter((level) => level <= wanted);
  if (enough.length > 0) return Math.max(...enough);
  return available.length > 0 ? Math.min(...available) : undefined;
}
