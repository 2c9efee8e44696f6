// The keyboard map. One table: what the keys do and what the help says.
import type { MeasurementKind } from "#core/contract/measurements.ts";

/** Everything a key or a button can do to the picture. */
export type Action =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "zoomIn"
  | "zoomOut"
  | "fit"
  | "actual"
  | "turnLeft"
  | "turnRight"
  | "flipHorizontal"
  | "flipVertical"
  | "invert"
  | "preset"
  | "reset"
  | "tool"
  | "move"
  | "magnify"
  | "play"
  | "faster"
  | "slower"
  | "undo"
  | "redo"
  | "removeMark"
  | "finishMark"
  | "leaveTool"
  | "compare"
  | "fullScreen"
  | "help"
  | MeasurementKind;

export type KeyLine = {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly words: string;
  readonly part: "Moving about" | "The picture" | "Measuring" | "The page";
};

/** In the order of the help. `keys` are values of KeyboardEvent.key; letters in either case. */
export const keyMap: readonly KeyLine[] = [
  {
    part: "Moving about",
    action: "next",
    keys: ["ArrowDown", "ArrowRight", "PageDown"],
    words: "Next image",
  },
  {
    part: "Moving about",
    action: "previous",
    keys: ["ArrowUp", "ArrowLeft", "PageUp"],
    words: "Previous image",
  },
  { part: "Moving about", action: "first", keys: ["Home"], words: "First image" },
  { part: "Moving about", action: "last", keys: ["End"], words: "Last image" },
  { part: "Moving about", action: "play", keys: [" "], words: "Play or pause" },
  { part: "Moving about", action: "slower", keys: [","], words: "Play slower" },
  { part: "Moving about", action: "faster", keys: ["."], words: "Play faster" },
  { part: "Moving about", action: "zoomIn", keys: ["+", "="], words: "Zoom in" },
  { part: "Moving about", action: "zoomOut", keys: ["-"], words: "Zoom out" },
  { part: "Moving about", action: "fit", keys: ["0"], words: "Whole picture" },
  { part: "Moving about", action: "actual", keys: ["1"], words: "Every pixel (1:1)" },
  { part: "The picture", action: "tool", keys: ["w"], words: "Drag changes brightness, or moves" },
  { part: "The picture", action: "preset", keys: ["p"], words: "Next window preset" },
  { part: "The picture", action: "invert", keys: ["i"], words: "Invert black and white" },
  { part: "The picture", action: "turnLeft", keys: ["q"], words: "Turn to the left" },
  { part: "The picture", action: "turnRight", keys: ["e"], words: "Turn to the right" },
  { part: "The picture", action: "flipHorizontal", keys: ["s"], words: "Swap left and right" },
  { part: "The picture", action: "flipVertical", keys: ["d"], words: "Swap top and bottom" },
  { part: "The picture", action: "magnify", keys: ["m"], words: "Magnifier" },
  { part: "The picture", action: "reset", keys: ["r"], words: "Start over" },
  { part: "Measuring", action: "length", keys: ["l"], words: "Length" },
  { part: "Measuring", action: "angle", keys: ["a"], words: "Angle" },
  { part: "Measuring", action: "cobbAngle", keys: ["b"], words: "Angle of two lines (Cobb)" },
  { part: "Measuring", action: "area", keys: ["z"], words: "Area" },
  { part: "Measuring", action: "vertebralHeartScore", keys: ["v"], words: "Vertebral heart score" },
  { part: "Measuring", action: "norbergAngle", keys: ["n"], words: "Norberg angle" },
  { part: "Measuring", action: "tibialPlateauAngle", keys: ["t"], words: "Tibial plateau angle" },
  { part: "Measuring", action: "arrow", keys: ["y"], words: "Arrow with words" },
  { part: "Measuring", action: "calibration", keys: ["k"], words: "Calibrate by a ball or ruler" },
  {
    part: "Measuring",
    action: "finishMark",
    keys: ["Enter"],
    words: "Place a point; twice on one spot: done",
  },
  {
    part: "Measuring",
    action: "removeMark",
    keys: ["Delete", "Backspace"],
    words: "Remove the last point, or what is chosen",
  },
  { part: "Measuring", action: "leaveTool", keys: ["Escape"], words: "Stop measuring" },
  { part: "The page", action: "compare", keys: ["c"], words: "Two pictures side by side" },
  { part: "The page", action: "fullScreen", keys: ["f"], words: "Full screen" },
  { part: "The page", action: "help", keys: ["?"], words: "This help" },
];

type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey"> & {
  readonly shiftKey?: boolean;
};

/** The action of a key press, or undefined. Presses with Ctrl, Alt or Meta belong to the browser, but for undo. */
export function actionOf(press: KeyPress): Action | undefined {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if ((press.ctrlKey || press.metaKey) && !press.altKey) {
    if (key === "z") return press.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : undefined;
  }
  if (press.altKey) return undefined;
  return keyMap.find(({ keys }) => keys.includes(key))?.action;
}
