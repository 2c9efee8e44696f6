// The viewer: a series in a viewport, moved by hands and keys. Framework-free; whoever mounts it listens to
// `onChange` and draws its buttons from `state`. It fetches nothing but what its slots name and remembers
// nothing outside itself.
import type { Window } from "#core/contract/pixels.ts";
import { Cine, usualFrameTime } from "./cine.ts";
import { finest, type Holding } from "./frameLoad.ts";
import type { Tool } from "./input/gestures.ts";
import { type Action, actionOf } from "./input/keys.ts";
import { Pointers } from "./input/pointers.ts";
import type { Slot } from "./slots.ts";
import { Stack } from "./stack.ts";
import { Viewport } from "./viewport.ts";
import { draggedWindow, isDarkForHigh } from "./windowing.ts";

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
  readonly tool: Tool;
  readonly playing: boolean;
};

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

export class Viewer {
  readonly #options: ViewerOptions;
  readonly #stack: Stack;
  readonly #viewport: Viewport;
  readonly #pointers: Pointers;
  readonly #cine: Cine;
  readonly #listening = new AbortController();
  #tool: Tool;
  #dragStart: Window | null = null;
  #space: "up" | "held" | "used" = "up";
  #telling: number | undefined;

  constructor(options: ViewerOptions) {
    const { host, tool, onRefused, budget } = options;
    this.#options = options;
    this.#tool = tool;
    this.#stack = new Stack({ onChange: () => this.#show(), onRefused, budget });
    this.#viewport = new Viewport({ host, onChange: () => this.#tell() });
    this.#pointers = new Pointers(host, this.#hands());
    this.#cine = new Cine({
      frameTime: () => this.#stack.slot?.frame?.pixels.frameTime ?? usualFrameTime,
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
      tool: this.#tool,
      playing: this.#cine.isPlaying,
    };
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
      invert: () => viewport.setInvert(!viewport.isInverted),
      reset: () => this.#reset(),
      tool: () => this.setTool(this.#tool === "window" ? "move" : "window"),
      play: () => this.#cine.isPlaying ? this.#pause() : this.#play(),
      help: () => undefined,
    };
    does[action]();
    this.#options.onAction?.(action);
    this.#tell();
  }

  setTool(tool: Tool): void {
    this.#tool = tool;
    this.#tell();
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
      press: () => ({
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
    this.#viewport.fit();
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

function stageOf(slot: Slot | undefined, holding: Holding | undefined): Stage {
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
