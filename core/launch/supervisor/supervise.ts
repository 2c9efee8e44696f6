// Starts the parts of the platform one after another, each when the one before is ready, and ends them together:
// the first that ends early ends all, with its reason. It knows nothing of what the parts are; parts.ts does.
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Child, Command, Ending } from "./child.ts";
import { endingWords, startChild } from "./child.ts";
import { lockToken } from "./lock.ts";
import { trySignal } from "./processes.ts";

/** The port of each service that has told it. */
export type Ports = ReadonlyMap<string, number>;

/** A process that stays: ready when it told the ports of `listens` and `ready` (an address) answers 200. */
export type Part = {
  readonly kind: "part";
  readonly name: string;
  readonly listens: readonly string[];
  readonly command: (ports: Ports) => Command;
  readonly ready?: (ports: Ports) => string;
  /** Milliseconds from start to ready, and from SIGTERM to SIGKILL. */
  readonly within: number;
  readonly stopWithin: number;
};

/** A process that does its work and ends with 0, within so many milliseconds, before the next step begins. */
export type Task = {
  readonly kind: "task";
  readonly name: string;
  readonly command: (ports: Ports) => Command;
  readonly within: number;
};

export type Step = Part | Task;

/** Thrown when a step did not come up; all that was started is ended by then. */
export class StartFailed extends Error {
  override readonly name = "StartFailed";
}

/** All parts, running. */
export type Stack = {
  readonly ports: Ports;
  /** The first part that ended by itself. Pending as long as all run, and for ever once `stop` was called. */
  readonly ended: Promise<Ending>;
  /** Ends all in reverse order. Calling it again kills at once. */
  stop(): Promise<void>;
};

export type Supervision = {
  /** A Node that runs the guard. */
  readonly node: string;
  /** The locked data folder; the guard frees it when the supervisor is killed. */
  readonly folder: string;
  /** Gets the output of all parts, line by line. */
  readonly write: (line: string) => void;
  /** Told the guard's process number, to share the lock with it. */
  readonly onGuard?: (pid: number) => Promise<void>;
  /** Aborting ends what was started so far. */
  readonly signal?: AbortSignal;
};

/** Runs the steps in order. @throws StartFailed with the reason, when everything started has been ended. */
export async function supervise(steps: readonly Step[], supervision: Supervision): Promise<Stack> {
  const ports = new Map<string, number>();
  const running: { child: Child; stopWithin: number }[] = [];
  const firstEnding = Promise.withResolvers<Ending>();
  let stopping: Promise<void> | undefined;
  let hurry = false;
  const guard = await startGuard(supervision, (ending) => {
    if (!stopping) firstEnding.resolve(ending);
  });

  const endAll = async () => {
    for (const { child, stopWithin } of running.toReversed()) await child.stop(hurry ? 0 : stopWithin);
    await guard.finish();
  };
  const stop = () => {
    if (stopping) {
      hurry = true;
      running.forEach(({ child }) => trySignal(-child.pid, "SIGKILL"));
    }
    stopping ??= endAll();
    return stopping;
  };
  const begin = async (step: Step) => {
    const child = await startChild(step.name, step.command(ports), supervision.write);
    const stopWithin = step.kind === "part" ? step.stopWithin : 1000;
    running.push({ child, stopWithin });
    guard.tell({ part: step.name, pid: child.pid, stopWithin });
    return child;
  };
  const runPart = async (part: Part, end: AbortSignal) => {
    const child = await begin(part);
    child.ended.then((ending) => {
      if (!stopping) firstEnding.resolve(ending);
    });
    for (const [service, port] of await child.listening(part.listens)) ports.set(service, port);
    if (part.ready) await answers(part.ready(ports), end);
  };
  const runTask = async (task: Task) => {
    const child = await begin(task);
    const ending = await child.ended;
    running.splice(running.findIndex((started) => started.child === child), 1);
    guard.tell({ ended: child.pid });
    if (ending.code !== 0) throw new StartFailed(`${endingWords(ending)}.`);
  };

  try {
    for (const step of steps) {
      const over = new AbortController();
      const work = step.kind === "part" ? runPart(step, over.signal) : runTask(step);
      // After a deadline or an ending elsewhere nobody waits for the step any more; its own fault is of no interest.
      work.catch(() => undefined);
      await Promise.race([
        work,
        deadline(step, over.signal),
        firstEnding.promise.then((ending) => {
          throw new StartFailed(`${endingWords(ending)} before all was ready.`);
        }),
        aborted(supervision.signal, over.signal),
      ]).finally(() => over.abort());
    }
  } catch (fault) {
    await stop();
    throw fault;
  }
  return { ports, ended: firstEnding.promise, stop };
}

async function deadline(step: Step, over: AbortSignal): Promise<void> {
  const late = await pause(step.within, true, { signal: over }).catch(() => false);
  if (late) throw new StartFailed(`${step.name} was not ready within ${step.within / 1000} s.`);
}

function aborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    const fail = () => reject(new StartFailed("The start was stopped."));
    if (signal?.aborted) fail();
    signal?.addEventListener("abort", fail, { once: true, signal: over });
  });
}

/** Asks until the address answers 200. Refused connections and other answers are asked again. */
async function answers(address: string, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    const answer = await fetch(address, { signal: AbortSignal.any([end, AbortSignal.timeout(2000)]) })
      .catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await pause(100);
  }
}

type Guard = { tell(line: Record<string, string | number | boolean>): void; finish(): Promise<void> };

async function startGuard(supervision: Supervision, onEnd: (ending: Ending) => void): Promise<Guard> {
  const script = fileURLToPath(new URL("./guard.ts", import.meta.url));
  const token = await lockToken(supervision.folder) ?? "";
  const child = spawn(supervision.node, [script, supervision.folder, token], {
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
    env: { PATH: process.env.PATH },
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", (code, signal) => {
      onEnd({ name: "the guard", code, signal });
      resolve();
    });
  });
  // A guard that died is told of by its ending; what was still being written to it is of no use then.
  child.stdin.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", () => resolve());
    child.once("error", reject);
  });
  if (child.pid !== undefined) await supervision.onGuard?.(child.pid);
  const tell = (line: Record<string, string | number | boolean>) => {
    child.stdin.write(JSON.stringify(line) + "\n");
  };
  return {
    tell,
    finish: async () => {
      tell({ done: true });
      child.stdin.end();
      await ended;
    },
  };
}
