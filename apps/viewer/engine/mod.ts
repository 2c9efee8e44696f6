// The viewer engine: what the share page and the clinic's study page mount.
export { type Action, type KeyLine, keyMap } from "./input/keys.ts";
export type { Tool } from "./input/gestures.ts";
export { type PictureAddress, type Slot, slotsOf } from "./slots.ts";
export { type Stage, Viewer, type ViewerOptions, type ViewerState } from "./viewer.ts";
