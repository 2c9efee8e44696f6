// What whoever mounts the viewer is told of it, and draws its buttons and measurements from.
import type { MeasurementKind } from "#core/contract/measurements.ts";
import type { Window } from "#core/contract/pixels.ts";
import type { Scale } from "#core/domain/measure.ts";
import type { Affine, Point } from "./affine.ts";
import { finest, type Holding } from "./frameLoad.ts";
import type { Pose } from "./geometry.ts";
import type { Tool } from "./input/gestures.ts";
import type { Draft, Mark } from "./marks/marks.ts";
import type { Slot } from "./slots.ts";
import type { Preset } from "./windowing.ts";

/** How far the frame on the screen has come. `coarse`: real values, not yet every pixel. */
export type Stage = "empty" | "waiting" | "preview" | "coarse" | "full" | "failed" | "pending" | "none";

export type ViewerState = {
  readonly stage: Stage;
  /** Plain words for `failed` and `none`. */
  readonly reason: string | null;
  /** The connection failed and another try waits. */
  readonly interrupted: boolean;
  readonly index: number;
  readonly count: number;
  /** Screen pixels a sample. */
  readonly zoom: number;
  readonly fitted: boolean;
  readonly window: Window | null;
  readonly inverted: boolean;
  readonly pose: Pose;
  readonly presets: readonly Preset[];
  readonly tool: Tool;
  /** What is being measured; null unless `tool` is "measure". */
  readonly measuring: MeasurementKind | null;
  readonly playing: boolean;
  /** Frames a second of the cine. */
  readonly rate: number;
  readonly slot: Slot | null;
  /** From samples to CSS pixels on the host; null while there is no picture. */
  readonly toHost: Affine | null;
  /** The magnifier's square, in CSS pixels on the host; null while it is put away. */
  readonly magnifier: { readonly x: number; readonly y: number; readonly side: number } | null;
  readonly measured: Measured;
};

/** The measurements of the frame on the screen. */
export type Measured = {
  readonly scale: Scale;
  readonly marks: readonly Mark[];
  readonly draft: Draft | null;
  readonly canFinish: boolean;
  readonly selected: string | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Something was drawn or changed that is not kept with the study. */
  readonly isChanged: boolean;
  /** The keyboard's cross, in CSS pixels on the host. */
  readonly cross: Point | null;
};

/** How far the frame of a slot has come. */
export function stageOf(slot: Slot | undefined, holding: Holding | undefined): Stage {
  if (!slot) return "empty";
  if (slot.state !== "ready") return slot.state;
  if (!slot.frame) return "none";
  if (!holding) return "waiting";
  if (holding.fault) return "failed";
  const level = finest(holding);
  if (level === 0) return "full";
  if (level !== undefined) return "coarse";
  return holding.preview ? "preview" : "waiting";
}
