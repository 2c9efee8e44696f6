// What processes have used, children included, from /proc (Linux).
import { readdir, readFile, writeFile } from "node:fs/promises";

const ticksASecond = 100;

/** Processes begun by this one and still there. */
export async function ownChildren(): Promise<number[]> {
  return await childrenOf(process.pid);
}

/** Processor seconds of processes and all that came of them so far, those that have ended and were waited for too. */
export async function cpuSeconds(roots: readonly number[]): Promise<number> {
  const each = await Promise.all((await treeOf(roots)).map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // after the name in brackets: utime, stime, cutime and cstime are fields 14 to 17 (proc(5))
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15);
    return fields.reduce((sum, field) => sum + Number(field), 0) / ticksASecond;
  }));
  return each.reduce((sum, one) => sum + one, 0);
}

/** Peaks of resident memory, summed, in MiB. */
export async function peakMiB(roots: readonly number[]): Promise<number> {
  return Math.round(await memoryMiB(roots, "VmHWM"));
}

/** Resident memory at this moment, summed, in MiB. */
export async function residentMiB(roots: readonly number[]): Promise<number> {
  return await memoryMiB(roots, "VmRSS");
}

/** Lets the peaks begin anew at what is resident now (proc(5), clear_refs). */
export async function forgetPeaks(roots: readonly number[]): Promise<void> {
  await Promise.all((await treeOf(roots)).map((pid) => writeFile(`/proc/${pid}/clear_refs`, "5")));
}

/** Does something; with its result, by how much resident memory rose at most meanwhile, summed, in MiB. */
export async function withGrowth<Result>(
  roots: readonly number[],
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly growthMiB: number }> {
  const before = await residentMiB(roots);
  await forgetPeaks(roots);
  const result = await work();
  return { result, growthMiB: Math.max(0, await memoryMiB(roots, "VmHWM") - before) };
}

async function memoryMiB(roots: readonly number[], field: "VmHWM" | "VmRSS"): Promise<number> {
  const each = await Promise.all((await treeOf(roots)).map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, "latin1");
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  }));
  return each.reduce((sum, one) => sum + one, 0);
}

async function treeOf(roots: readonly number[]): Promise<number[]> {
  const below = await Promise.all(roots.map(async (pid) => await treeOf(await childrenOf(pid))));
  return [...roots, ...below.flat()];
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, "latin1")),
  );
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}
