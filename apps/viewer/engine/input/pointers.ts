// Mouse, pen and fingers on the canvas, turned into what the viewer can do.
import type { Point } from "../affine.ts";
import { type Gesture, gestureOf, type Press, scrollStep } from "./gestures.ts";

/** What gestures act on. Points and distances are CSS pixels on the host. */
export type Hands = {
  /** What decides about a press at a place now. */
  readonly press: (at: Point, pointerType: string) => Omit<Press, "pointerType" | "button" | "fingers">;
  readonly beginWindow: () => void;
  /** Distance from where the drag began. */
  readonly dragWindow: (by: Point) => void;
  readonly panBy: (by: Point) => void;
  readonly zoomBy: (factor: number, at: Point) => void;
  readonly step: (frames: number) => void;
  readonly frames: () => number;
  /** Double click or double tap. */
  readonly toggleZoom: (at: Point) => void;
  /** A drag was made (space was used for panning). */
  readonly dragged: () => void;
  /** The magnifier follows the pointer; null: it is put away. */
  readonly magnify: (at: Point | null, pointerType: string) => void;
  readonly measure: MeasuringHands;
};

/** What a measuring tool does with a pointer. */
export type MeasuringHands = {
  readonly down: (at: Point, pointerType: string) => void;
  readonly move: (at: Point) => void;
  readonly up: (at: Point) => void;
  /** Another finger came: what this press began is taken back. */
  readonly cancel: () => void;
  /** The pointer moves without a press, or has left (null). */
  readonly hover: (at: Point | null) => void;
  /** Double click or double tap: ends a measurement of many points. True when it was meant for measuring. */
  readonly finish: () => boolean;
};

type Finger = { readonly start: Point; at: Point };

/** Taps farther apart in time (ms) or place (px) are two taps. */
const doubleTap = { within: 320, near: 28, nearMeasuring: 10 };
/** A press that moved less than this is a tap, px. */
const slop = 6;
/** Points of measurements are moved by less, px. */
const fineSlop = 2;
/** Wheel travel of one frame, px. */
const wheelStep = 60;

export class Pointers {
  readonly #host: HTMLElement;
  readonly #hands: Hands;
  readonly #listening = new AbortController();
  readonly #fingers = new Map<number, Finger>();
  #gesture: Gesture | undefined;
  #moved = false;
  #scrolled = 0;
  #wheel = 0;
  #lastTap: { at: Point; time: number } | undefined;

  constructor(host: HTMLElement, hands: Hands) {
    this.#host = host;
    this.#hands = hands;
    const { signal } = this.#listening;
    host.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    host.addEventListener("pointermove", (event) => this.#move(event), { signal });
    host.addEventListener("pointerup", (event) => this.#up(event), { signal });
    host.addEventListener("pointercancel", (event) => this.#forget(event), { signal });
    host.addEventListener("lostpointercapture", (event) => this.#forget(event), { signal });
    host.addEventListener("pointerleave", () => this.#hands.measure.hover(null), { signal });
    host.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    host.addEventListener("wheel", (event) => this.#roll(event), { signal, passive: false });
  }

  close(): void {
    this.#listening.abort();
    this.#fingers.clear();
  }

  #point(event: MouseEvent): Point {
    const box = this.#host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event: PointerEvent): void {
    if (event.pointerType !== "touch" && this.#fingers.size > 0) return;
    // Middle button: no autoscroll; left: no text selection.
    event.preventDefault();
    this.#host.focus({ preventScroll: true });
    this.#host.setPointerCapture(event.pointerId);
    const at = this.#point(event);
    this.#fingers.set(event.pointerId, { start: at, at });
    const { pointerType, button } = event;
    const { measure, magnify, beginWindow, press } = this.#hands;
    const before = this.#gesture;
    const fingers = this.#fingers.size;
    this.#gesture = gestureOf({ ...press(at, pointerType), pointerType, button, fingers });
    if (fingers > 1 && before === "measure") measure.cancel();
    if (fingers > 1 && before === "magnify") magnify(null, pointerType);
    this.#moved = fingers > 1;
    this.#scrolled = 0;
    if (this.#gesture === "window") beginWindow();
    if (this.#gesture === "magnify") magnify(at, pointerType);
    if (this.#gesture === "measure") measure.down(at, pointerType);
  }

  #move(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    const at = this.#point(event);
    if (!finger) return this.#hands.measure.hover(at);
    const before = finger.at;
    const travelled = Math.hypot(at.x - finger.start.x, at.y - finger.start.y);
    if (!this.#moved && travelled < (this.#gesture === "measure" ? fineSlop : slop)) return;
    if (!this.#moved) this.#hands.dragged();
    this.#moved = true;
    if (this.#gesture === "pinch") return this.#pinch(finger, at);
    finger.at = at;
    if (this.#gesture === "measure") return this.#hands.measure.move(at);
    if (this.#gesture === "magnify") return this.#hands.magnify(at, event.pointerType);
    const whole = { x: at.x - finger.start.x, y: at.y - finger.start.y };
    if (this.#gesture === "window") return this.#hands.dragWindow(whole);
    if (this.#gesture === "scroll") return this.#scroll(whole);
    this.#hands.panBy({ x: at.x - before.x, y: at.y - before.y });
  }

  #pinch(finger: Finger, at: Point): void {
    const other = [...this.#fingers.values()].find((candidate) => candidate !== finger);
    if (!other) return;
    const before = middle(finger.at, other.at);
    const spread = distance(finger.at, other.at);
    finger.at = at;
    const after = middle(at, other.at);
    this.#hands.panBy({ x: after.x - before.x, y: after.y - before.y });
    if (spread > 1) this.#hands.zoomBy(distance(at, other.at) / spread, after);
  }

  #scroll(whole: Point): void {
    const step = scrollStep(this.#hands.frames(), this.#host.clientHeight);
    // Upwards or to the left goes on, as pages do.
    const travel = Math.abs(whole.y) >= Math.abs(whole.x) ? -whole.y : -whole.x;
    const wanted = Math.trunc(travel / step);
    if (wanted !== this.#scrolled) this.#hands.step(wanted - this.#scrolled);
    this.#scrolled = wanted;
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    const tapped = finger && !this.#moved && event.button === 0 && this.#fingers.size === 1;
    const measured = this.#gesture === "measure";
    if (finger && measured) this.#hands.measure.up(this.#point(event));
    this.#forget(event);
    if (tapped) this.#tap(finger.start, event.timeStamp, measured);
  }

  #tap(at: Point, time: number, measured: boolean): void {
    const last = this.#lastTap;
    // Edges of neighbouring vertebrae may lie close together on the screen.
    const near = measured ? doubleTap.nearMeasuring : doubleTap.near;
    const double = last && time - last.time < doubleTap.within && distance(last.at, at) < near;
    this.#lastTap = double ? undefined : { at, time };
    if (double && !this.#hands.measure.finish()) this.#hands.toggleZoom(at);
  }

  #forget(event: PointerEvent): void {
    if (!this.#fingers.delete(event.pointerId)) return;
    if (this.#gesture === "magnify") this.#hands.magnify(null, event.pointerType);
    if (this.#gesture === "measure" && event.type === "pointercancel") this.#hands.measure.cancel();
    // The finger that stays goes on panning from where it is.
    if (this.#gesture === "pinch") this.#gesture = "pan";
  }

  #roll(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
    const travel = event.deltaY * lines;
    const { many } = this.#hands.press(this.#point(event), "mouse");
    // A pinch on a touchpad comes as a wheel with Ctrl.
    if (!many || event.ctrlKey || event.metaKey) {
      const pace = event.ctrlKey && Math.abs(travel) < 50 ? 0.01 : 0.0018;
      return this.#hands.zoomBy(Math.exp(-travel * pace), this.#point(event));
    }
    this.#wheel += travel;
    const frames = Math.trunc(this.#wheel / wheelStep);
    this.#wheel -= frames * wheelStep;
    if (frames !== 0) this.#hands.step(frames);
  }
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
