// What a press means. Pure, so that mouse, pen and finger can be read as one table.

/** What the first button or a single finger does. */
export type Tool = "window" | "move" | "magnify" | "measure";

export type Gesture = "window" | "pan" | "scroll" | "pinch" | "magnify" | "measure";

export type Press = {
  readonly pointerType: string;
  /** 0 left, 1 middle, 2 right. */
  readonly button: number;
  /** Fingers on the screen, this one included. */
  readonly fingers: number;
  readonly tool: Tool;
  readonly spaceHeld: boolean;
  /** The picture is larger than the canvas. */
  readonly overflowing: boolean;
  /** The series has more than one frame. */
  readonly many: boolean;
  /** The press is on a point of a measurement. */
  readonly onMark: boolean;
};

/**
 * | press                          | does                                                     |
 * |--------------------------------|----------------------------------------------------------|
 * | two fingers                    | pinch: zoom and pan together                             |
 * | middle or right button         | pan                                                      |
 * | left button with space held    | pan                                                      |
 * | on a point of a measurement    | moves the point                                          |
 * | first button or finger, measure| places points                                            |
 * | first button or finger, magnify| magnifies while it is held                               |
 * | first button or finger, window | window/level                                             |
 * | one finger, move               | pan where there is more to see, else scroll the series   |
 * | left button, move              | pan                                                      |
 */
export function gestureOf(press: Press): Gesture {
  if (press.fingers >= 2) return "pinch";
  if (press.pointerType !== "touch" && (press.button !== 0 || press.spaceHeld)) return "pan";
  if (press.onMark) return "measure";
  if (press.tool !== "move") return press.tool;
  if (press.pointerType === "touch" && press.many && !press.overflowing) return "scroll";
  return "pan";
}

/** CSS pixels of a drag that scroll by one frame: short for long series, so that a sweep reaches the end. */
export function scrollStep(frames: number, height: number): number {
  return Math.min(Math.max(height / Math.max(frames, 1), 6), 40);
}
