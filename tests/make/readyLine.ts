import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** The first log line with the event `ready` that a started process prints; rejects when it ends before that. */
export async function readyLine(child: ChildProcess, within = 60_000): Promise<Record<string, unknown>> {
  const output = child.stdout;
  if (!output) throw new Error("the process must be started with a pipe for stdout");
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const timer = setTimeout(() => reject(new Error("the process was not ready in time")), within);
  child.once("exit", (code) => reject(new Error(`the process ended with ${code} before it was ready`)));
  createInterface({ input: output }).on("line", (line) => {
    const said: Record<string, unknown> = line.startsWith("{") ? JSON.parse(line) : {};
    if (said.event === "ready") resolve(said);
  });
  return await promise.finally(() => clearTimeout(timer));
}
