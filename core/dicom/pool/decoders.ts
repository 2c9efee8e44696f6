// The pool of decoder processes. Child processes, not worker threads: wasm memory and native buffers stand
// outside a thread's limits, a thread inside native code cannot be ended, and a crash of a codec would take the
// core with it. A process past its deadline or its memory is killed; its file gets a reason, the next file a
// fresh process.
import { type ChildProcess, fork } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { DecoderAnswer, DecoderResult, DecoderWork } from "./decoderJob.ts";
import type { FramesFile, FramesWish } from "../render/frameFile.ts";
import type { Rendered, RenderWish } from "../render/render.ts";
import type { DerivedInstance } from "../derive/derive.ts";
import type { PixelDigest } from "../pixels/pixelDigest.ts";
import type { RecodedDataset } from "../recode/recode.ts";
import { type Undecodable, undecodable } from "../pixels/undecodable.ts";

export type DecoderLimits = {
  /** Processes at once; one core each. */
  readonly workers: number;
  /** Wall time of one job from its start, the process's own start included. */
  readonly deadlineMilliseconds: number;
  /** Resident memory of one process, watched on Linux; elsewhere only its JavaScript heap is bounded. */
  readonly memoryMegabytes: number;
};

/** A running pool. Jobs wait in order; a job never rejects because of what a file holds. */
export type Decoders = {
  /** See deriveInstance. Rejects with `DecoderFault` when the system fails (missing file, full disk, closed pool). */
  readonly derive: (path: string, folder: string) => Promise<DerivedInstance | Undecodable>;
  /** See pixelDigest. */
  readonly digest: (path: string) => Promise<PixelDigest | Undecodable>;
  /** See recodeFile. */
  readonly recode: (
    path: string,
    target: string,
    transferSyntaxUID: string,
  ) => Promise<RecodedDataset | Undecodable>;
  /** See writeFrames. */
  readonly frames: (path: string, target: string, wish: FramesWish) => Promise<FramesFile | Undecodable>;
  /** See renderFrame. */
  readonly render: (path: string, target: string, wish: RenderWish) => Promise<Rendered | Undecodable>;
  /** Jobs waiting and running. */
  readonly load: () => { readonly waiting: number; readonly running: number };
  /** Ends all processes; jobs not done reject. */
  readonly close: () => Promise<void>;
};

/** The system failed, not the file: the job may be tried again. */
export class DecoderFault extends Error {
  readonly code: string | null;
  constructor(message: string, code: string | null = null) {
    super(message);
    this.name = "DecoderFault";
    this.code = code;
  }
}

/** Memory grows over many jobs; a process is replaced after this many. */
const jobsPerProcess = 500;
const memoryCheckMilliseconds = 100;

type Result = DecoderResult | Undecodable;
type Waiting = { work: DecoderWork; resolve: (result: Result) => void; reject: (fault: Error) => void };
type Running = Waiting & { id: number; timers: NodeJS.Timeout[]; reason?: string };
type Worker = { child: ChildProcess; done: number; job?: Running };

/** Opens a pool; processes are started when work comes. */
export function openDecoders(limits: DecoderLimits): Decoders {
  const pool = new Pool(limits);
  return {
    derive: (path, folder) =>
      pool.submit({ kind: "derive", path, folder }) as Promise<DerivedInstance | Undecodable>,
    digest: (path) => pool.submit({ kind: "digest", path }) as Promise<PixelDigest | Undecodable>,
    recode: (path, target, transferSyntaxUID) =>
      pool.submit({ kind: "recode", path, target, transferSyntaxUID }) as Promise<
        RecodedDataset | Undecodable
      >,
    frames: (path, target, wish) =>
      pool.submit({ kind: "frames", path, target, wish }) as Promise<FramesFile | Undecodable>,
    render: (path, target, wish) =>
      pool.submit({ kind: "render", path, target, wish }) as Promise<Rendered | Undecodable>,
    load: () => pool.load(),
    close: () => pool.close(),
  };
}

class Pool {
  private readonly limits: DecoderLimits;
  private readonly workers = new Set<Worker>();
  private readonly queue: Waiting[] = [];
  private nextId = 1;
  private closed = false;

  constructor(limits: DecoderLimits) {
    this.limits = limits;
  }

  submit(work: DecoderWork): Promise<Result> {
    if (this.closed) return Promise.reject(new DecoderFault("the decoders are closed"));
    return new Promise((resolve, reject) => {
      this.queue.push({ work, resolve, reject });
      this.advance();
    });
  }

  load() {
    const running = [...this.workers].filter((worker) => worker.job).length;
    return { waiting: this.queue.length, running };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.queue.splice(0)) waiting.reject(new DecoderFault("the decoders are closed"));
    await Promise.all([...this.workers].map((worker) => end(worker.child)));
  }

  private advance(): void {
    while (this.queue.length > 0 && !this.closed) {
      const worker = [...this.workers].find((candidate) =>
        !candidate.job && candidate.done < jobsPerProcess
      ) ??
        (this.workers.size < this.limits.workers ? this.start() : undefined);
      const waiting = worker && this.queue.shift();
      if (!worker || !waiting) return;
      this.assign(worker, waiting);
    }
  }

  private start(): Worker {
    const child = fork(new URL("./decoderProcess.ts", import.meta.url), [], {
      // Neither the environment nor the inspector of this process goes along.
      env: {},
      // Codecs are compiled well at once: with the quick compiler first, a process decodes its first pictures several
      // times slower [JPEG-LS of 3.8 Mpx, first frame on a busy machine: 6.6 s against 1.9 s].
      execArgv: [`--max-old-space-size=${this.limits.memoryMegabytes}`, "--no-liftoff"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      serialization: "advanced",
    });
    const worker: Worker = { child, done: 0 };
    this.workers.add(worker);
    child.on("message", (answer) => this.answered(worker, answer as DecoderAnswer));
    child.on("error", () => this.ended(worker));
    child.on("exit", () => this.ended(worker));
    return worker;
  }

  private assign(worker: Worker, waiting: Waiting): void {
    const { deadlineMilliseconds, memoryMegabytes } = this.limits;
    const stop = (reason: string) => {
      if (worker.job) worker.job.reason = reason;
      worker.child.kill("SIGKILL");
    };
    const late = `decoding took longer than ${deadlineMilliseconds / 1000} s`;
    const timers = [
      setTimeout(() => stop(late), deadlineMilliseconds),
      setInterval(async () => {
        const resident = await residentMegabytes(worker.child.pid);
        if (resident > memoryMegabytes) stop(`decoding took more than ${memoryMegabytes} MB of memory`);
      }, memoryCheckMilliseconds),
    ];
    const job: Running = { ...waiting, id: this.nextId++, timers };
    worker.job = job;
    // A process that is already gone answers with its exit.
    worker.child.send({ ...waiting.work, id: job.id }, () => {});
  }

  private answered(worker: Worker, answer: DecoderAnswer): void {
    const job = this.release(worker, answer.id);
    if (!job) return;
    if ("result" in answer) job.resolve(answer.result);
    else job.reject(new DecoderFault(answer.fault.message, answer.fault.code));
    worker.done++;
    if (worker.done >= jobsPerProcess) worker.child.kill("SIGKILL");
    this.advance();
  }

  private ended(worker: Worker): void {
    if (!this.workers.delete(worker)) return;
    const job = this.release(worker);
    if (job && this.closed) job.reject(new DecoderFault("the decoders are closed"));
    else job?.resolve(undecodable(job.reason ?? "the decoder ended while it worked on this file"));
    this.advance();
  }

  private release(worker: Worker, id = worker.job?.id): Running | undefined {
    const { job } = worker;
    if (!job || job.id !== id) return undefined;
    for (const timer of job.timers) clearTimeout(timer);
    worker.job = undefined;
    return job;
  }
}

/** Second field of statm, in pages of 4 KiB; 0 where there is no such file or the process is gone. */
async function residentMegabytes(pid: number | undefined): Promise<number> {
  const statistics = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "0 0");
  return Number(statistics.split(" ")[1]) * 4096 / 1_000_000;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
