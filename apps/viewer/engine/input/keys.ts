// The keyboard map. One table: what the keys do and what the help says.

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
  | "invert"
  | "reset"
  | "tool"
  | "play"
  | "help";

export type KeyLine = { readonly action: Action; readonly keys: readonly string[]; readonly words: string };

/** In the order of the help. `keys` are values of KeyboardEvent.key. */
export const keyMap: readonly KeyLine[] = [
  { action: "next", keys: ["ArrowDown", "ArrowRight", "PageDown"], words: "Next image" },
  { action: "previous", keys: ["ArrowUp", "ArrowLeft", "PageUp"], words: "Previous image" },
  { action: "first", keys: ["Home"], words: "First image" },
  { action: "last", keys: ["End"], words: "Last image" },
  { action: "play", keys: [" "], words: "Play or pause" },
  { action: "zoomIn", keys: ["+", "="], words: "Zoom in" },
  { action: "zoomOut", keys: ["-"], words: "Zoom out" },
  { action: "fit", keys: ["0"], words: "Whole picture" },
  { action: "actual", keys: ["1"], words: "Every pixel (1:1)" },
  { action: "tool", keys: ["w", "W"], words: "Drag changes brightness, or moves" },
  { action: "invert", keys: ["i", "I"], words: "Invert black and white" },
  { action: "reset", keys: ["r", "R"], words: "Start over" },
  { action: "help", keys: ["?"], words: "This help" },
];

/** The action of a key press, or undefined. Presses with Ctrl, Alt or Meta belong to the browser. */
export function actionOf(
  press: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey">,
): Action | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  return keyMap.find(({ keys }) => keys.includes(press.key))?.action;
}
