// The measurements that a reader draws: what is finished, what is being drawn, what is chosen, and the way back. Points
// are in samples; it knows nothing of the screen. Nothing of it outlives the page unless somebody saves it.
import type { FramePoint, MeasurementKind } from "#core/contract/measurements.ts";
import { pointCounts, squaredOff } from "#core/domain/measure.ts";
import type { Scale } from "#core/domain/measure.ts";

/** A finished measurement on the frame of a slot. `fixed` ones came with the study and are only looked at. */
export type Mark = {
  readonly id: string;
  readonly slot: string;
  readonly kind: MeasurementKind;
  readonly points: readonly FramePoint[];
  readonly text: string;
  readonly millimetres: number | null;
  readonly fixed: boolean;
};

/** One that is being drawn; `next` follows the pointer. */
export type Draft = {
  readonly slot: string;
  readonly kind: MeasurementKind;
  readonly points: readonly FramePoint[];
  readonly next: FramePoint | null;
};

/** A point that is dragged: of which mark, and which of its points (or all: the whole mark). */
export type Grip = { readonly id: string; readonly point: number };

const mostSteps = 200;

export class Marks {
  #list: readonly Mark[] = [];
  #begun: readonly Mark[] = this.#list;
  #draft: Draft | null = null;
  #selected: string | null = null;
  #past: (readonly Mark[])[] = [];
  #future: (readonly Mark[])[] = [];
  #dragStart: readonly Mark[] | null = null;
  #count = 0;

  get list(): readonly Mark[] {
    return this.#list;
  }

  get draft(): Draft | null {
    return this.#draft;
  }

  get selected(): string | null {
    return this.#selected;
  }

  get canUndo(): boolean {
    return this.#draft !== null || this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  on(slot: string): readonly Mark[] {
    return this.#list.filter((mark) => mark.slot === slot);
  }

  /** Puts in what is kept with the study, to be looked at; what was put in before goes. */
  load(kept: readonly Mark[]): void {
    const own = (list: readonly Mark[]) => list.filter((mark) => !mark.fixed);
    this.#list = [...kept, ...own(this.#list)];
    this.#past = this.#past.map((list) => [...kept, ...own(list)]);
    this.#future = this.#future.map((list) => [...kept, ...own(list)]);
  }

  /** Whether something was drawn or changed since `begin`. */
  get isChanged(): boolean {
    return this.#list !== this.#begun;
  }

  /** Takes what is kept with the study as the reader's own, to be changed and kept anew. */
  begin(kept: readonly Mark[]): void {
    this.#list = kept;
    this.#begun = kept;
    [this.#past, this.#future] = [[], []];
    this.#selected = null;
  }

  /** Says that what there is now is kept. */
  keep(): void {
    this.#begun = this.#list;
  }

  /** Places the next point of a measurement; the last one finishes it. */
  place(slot: string, kind: MeasurementKind, point: FramePoint, scale: Scale): void {
    const going = this.#draft?.slot === slot && this.#draft.kind === kind ? this.#draft : null;
    const before = going?.points ?? [];
    const points = [...before, lined(kind, before, point, scale)];
    this.#draft = { slot, kind, points, next: null };
    if (points.length >= pointCounts[kind].most) this.finish();
  }

  /** Where the next point would be placed now. */
  hover(point: FramePoint | null, scale: Scale): void {
    const draft = this.#draft;
    if (draft) this.#draft = { ...draft, next: point && lined(draft.kind, draft.points, point, scale) };
  }

  /** Whether the draft has all it needs, so that the reader may end it. */
  get canFinish(): boolean {
    const draft = this.#draft;
    return draft !== null && draft.points.length >= pointCounts[draft.kind].least;
  }

  /** Makes the draft a mark; false while points are missing. */
  finish(): boolean {
    const draft = this.#draft;
    if (!draft || !this.canFinish) return false;
    const { slot, kind, points } = draft;
    const id = `mark-${++this.#count}`;
    this.#keep([...this.#list, { id, slot, kind, points, text: "", millimetres: null, fixed: false }]);
    this.#draft = null;
    this.#selected = id;
    return true;
  }

  /** Takes back the last point of the draft, or the draft. */
  stepBack(): void {
    const draft = this.#draft;
    if (!draft) return;
    const points = draft.points.slice(0, -1);
    this.#draft = points.length > 0 ? { ...draft, points } : null;
  }

  drop(): void {
    this.#draft = null;
  }

  select(id: string | null): void {
    this.#selected = id;
  }

  remove(id: string): void {
    const mark = this.#list.find((one) => one.id === id);
    if (!mark || mark.fixed) return;
    this.#keep(this.#list.filter((one) => one !== mark));
    if (this.#selected === id) this.#selected = null;
  }

  /** Takes back the last point of what is being drawn, or removes what is chosen. */
  removeChosen(): void {
    if (this.#draft) this.stepBack();
    else if (this.#selected) this.remove(this.#selected);
  }

  /** Says what an arrow points at, or how long a calibration is. */
  describe(id: string, said: { readonly text?: string; readonly millimetres?: number | null }): void {
    this.#keep(this.#list.map((mark) => mark.id === id && !mark.fixed ? { ...mark, ...said } : mark));
  }

  /** Begins to move a point; all moves up to `release` are one step back. */
  grip(): void {
    this.#dragStart = this.#list;
  }

  move({ id, point }: Grip, to: FramePoint): void {
    this.#list = this.#list.map((mark) => {
      if (mark.id !== id || mark.fixed) return mark;
      return { ...mark, points: mark.points.map((old, index) => index === point ? to : old) };
    });
  }

  /** Moves a point by samples, as one step. */
  nudge(grip: Grip, by: FramePoint): void {
    const from = this.#list.find(({ id }) => id === grip.id)?.points[grip.point];
    if (!from) return;
    this.grip();
    this.move(grip, { x: from.x + by.x, y: from.y + by.y });
    this.release();
  }

  release(): void {
    const before = this.#dragStart;
    this.#dragStart = null;
    if (!before || before === this.#list) return;
    this.#remember(before);
  }

  undo(): void {
    if (this.#draft) return this.stepBack();
    const before = this.#past.pop();
    if (!before) return;
    this.#future.push(this.#list);
    this.#list = before;
    this.#selected = null;
  }

  redo(): void {
    const after = this.#future.pop();
    if (!after) return;
    this.#past.push(this.#list);
    this.#list = after;
    this.#selected = null;
  }

  #keep(list: readonly Mark[]): void {
    const before = this.#list;
    this.#list = list;
    this.#remember(before);
  }

  #remember(before: readonly Mark[]): void {
    this.#past = [...this.#past, before].slice(-mostSteps);
    this.#future = [];
  }
}

/** The short axis of a heart stands at right angles to the long one. */
function lined(
  kind: MeasurementKind,
  before: readonly FramePoint[],
  point: FramePoint,
  scale: Scale,
): FramePoint {
  const [carina, apex, from] = before;
  if (kind !== "vertebralHeartScore" || before.length !== 3 || !carina || !apex || !from) return point;
  return squaredOff(from, point, [carina, apex], scale);
}
