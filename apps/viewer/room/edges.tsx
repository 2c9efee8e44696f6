// Which way the animal lies: the letters of Patient Orientation (0020,0020) at the edges of the picture, turned with it.
import { edgeLetters, type ViewerState } from "../engine/mod.ts";

const sides = ["left", "right", "top", "bottom"] as const;

export function Edges({ state: { slot, pose } }: { state: ViewerState }) {
  const letters = edgeLetters(slot?.frame?.pixels.orientation ?? null, pose);
  if (!letters) return null;
  return (
    <div class="edges" aria-hidden="true">
      {sides.map((side) => <span key={side} class="edge" data-at={side}>{letters[side]}</span>)}
    </div>
  );
}
