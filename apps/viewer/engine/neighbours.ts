// Which frames are fetched before they are asked for.

/** Frames ahead while the reader scrolls, and while a cine plays; one is kept behind. */
const ahead = 4;
const aheadPlaying = 12;

/** Indices around `index`, the most useful first: ahead in the direction of travel, then behind. A cine wraps. */
export function neighbours(
  index: number,
  count: number,
  direction: 1 | -1,
  playing: boolean,
): readonly number[] {
  const reach = Math.min(playing ? aheadPlaying : ahead, count - 1);
  const steps = Array.from({ length: Math.max(reach, 0) }, (_, step) => index + direction * (step + 1));
  const wrapped = playing ? steps.map((step) => ((step % count) + count) % count) : steps;
  const around = [...wrapped.slice(0, 2), index - direction, ...wrapped.slice(2)];
  const inside = around.filter((step) => step >= 0 && step < count && step !== index);
  return [...new Set(inside)];
}
