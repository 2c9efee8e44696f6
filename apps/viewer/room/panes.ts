// The pictures that stand side by side: which series each shows, which one keys and tools go to, and what moves
// together. Holds no picture; the viewers do.
import { type Signal, signal } from "@preact/signals";
import type { Viewer, ViewerState } from "../engine/mod.ts";
import type { RailEntry } from "./rail.ts";

/** One picture of the room. */
export type PaneModel = {
  readonly state: Signal<ViewerState | null>;
  viewer: Viewer | null;
  /** The entry it was opened with. */
  entry: RailEntry | undefined;
};

export function newPanes(): readonly [PaneModel, PaneModel, PaneModel] {
  const one = (): PaneModel => ({ state: signal(null), viewer: null, entry: undefined });
  return [one(), one(), one()];
}

/**
 * Shows in the others what the reader does in one: the part of the picture, and the window where they are of one kind.
 * Returns what was shown, to compare the next change with.
 */
export function follow(from: PaneModel, others: readonly PaneModel[], last: string): string {
  const state = from.state.peek();
  const relative = from.viewer?.relative ?? null;
  if (!state?.slot || !relative) return last;
  const now = JSON.stringify([state.slot.turning, relative, state.window]);
  if (now === last) return last;
  const [before] = last === "" ? [] : JSON.parse(last) as [string];
  // Another picture in this pane is no move of the reader's.
  if (before !== state.slot.turning) return now;
  for (const other of others) {
    const slot = other.state.peek()?.slot;
    const alike = slot?.modality === state.slot.modality && slot?.frame?.pixels.samplesPerPixel === 1;
    other.viewer?.follow(relative, alike ? state.window : null);
  }
  return now;
}
