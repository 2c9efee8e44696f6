// The viewer engine: what the share page and the clinic's study page mount.
export { type Affine, apply, type Point } from "./affine.ts";
export { type Action, type KeyLine, keyMap } from "./input/keys.ts";
export type { Tool } from "./input/gestures.ts";
export type { Draft, Mark, Marks } from "./marks/marks.ts";
export { scaleOn } from "./marks/scale.ts";
export { edgeLetters } from "./orientation.ts";
export { isProjection, type PictureAddress, type Slot, slotKey, slotsOf } from "./slots.ts";
export type { Measured, Stage, ViewerState } from "./state.ts";
export { Viewer, type ViewerOptions } from "./viewer.ts";
export { type Preset, sameWindow } from "./windowing.ts";
