// The frames of the open series and what is held of them. Decides what is loaded now: the frame on the screen to
// its last pixel, then its neighbours; loads that nobody waits for any more are given up.
import { Decoder } from "./decode/decoder.ts";
import { isAbort, Refused, Undecodable } from "./faults.ts";
import { bytesOf, emptyHolding, type Holding, isSettled, loadFrame } from "./frameLoad.ts";
import { neighbours } from "./neighbours.ts";
import type { Level } from "./samples.ts";
import type { Slot } from "./slots.ts";

export type StackOptions = {
  /** Something about the frame on the screen changed. */
  readonly onChange: () => void;
  /** A fetch was refused with this status. */
  readonly onRefused: (status: number) => void;
  /** Decoded pictures are let go beyond this many bytes, the farthest first. */
  readonly budget: number;
};

type Load = { readonly slot: Slot; readonly level: Level; readonly abort: AbortController };

/** Codestreams up to this size are fetched whole for neighbours; of larger ones the half. */
const smallCodestream = 1_500_000;
/** Neighbours loaded at a time. */
const besides = 2;
const firstPause = 1000;
const longestPause = 15_000;

export class Stack {
  readonly #options: StackOptions;
  readonly #decoder = new Decoder();
  readonly #holdings = new Map<string, Holding>();
  #slots: readonly Slot[] = [];
  #index = 0;
  #direction: 1 | -1 = 1;
  #playing = false;
  #loads: Load[] = [];
  #tries = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  get index(): number {
    return this.#index;
  }

  get slot(): Slot | undefined {
    return this.#slots[this.#index];
  }

  /** What is held of the frame on the screen. */
  get holding(): Holding | undefined {
    return this.#heldOf(this.#index);
  }

  /** Whether the last try to fetch the frame on the screen failed and another one waits. */
  get isWaiting(): boolean {
    return this.#pause !== undefined;
  }

  /** Opens a series, or takes its newer state; what is held of frames that stay is kept. */
  open(slots: readonly Slot[], index: number): void {
    for (const [key, holding] of this.#holdings) {
      if (!slots.some((slot) => slot.key === key && isSameFrame(slot, holding))) this.#holdings.delete(key);
    }
    this.#slots = slots;
    this.go(index);
  }

  /** Shows another frame. */
  go(index: number): void {
    const reached = Math.min(Math.max(index, 0), Math.max(this.#slots.length - 1, 0));
    if (reached !== this.#index) this.#direction = reached > this.#index ? 1 : -1;
    this.#index = reached;
    this.#again();
  }

  /** Frames ahead are fetched further while a cine plays. */
  play(playing: boolean): void {
    this.#playing = playing;
    this.#tend();
  }

  /** Whether frame `index` can be shown without waiting (or never will be). */
  isReady(index: number): boolean {
    const slot = this.#slots[index];
    if (!slot?.frame) return true;
    const holding = this.#heldOf(index);
    return holding !== undefined && (holding.fault !== null || holding.resolutions.length > 0);
  }

  /** Tries at once what failed for want of a connection. */
  retry(): void {
    if (this.isWaiting) this.#again();
  }

  close(): void {
    clearTimeout(this.#pause);
    this.#slots = [];
    for (const load of this.#loads) load.abort.abort();
    this.#loads = [];
    this.#holdings.clear();
    this.#decoder.close();
  }

  #heldOf(index: number): Holding | undefined {
    const slot = this.#slots[index];
    return slot && this.#holdings.get(slot.key);
  }

  #again(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#tries = 0;
    this.#tend();
    this.#options.onChange();
  }

  #isDone({ slot, level }: { slot: Slot; level: Level }): boolean {
    const holding = this.#holdings.get(slot.key);
    return !slot.frame || (holding !== undefined && isSettled(holding, level));
  }

  /** What should be loading, the most urgent first. */
  #wanted(): { slot: Slot; level: Level }[] {
    const current = this.slot;
    if (!current) return [];
    const now = { slot: current, level: 0 };
    if (!this.#isDone(now)) return [now];
    const around = neighbours(this.#index, this.#slots.length, this.#direction, this.#playing)
      .flatMap((index) => this.#slots[index] ?? [])
      .map((slot) => ({ slot, level: (slot.frame?.range.length ?? 0) > smallCodestream ? 1 : 0 }));
    return around.filter((load) => !this.#isDone(load)).slice(0, besides);
  }

  #tend(): void {
    if (this.#pause !== undefined) return;
    const wanted = this.#wanted();
    const isWanted = (load: Load) =>
      wanted.some((one) => one.slot.key === load.slot.key && one.level === load.level);
    for (const load of this.#loads) if (!isWanted(load)) load.abort.abort();
    this.#loads = this.#loads.filter(isWanted);
    for (const { slot, level } of wanted) {
      if (!this.#loads.some((load) => load.slot.key === slot.key)) this.#load(slot, level);
    }
  }

  #load(slot: Slot, level: Level): void {
    if (!slot.frame) return;
    const holding = this.#holdings.get(slot.key) ?? emptyHolding(slot.frame);
    this.#holdings.set(slot.key, holding);
    const load: Load = { slot, level, abort: new AbortController() };
    this.#loads.push(load);
    const urgent = slot === this.slot;
    const onChange = () => {
      this.#tries = 0;
      if (slot.key === this.slot?.key) this.#options.onChange();
    };
    const { signal } = load.abort;
    loadFrame({ holding, decoder: this.#decoder, through: level, urgent, signal, onChange })
      .then(() => this.#ended(load), (fault: unknown) => this.#failed(load, fault));
  }

  #ended(load: Load): void {
    this.#loads = this.#loads.filter((other) => other !== load);
    this.#letGo();
    if (!load.abort.signal.aborted) this.#tend();
  }

  #failed(load: Load, fault: unknown): void {
    this.#loads = this.#loads.filter((other) => other !== load);
    if (isAbort(fault) || load.abort.signal.aborted) return;
    if (fault instanceof Refused) return this.#refused(load.slot, fault.status);
    const pause = Math.min(firstPause * 2 ** this.#tries++, longestPause);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#tend();
      this.#options.onChange();
    }, pause);
    this.#options.onChange();
  }

  /** Nothing is tried again: the owner closes the viewer, or this one picture is gone. */
  #refused(slot: Slot, status: number): void {
    const holding = this.#holdings.get(slot.key);
    if (holding) holding.fault = new Undecodable("it is not here any more");
    this.#options.onRefused(status);
    this.#tend();
    this.#options.onChange();
  }

  /** Keeps memory within the budget: the frames farthest from the one on the screen go first. */
  #letGo(): void {
    const distance = new Map(this.#slots.map((slot, index) => [slot.key, Math.abs(index - this.#index)]));
    const byDistance = [...this.#holdings].sort(([one], [other]) =>
      (distance.get(other) ?? 0) - (distance.get(one) ?? 0)
    );
    let total = byDistance.reduce((sum, [, holding]) => sum + bytesOf(holding), 0);
    for (const [key, holding] of byDistance) {
      if (total <= this.#options.budget || (distance.get(key) ?? 0) <= 1) return;
      total -= bytesOf(holding);
      this.#holdings.delete(key);
    }
  }
}

/** Whether what is held is of the frame as it is described now: a picture made anew lies elsewhere. */
function isSameFrame({ frame }: Slot, holding: Holding): boolean {
  const { range, pictureUrl } = holding.frame;
  return frame !== null && frame.pictureUrl === pictureUrl && frame.range.offset === range.offset &&
    frame.range.length === range.length;
}
