// Which bytes to ask for, and when a picture can be refined from them.
import type { FrameRange } from "#core/contract/pixels.ts";
import type { Level } from "./samples.ts";

/** A picture can be decoded at `level` once the first `end` bytes of its codestream are here. */
export type Refinement = { readonly level: Level; readonly end: number };

/** Codestreams up to this size come in one go: a second request costs more than it shows. */
export const wholeAtOnce = 192 * 1024;

/** A coarser step is left out when the next finer one needs little more than it. */
const worthwhile = 0.7;

/** Steps from coarse to full; the last is always the whole codestream at level 0. */
export function refinements(frame: FrameRange): readonly Refinement[] {
  const full: Refinement = { level: 0, end: frame.length };
  if (frame.length <= wholeAtOnce) return [full];
  const steps = [full];
  for (const level of [1, 2]) {
    const end = frame.tilePartEnds[frame.tilePartEnds.length - 1 - level];
    const next = steps[0];
    if (end === undefined || next === undefined || end > next.end * worthwhile) continue;
    steps.unshift({ level, end });
  }
  return steps;
}

/** The step that gives at least `level`, or the last one. */
export function stepFor(steps: readonly Refinement[], level: Level): Refinement | undefined {
  return steps.find((step) => step.level <= level) ?? steps.at(-1);
}

/** Bytes `from` up to `end` of a frame as the value of a Range header (RFC 9110 14.2), in the whole object. */
export function rangeHeader(frame: FrameRange, from: number, end: number): string {
  return `bytes=${frame.offset + from}-${frame.offset + end - 1}`;
}
