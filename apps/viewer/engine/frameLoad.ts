// Loads one frame: its preview, then its codestream, decoded each time another resolution is complete. One
// request runs from what is held to the end that is wanted; what came before an abort is kept for the next try.
import type { Decoder } from "./decode/decoder.ts";
import { isAbort, Refused, Undecodable } from "./faults.ts";
import { fetchAnswer, fetchRange } from "./fetchBytes.ts";
import { type Refinement, refinements, stepFor } from "./plan.ts";
import type { Level, Samples } from "./samples.ts";
import type { ReadyFrame } from "./slots.ts";

/** What is held of a frame. */
export type Holding = {
  readonly frame: ReadyFrame;
  readonly steps: readonly Refinement[];
  preview: Samples | null;
  resolutions: readonly Samples[];
  codestream: Uint8Array | null;
  held: number;
  fault: Undecodable | null;
};

/** Nothing held yet. */
export function emptyHolding(frame: ReadyFrame): Holding {
  const steps = refinements(frame.range);
  return { frame, steps, preview: null, resolutions: [], codestream: null, held: 0, fault: null };
}

/** The finest level that is decoded, or undefined. */
export function finest(holding: Holding): Level | undefined {
  const levels = holding.resolutions.map((samples) => samples.level);
  return levels.length === 0 ? undefined : Math.min(...levels);
}

/** Whether nothing finer than `level` is needed: it is here, or it will never be. */
export function isSettled(holding: Holding, level: Level): boolean {
  const best = finest(holding);
  return holding.fault !== null || (best !== undefined && best <= level);
}

/** Memory a holding takes, in bytes. */
export function bytesOf(holding: Holding): number {
  const pictures = [...holding.resolutions, ...(holding.preview ? [holding.preview] : [])];
  const decoded = pictures.reduce((sum, samples) => sum + samples.data.byteLength, 0);
  return decoded + (holding.codestream?.byteLength ?? 0);
}

export type LoadOptions = {
  readonly holding: Holding;
  readonly decoder: Decoder;
  /** The coarsest level that will do; 0 is every pixel. */
  readonly through: Level;
  /** The frame is on the screen: preview first, decoding before all others. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
};

/** Loads through the level asked for. Throws Refused, Unreachable or AbortError; Undecodable is kept in the holding. */
export async function loadFrame(options: LoadOptions): Promise<void> {
  const { holding, through, signal } = options;
  const last = stepFor(holding.steps, through);
  if (!last || isSettled(holding, last.level)) return;
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort(), { signal: stop.signal });
  if (signal.aborted) stop.abort();
  const arrival = new Arrival(holding);
  const fetching = fetchThrough(holding, last.end, stop.signal, arrival);
  fetching.catch((fault: unknown) => arrival.fail(fault));
  try {
    const preview = showPreview(options);
    await decodeAsTheyCome({ ...options, signal: stop.signal }, arrival, last, preview);
  } finally {
    stop.abort();
  }
}

async function showPreview({ holding, urgent, signal, onChange }: LoadOptions): Promise<void> {
  const url = holding.frame.previewUrl;
  if (!urgent || !url || holding.preview || holding.resolutions.length > 0) return;
  try {
    const answer = await fetchAnswer(url, { signal, priority: "high" });
    holding.preview = await previewSamples(await answer.blob(), holding.frame);
    onChange();
  } catch (fault) {
    // A picture without its preview is only slower; a refusal or an abort ends the whole load.
    if (fault instanceof Refused || isAbort(fault)) throw fault;
  }
}

async function previewSamples(blob: Blob, { pixels }: ReadyFrame): Promise<Samples> {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  if (!context) throw new Error("no canvas for the preview");
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  const level = Math.max(0, Math.log2(pixels.columns / width));
  return { level, columns: width, rows: height, channels: 4, data: new Uint8Array(data.buffer) };
}

async function fetchThrough(
  holding: Holding,
  end: number,
  signal: AbortSignal,
  arrival: Arrival,
): Promise<void> {
  const { range, pictureUrl } = holding.frame;
  holding.codestream ??= new Uint8Array(range.length);
  if (holding.held >= end) return;
  const { codestream: into, held: from } = holding;
  const onHeld = (held: number) => {
    holding.held = held;
    arrival.tell();
  };
  await fetchRange({ url: pictureUrl, frame: range, into, from, end, signal, onHeld });
}

async function decodeAsTheyCome(
  { holding, decoder, urgent, signal, onChange }: LoadOptions,
  arrival: Arrival,
  last: Refinement,
  preview: Promise<void>,
): Promise<void> {
  const { pixels } = holding.frame;
  for (const { level, end } of holding.steps) {
    if (level < last.level || isSettled(holding, level)) continue;
    await Promise.all([arrival.reached(end), preview]);
    if (!holding.codestream) return;
    const codestream = holding.codestream.subarray(0, end);
    try {
      const samples = await decoder.decode({ codestream, level, expected: pixels, urgent, signal });
      holding.resolutions = [samples, ...holding.resolutions];
    } catch (fault) {
      if (!(fault instanceof Undecodable)) throw fault;
      holding.fault = fault;
    }
    if (level === 0 || holding.fault) holding.codestream = null;
    onChange();
    if (holding.fault) return;
  }
}

/** Wakes who waits for bytes. */
class Arrival {
  readonly #holding: Holding;
  #waiting: { end: number; settle: () => void; fail: (fault: unknown) => void }[] = [];
  #fault: { readonly fault: unknown } | null = null;

  constructor(holding: Holding) {
    this.#holding = holding;
  }

  reached(end: number): Promise<void> {
    return new Promise((settle, fail) => {
      if (this.#holding.held >= end) return settle();
      if (this.#fault) return fail(this.#fault.fault);
      this.#waiting.push({ end, settle, fail });
    });
  }

  tell(): void {
    const due = this.#waiting.filter((waiter) => waiter.end <= this.#holding.held);
    this.#waiting = this.#waiting.filter((waiter) => !due.includes(waiter));
    for (const waiter of due) waiter.settle();
  }

  fail(fault: unknown): void {
    this.#fault = { fault };
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter.fail(fault);
  }
}
