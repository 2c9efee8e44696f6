// Measuring by hand: what pointers and keys on the picture do to the marks. A mouse places a point where it is pressed,
// and the next one where it is let go after a drag; a finger places where it is lifted, under the magnifier, since it
// hides the place it presses. By keys a cross is moved and points are placed under it.
import type { FramePoint, MeasurementKind } from "#core/contract/measurements.ts";
import type { Scale } from "#core/domain/measure.ts";
import { type Affine, apply, inverse, type Point } from "../affine.ts";
import type { MeasuringHands } from "../input/pointers.ts";
import type { Slot } from "../slots.ts";
import type { Measured } from "../state.ts";
import { gripAt, reach } from "./hit.ts";
import type { Grip, Marks } from "./marks.ts";
import { scaleOn } from "./scale.ts";

/** What is measured on: the frame on the screen. Null while there is none. */
export type Ground = {
  readonly slot: string;
  readonly scale: Scale;
  /** From samples to CSS pixels on the host. */
  readonly toHost: Affine;
};

export type MeasuringOptions = {
  readonly marks: Marks;
  readonly ground: () => Ground | null;
  readonly kind: () => MeasurementKind | null;
  readonly magnify: (at: Point | null) => void;
  readonly onChange: () => void;
  /** CSS pixels of the host. */
  readonly size: () => { readonly width: number; readonly height: number };
};

/** A press that travelled this far draws from where it began to where it ended, px. */
const drawn = 8;

/** CSS pixels by which a key moves the cross, with and without Shift. */
const crossStep = { small: 1, usual: 10 } as const;

type Press = { readonly from: Point; readonly isTouch: boolean; grip: Grip | null; offset: Point };

export class Measuring implements MeasuringHands {
  readonly #with: MeasuringOptions;
  #press: Press | null = null;
  #cross: Point | null = null;

  constructor(options: MeasuringOptions) {
    this.#with = options;
  }

  /** What is measured on a slot. */
  measured(slot: Slot | undefined): Measured {
    const { marks } = this.#with;
    const draft = marks.draft?.slot === slot?.key ? marks.draft : null;
    return {
      scale: scaleOn(slot, marks.list),
      marks: slot ? marks.on(slot.key) : [],
      draft,
      canFinish: draft !== null && marks.canFinish,
      selected: marks.selected,
      canUndo: marks.canUndo,
      canRedo: marks.canRedo,
      isChanged: marks.isChanged,
      cross: this.#cross,
    };
  }

  /** Whether a press there would take a point of a measurement. */
  isOnMark(at: Point, pointerType: string): boolean {
    return this.#gripAt(at, pointerType) !== undefined;
  }

  readonly down = (at: Point, pointerType: string): void => {
    const { marks, kind } = this.#with;
    const isTouch = pointerType === "touch";
    this.#cross = null;
    const grip = marks.draft ? undefined : this.#gripAt(at, pointerType);
    this.#press = { from: at, isTouch, grip: grip ?? null, offset: { x: 0, y: 0 } };
    if (grip) this.#take(grip, at);
    else if (kind() && !isTouch) this.#place(at);
    if (isTouch) this.move(at);
    this.#with.onChange();
  };

  readonly move = (at: Point): void => {
    const press = this.#press;
    if (!press) return;
    if (press.grip) this.#moveGrip(press.grip, { x: at.x + press.offset.x, y: at.y + press.offset.y });
    else this.#hoverAt(at);
    if (press.isTouch) this.#with.magnify(at);
    this.#with.onChange();
  };

  readonly up = (at: Point): void => {
    const press = this.#press;
    this.#press = null;
    this.#with.magnify(null);
    if (!press) return;
    if (press.grip) this.#with.marks.release();
    else if (press.isTouch || Math.hypot(at.x - press.from.x, at.y - press.from.y) >= drawn) {
      if (press.isTouch || this.#with.marks.draft) this.#place(at);
    }
    this.#with.onChange();
  };

  readonly cancel = (): void => {
    const press = this.#press;
    this.#press = null;
    this.#with.magnify(null);
    if (press?.grip) this.#with.marks.release();
    else if (press && !press.isTouch) this.#with.marks.stepBack();
    this.#hoverAt(null);
    this.#with.onChange();
  };

  readonly hover = (at: Point | null): void => {
    if (!this.#with.marks.draft) return;
    this.#hoverAt(at);
    this.#with.onChange();
  };

  readonly finish = (): boolean => {
    const { marks, kind } = this.#with;
    if (!kind()) return false;
    this.#dropDoubled();
    marks.finish();
    this.#with.onChange();
    return true;
  };

  /** While measuring, arrows move a cross and Enter places a point under it; Enter again on the spot ends. */
  key(event: KeyboardEvent): boolean {
    if (!this.#with.kind() || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = event.shiftKey ? crossStep.small : crossStep.usual;
    const ways: Record<string, Point> = {
      ArrowLeft: { x: -step, y: 0 },
      ArrowRight: { x: step, y: 0 },
      ArrowUp: { x: 0, y: -step },
      ArrowDown: { x: 0, y: step },
    };
    const way = ways[event.key];
    if (way) this.#moveCross(way);
    else if (event.key === "Enter") this.#placeCross();
    else return false;
    this.#with.onChange();
    return true;
  }

  /** The cross begins in the middle. */
  #moveCross(by: Point): void {
    const { width, height } = this.#with.size();
    const from = this.#cross ?? { x: width / 2, y: height / 2 };
    this.#cross = { x: clamp(from.x + by.x, width), y: clamp(from.y + by.y, height) };
    this.#hoverAt(this.#cross);
  }

  #placeCross(): void {
    if (!this.#cross) return this.#moveCross({ x: 0, y: 0 });
    const last = this.#with.marks.draft?.points.at(-1);
    const ground = this.#with.ground();
    const place = last && ground && apply(ground.toHost, last);
    const same = place && Math.hypot(place.x - this.#cross.x, place.y - this.#cross.y) < 1;
    if (!same || !this.#with.marks.finish()) this.#place(this.#cross);
  }

  /** Ends measuring: what is not finished goes. */
  leave(): void {
    this.#cross = null;
    this.#press = null;
    this.#with.marks.drop();
  }

  #gripAt(at: Point, pointerType: string): Grip | undefined {
    const ground = this.#with.ground();
    if (!ground) return undefined;
    const within = pointerType === "touch" ? reach.touch : reach.mouse;
    const { marks, kind } = this.#with;
    // With a tool in the hand a new measurement may begin where another one ends: only the chosen one is taken.
    const taken = marks.on(ground.slot).filter(({ id }) => !kind() || id === marks.selected);
    return gripAt(taken, ground.toHost, at, within);
  }

  #take(grip: Grip, at: Point): void {
    const { marks } = this.#with;
    const ground = this.#with.ground();
    const point = marks.list.find(({ id }) => id === grip.id)?.points[grip.point];
    marks.select(grip.id);
    marks.grip();
    if (!ground || !point || !this.#press) return;
    const place = apply(ground.toHost, point);
    this.#press.offset = { x: place.x - at.x, y: place.y - at.y };
  }

  #moveGrip(grip: Grip, at: Point): void {
    const point = this.#sample(at);
    if (point) this.#with.marks.move(grip, point);
  }

  #place(at: Point): void {
    const { marks } = this.#with;
    const kind = this.#with.kind();
    const ground = this.#with.ground();
    const point = this.#sample(at);
    if (kind && ground && point) marks.place(ground.slot, kind, point, ground.scale);
  }

  #hoverAt(at: Point | null): void {
    const ground = this.#with.ground();
    if (ground) this.#with.marks.hover(at && this.#sample(at), ground.scale);
  }

  /** Both presses of a double click placed a point: one is meant. */
  #dropDoubled(): void {
    const { marks } = this.#with;
    const ground = this.#with.ground();
    const [one, other] = marks.draft?.points.slice(-2) ?? [];
    if (!ground || !one || !other) return;
    const [from, to] = [apply(ground.toHost, one), apply(ground.toHost, other)];
    if (Math.hypot(from.x - to.x, from.y - to.y) < drawn) marks.stepBack();
  }

  /** The place in the picture under a place on the host. */
  #sample(at: Point): FramePoint | null {
    const ground = this.#with.ground();
    return ground && apply(inverse(ground.toHost), at);
  }
}

function clamp(value: number, high: number): number {
  return Math.min(Math.max(value, 0), high);
}
