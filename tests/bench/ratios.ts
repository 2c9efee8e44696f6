// Figures of benches: medians over rounds, and ratios made round by round.

/** The middle value, to three digits. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return Number(sorted[sorted.length >> 1]?.toPrecision(3));
}

/** The median of one side's values over the other's of the same round. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? NaN)));
}

/** The value below which 95 of 100 lie, to three digits. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return Number(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)]?.toPrecision(3));
}
