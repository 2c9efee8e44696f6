// Processes by number: whether one still runs, whether it is the same one, and how it is ended with all it started.
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** A process told apart from a later one with the same number. `started` is empty where the system shows no start time. */
export type ProcessId = { readonly pid: number; readonly started: string };

/** Boot and start time of a process on Linux (proc(5), stat field 22), `ended` for a zombie, empty elsewhere. */
export async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "ended" : `${boot.trim()}/${fields[19]}`;
  } catch (fault) {
    if (faultCode(fault) === "ENOENT" || faultCode(fault) === "ESRCH") return "";
    throw fault;
  }
}

/** Whether a process with this number runs; one that ended and is not yet collected does not. */
export async function isRunning(pid: number): Promise<boolean> {
  return trySignal(pid, 0) && await startOf(pid) !== "ended";
}

/** Whether the very process that was noted still runs. */
export async function isSameProcess({ pid, started }: ProcessId): Promise<boolean> {
  return await isRunning(pid) && await startOf(pid) === started;
}

/** Sends a signal (0 asks only); negative numbers name a group. Answers false when there is no such process. */
export function trySignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (fault) {
    if (faultCode(fault) === "ESRCH") return false;
    if (faultCode(fault) === "EPERM") return true;
    throw fault;
  }
}

/**
 * Asks a process group's leader to end, waits at most `within` milliseconds, then kills the whole group: what a part
 * left behind must not outlive it.
 */
export async function endGroup(pid: number, within: number): Promise<void> {
  trySignal(pid, "SIGTERM");
  const deadline = Date.now() + within;
  while (Date.now() < deadline && await isRunning(pid)) await pause(25);
  trySignal(-pid, "SIGKILL");
}

/** The system's error code, e.g. `ENOENT`. */
export function faultCode(fault: unknown): string | undefined {
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : undefined;
}
