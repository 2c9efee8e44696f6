// The viewer: a series in a viewport, moved by hands and keys. Framework-free; whoever mounts it listens to
// `onChange` and draws its buttons from `state`. It fetches nothing but what its slots name and remembers
// nothing outside itself.
import type { Window } from "#core/contract/pixels.ts";
import type { MeasurementKind } from "#core/contract/measurements.ts";
import type { Point } from "./affine.ts";
import { Cine, usualFrameTime } from "./cine.ts";
import type { Tool } from "./input/gestures.ts";
import { type Action, actionOf } from "./input/keys.ts";
import { Pointers } from "./input/pointers.ts";
import { Marks } from "./marks/marks.ts";
import { Measuring } from "./marks/measuring.ts";
import { scaleOn } from "./marks/scale.ts";
import { hungAs, type Slot } from "./slots.ts";
import { Stack } from "./stack.ts";
import { stageOf, type ViewerState } from "./state.ts";
import { type Relative, Viewport } from "./viewport.ts";
import { draggedWindow, isDarkForHigh, type Preset, presetsOf, sameWindow } from "./windowing.ts";

export type ViewerOptions = {
  /** Focusable; the canvas fills it. */
  readonly host: HTMLElement;
  readonly tool: Tool;
  readonly onChange: (state: ViewerState) => void;
  /** A fetch was refused with this status: the link may have been taken back, or (404) the picture is gone. */
  readonly onRefused: (status: number) => void;
  /** Actions that are not the viewer's own: help. */
  readonly onAction?: (action: Action) => void;
  readonly budget: number;
};

const zoomStep = 1.25;
/** Frames a second that a cine can be played at. */
const rates = [1, 2, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60] as const;

export class Viewer {
  readonly #options: ViewerOptions;
  readonly #stack: Stack;
  readonly #viewport: Viewport;
  readonly #pointers: Pointers;
  readonly #cine: Cine;
  readonly #listening = new AbortController();
  readonly #marks = new Marks();
  readonly #measuring: Measuring;
  #tool: Tool;
  /** The tool before measuring, to go back to. */
  #toolBefore: Tool;
  #kind: MeasurementKind | null = null;
  #rate: number | null = null;
  #dragStart: Window | null = null;
  #space: "up" | "held" | "used" = "up";
  #telling: number | undefined;

  constructor(options: ViewerOptions) {
    const { host, tool, onRefused, budget } = options;
    this.#options = options;
    this.#tool = tool;
    this.#toolBefore = tool;
    this.#stack = new Stack({ onChange: () => this.#show(), onRefused, budget });
    this.#viewport = new Viewport({ host, onChange: () => this.#tell() });
    this.#measuring = new Measuring({
      marks: this.#marks,
      ground: () => this.#ground(),
      kind: () => this.#tool === "measure" ? this.#kind : null,
      magnify: (at) => this.#viewport.magnify(at, true),
      onChange: () => this.#tell(),
      size: () => ({ width: host.clientWidth, height: host.clientHeight }),
    });
    this.#pointers = new Pointers(host, this.#hands());
    this.#cine = new Cine({
      frameTime: () => 1000 / this.#framesASecond,
      count: () => this.#stack.slots.length,
      index: () => this.#stack.index,
      isReady: (index) => this.#stack.isReady(index),
      go: (index) => this.#stack.go(index),
    });
    this.#listen();
  }

  get state(): ViewerState {
    const { slot, holding, isWaiting, index, slots } = this.#stack;
    return {
      stage: stageOf(slot, holding),
      reason: holding?.fault?.message ?? slot?.reason ?? null,
      interrupted: isWaiting,
      index,
      count: slots.length,
      zoom: this.#viewport.zoom,
      fitted: this.#viewport.isFitted,
      window: this.#viewport.window,
      inverted: this.#viewport.isInverted,
      pose: this.#viewport.pose,
      presets: this.#presets,
      tool: this.#tool,
      measuring: this.#tool === "measure" ? this.#kind : null,
      playing: this.#cine.isPlaying,
      rate: this.#framesASecond,
      slot: slot ?? null,
      toHost: this.#viewport.toHost,
      magnifier: this.#viewport.magnifier,
      measured: this.#measuring.measured(slot),
    };
  }

  /** What is measured, and the way to put saved measurements in. */
  get marks(): Marks {
    return this.#marks;
  }

  /** The part of the picture that is seen, for a viewer beside this one. */
  get relative(): Relative | null {
    return this.#viewport.relative;
  }

  /** Shows what a viewer beside this one shows: the part of the picture, and the window where one is given. */
  follow(relative: Relative | null, window: Window | null): void {
    if (relative) this.#viewport.follow(relative);
    if (window) this.#viewport.setWindow(window);
    this.#tell();
  }

  /** Sets the window, or with null what the file says. */
  setWindow(window: Window | null): void {
    this.#viewport.setWindow(window);
    this.#tell();
  }

  /** Changes the measurements, and tells. */
  change(by: (marks: Marks) => void): void {
    by(this.#marks);
    this.#tell();
  }

  /** The picture as it is drawn, without what stands over it. */
  toBlob(type: string, quality: number): Promise<Blob> {
    return this.#viewport.toBlob(type, quality);
  }

  /** Opens a series at a frame, as the file says it should look. */
  open(slots: readonly Slot[], index = 0): void {
    this.#cine.pause();
    this.#stack.play(false);
    this.#viewport.forget();
    this.#stack.open(slots, index);
  }

  /** Takes a newer state of the open series; what the reader turned stays. */
  update(slots: readonly Slot[]): void {
    this.#stack.open(slots, this.#stack.index);
  }

  go(index: number): void {
    this.#pause();
    this.#stack.go(index);
  }

  /** Tries at once what failed for want of a connection. */
  retry(): void {
    this.#stack.retry();
  }

  /** Does what a key or a button says. */
  act(action: Action): void {
    const viewport = this.#viewport;
    const { index, slots } = this.#stack;
    const does: Record<Action, () => void> = {
      next: () => this.go(index + 1),
      previous: () => this.go(index - 1),
      first: () => this.go(0),
      last: () => this.go(slots.length - 1),
      zoomIn: () => viewport.zoomBy(zoomStep),
      zoomOut: () => viewport.zoomBy(1 / zoomStep),
      fit: () => viewport.fit(),
      actual: () => viewport.zoomTo(1),
      turnLeft: () => viewport.turn(-1),
      turnRight: () => viewport.turn(1),
      flipHorizontal: () => viewport.flip("horizontal"),
      flipVertical: () => viewport.flip("vertical"),
      invert: () => viewport.setInvert(!viewport.isInverted),
      preset: () => this.#nextPreset(),
      reset: () => this.#reset(),
      tool: () => this.setTool(this.#tool === "window" ? "move" : "window"),
      move: () => this.setTool("move"),
      magnify: () => this.setTool(this.#tool === "magnify" ? this.#toolBefore : "magnify"),
      play: () => this.#cine.isPlaying ? this.#pause() : this.#play(),
      faster: () => this.#setRate(rates.find((rate) => rate > this.#framesASecond)),
      slower: () => this.#setRate(rates.findLast((rate) => rate < this.#framesASecond)),
      undo: () => this.#marks.undo(),
      redo: () => this.#marks.redo(),
      removeMark: () => this.#marks.removeChosen(),
      finishMark: () => this.#measuring.finish(),
      leaveTool: () => this.#leaveTool(),
      length: () => this.measure("length"),
      angle: () => this.measure("angle"),
      cobbAngle: () => this.measure("cobbAngle"),
      area: () => this.measure("area"),
      vertebralHeartScore: () => this.measure("vertebralHeartScore"),
      norbergAngle: () => this.measure("norbergAngle"),
      tibialPlateauAngle: () => this.measure("tibialPlateauAngle"),
      arrow: () => this.measure("arrow"),
      calibration: () => this.measure("calibration"),
      compare: () => undefined,
      fullScreen: () => undefined,
      help: () => undefined,
    };
    does[action]();
    this.#options.onAction?.(action);
    this.#tell();
  }

  setTool(tool: Tool): void {
    if (tool !== "measure") this.#measuring.leave();
    if (this.#tool === "window" || this.#tool === "move") this.#toolBefore = this.#tool;
    this.#tool = tool;
    this.#tell();
  }

  /** Begins to measure; the same again ends it. */
  measure(kind: MeasurementKind): void {
    if (this.#tool === "measure" && this.#kind === kind) return this.#leaveTool();
    this.#measuring.leave();
    this.#kind = kind;
    this.setTool("measure");
  }

  close(): void {
    this.#listening.abort();
    this.#cine.pause();
    if (this.#telling !== undefined) cancelAnimationFrame(this.#telling);
    this.#pointers.close();
    this.#stack.close();
    this.#viewport.close();
  }

  #listen(): void {
    const { signal } = this.#listening;
    const { host } = this.#options;
    host.addEventListener("blur", () => {
      this.#space = "up";
    }, { signal });
    addEventListener("online", () => this.retry(), { signal });
  }

  /**
   * Takes a key press; whoever mounts the viewer decides which ones reach it. Space alone plays when it is let
   * go; held, it lets the first button pan.
   */
  keyDown(event: KeyboardEvent): void {
    if (this.#measuring.key(event)) return event.preventDefault();
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    if (action === "play") {
      if (this.#space === "up") this.#space = "held";
      return;
    }
    this.act(action);
  }

  keyUp(event: KeyboardEvent): void {
    if (event.key !== " ") return;
    const alone = this.#space === "held";
    this.#space = "up";
    if (alone) this.act("play");
  }

  #hands() {
    const viewport = () => this.#viewport;
    return {
      measure: this.#measuring,
      magnify: (at: Point | null, pointerType: string) =>
        this.#then(() => viewport().magnify(at, pointerType === "touch")),
      press: (at: Point, pointerType: string) => ({
        onMark: this.#measuring.isOnMark(at, pointerType),
        tool: this.#tool,
        spaceHeld: this.#space !== "up",
        overflowing: viewport().isOverflowing,
        many: this.#stack.slots.length > 1,
      }),
      beginWindow: () => {
        this.#dragStart = viewport().window;
      },
      dragWindow: (by: { x: number; y: number }) => this.#dragWindow(by),
      panBy: (by: { x: number; y: number }) => this.#then(() => viewport().panBy(by)),
      zoomBy: (factor: number, at: { x: number; y: number }) =>
        this.#then(() => viewport().zoomBy(factor, at)),
      step: (frames: number) => this.go(this.#stack.index + frames),
      frames: () => this.#stack.slots.length,
      toggleZoom: (at: { x: number; y: number }) =>
        this.#then(() =>
          viewport().isOverflowing ? viewport().fit() : viewport().zoomTo(closer(viewport().zoom), at)
        ),
      dragged: () => {
        if (this.#space === "held") this.#space = "used";
      },
    };
  }

  #dragWindow(by: { x: number; y: number }): void {
    const pixels = this.#stack.slot?.frame?.pixels;
    if (!pixels || !this.#dragStart) return;
    const dark = isDarkForHigh(pixels, this.#viewport.isInverted);
    this.#viewport.setWindow(draggedWindow(this.#dragStart, by, dark));
    this.#tell();
  }

  #then(change: () => void): void {
    change();
    this.#tell();
  }

  #reset(): void {
    this.#viewport.setWindow(null);
    this.#viewport.setInvert(false);
    this.#viewport.straighten();
  }

  get #framesASecond(): number {
    return this.#rate ?? 1000 / (this.#stack.slot?.frame?.pixels.frameTime ?? usualFrameTime);
  }

  #setRate(rate: number | undefined): void {
    if (rate !== undefined) this.#rate = rate;
  }

  get #presets(): readonly Preset[] {
    const { slot } = this.#stack;
    return slot?.frame ? presetsOf(slot.frame.pixels, slot.modality) : [];
  }

  #nextPreset(): void {
    const presets = this.#presets;
    const { window } = this.#viewport;
    const at = presets.findIndex((preset) => window && sameWindow(preset.window, window));
    const next = presets[(at + 1) % presets.length];
    if (next) this.#viewport.setWindow(next.window);
  }

  #ground() {
    const { slot } = this.#stack;
    const { toHost } = this.#viewport;
    return slot?.frame && toHost ? { slot: slot.key, scale: scaleOn(slot, this.#marks.list), toHost } : null;
  }

  /** First what is being drawn goes, then the tool. */
  #leaveTool(): void {
    if (this.#marks.draft) this.#marks.drop();
    else if (this.#tool === "measure" || this.#tool === "magnify") this.setTool(this.#toolBefore);
    else this.#marks.select(null);
  }

  #play(): void {
    this.#cine.play();
    this.#stack.play(this.#cine.isPlaying);
  }

  #pause(): void {
    this.#cine.pause();
    this.#stack.play(false);
  }

  #show(): void {
    const { slot, holding } = this.#stack;
    const frame = slot?.frame;
    this.#viewport.show(
      frame
        ? {
          pixels: frame.pixels,
          preview: holding?.fault ? null : holding?.preview ?? null,
          resolutions: holding?.fault ? [] : holding?.resolutions ?? [],
          turning: slot.turning,
          hung: hungAs(slot),
        }
        : null,
    );
    this.#tell();
  }

  /** Tells at most once a screen refresh, after the drawing. */
  #tell(): void {
    this.#telling ??= requestAnimationFrame(() => {
      this.#telling = undefined;
      this.#options.onChange(this.state);
    });
  }
}

/** From the whole picture a double tap goes to 1:1, or to twice its size where that is nearer. */
function closer(zoom: number): number {
  return zoom < 0.8 ? 1 : Math.ceil(zoom * 2);
}
