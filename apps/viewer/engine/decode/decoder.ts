// The page's side of decoding: one worker, started at the first frame, one frame at a time, a deadline on each.
import { Undecodable, Unreachable } from "../faults.ts";
import type { Level, Samples } from "../samples.ts";
import type { DecodeAnswer, DecodeRequest, Expected } from "./messages.ts";

/** A frame that takes longer is given up and the worker started anew, in milliseconds. */
const deadline = 30_000;

type Job = {
  readonly request: DecodeRequest;
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  readonly settle: (samples: Samples) => void;
  readonly fail: (fault: unknown) => void;
};

export type Wanted = {
  /** The codestream's first bytes; they are copied. */
  readonly codestream: Uint8Array;
  readonly level: Level;
  readonly expected: Expected;
  /** Before all that is not: the frame that is on the screen. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
};

/** A queue before one worker. Throw it away with `close()`. */
export class Decoder {
  #worker: Worker | undefined;
  #waiting: Job[] = [];
  #running: Job | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  /** Decodes a prefix. Rejects with Undecodable, Unreachable (no decoder), or AbortError when the signal fired before it was begun. */
  decode({ codestream, level, expected, urgent, signal }: Wanted): Promise<Samples> {
    return new Promise((settle, fail) => {
      const request = { job: ++this.#last, level, expected, codestream };
      const job: Job = { request, urgent, signal, settle, fail };
      if (urgent) this.#waiting.unshift(job);
      else this.#waiting.push(job);
      this.#next();
    });
  }

  /** Ends the worker; what waits is given up. */
  close(): void {
    const left = [...this.#waiting, ...(this.#running ? [this.#running] : [])];
    this.#waiting = [];
    this.#stop();
    for (const job of left) job.fail(new DOMException("closed", "AbortError"));
  }

  #next(): void {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (!job) return;
    if (job.signal.aborted) {
      job.fail(new DOMException("given up", "AbortError"));
      return this.#next();
    }
    this.#running = job;
    const copy = job.request.codestream.slice();
    this.#timer = setTimeout(() => this.#giveUp(new Undecodable("it takes too long to decode")), deadline);
    this.#start().postMessage({ ...job.request, codestream: copy }, [copy.buffer]);
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", (event: MessageEvent<DecodeAnswer>) => this.#take(event.data));
    worker.addEventListener("error", () => this.#giveUp(new Unreachable("no decoder")));
    this.#worker = worker;
    return worker;
  }

  #take(answer: DecodeAnswer): void {
    const job = this.#running;
    if (!job || answer.job !== job.request.job) return;
    clearTimeout(this.#timer);
    this.#running = undefined;
    if ("samples" in answer) job.settle(answer.samples);
    else job.fail(answer.again ? new Unreachable(answer.fault) : new Undecodable(answer.fault));
    this.#next();
  }

  #giveUp(fault: Error): void {
    const job = this.#running;
    this.#stop();
    job?.fail(fault);
    this.#next();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#running = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
