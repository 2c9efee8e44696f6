// The whole house as `deno task start` runs it, on a folder and ports of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Demo, readDemo } from "#db/seed/demoFile.ts";
import { denoPath } from "./deno.ts";
import { freePorts } from "./ports.ts";

export type Platform = {
  readonly demo: Demo;
  readonly folder: string;
  /** Seconds from the command to `ready`. */
  readonly startSeconds: number;
  /** Everything the parts have written so far. */
  output(): string;
  /** The id of a part's process, e.g. `core`. */
  processOf(part: string): Promise<number>;
  stop(): Promise<void>;
};

/** Starts the platform and waits for `ready`. @throws with the output's end when it ends or takes over two minutes. */
export async function startPlatform(options: { folder?: string; environment?: Record<string, string> } = {}) {
  const folder = options.folder ?? await mkdtemp(join(tmpdir(), "vetware-platform-"));
  const environment = { ...(await portSettings()), ...options.environment };
  const started = performance.now();
  const child = spawn(denoPath(), ["run", "-A", "core/launch/start.ts"], {
    cwd: resolve("."),
    env: { ...process.env, VETWARE_DATA: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard = listen(child);
  await waitForReady(child, heard);
  const startSeconds = (performance.now() - started) / 1000;
  const demo = await readDemo(join(folder, "demo.json"));
  if (!demo) throw new Error("the platform is ready, but wrote no demo.json");
  const stop = async () => {
    await end(child);
    if (!options.folder) await rm(folder, { recursive: true, force: true });
  };
  const platform: Platform = {
    demo,
    folder,
    startSeconds,
    output: () => heard.text,
    processOf: (part) => childNamed(child, part),
    stop,
  };
  return platform;
}

async function portSettings(): Promise<Record<string, string>> {
  const names = ["EDGE_PORT", "CORE_PORT", "DATABASE_PORT", "DICOM_PORT", "DICOM_TLS_PORT"];
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, at) => [name, String(ports[at])]));
}

function listen(child: ChildProcess): { text: string } {
  const heard = { text: "" };
  const hear = (chunk: Buffer) => {
    heard.text += chunk.toString();
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  return heard;
}

async function waitForReady(child: ChildProcess, heard: { text: string }): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!/^ready\b/m.test(heard.text)) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      await end(child);
      throw new Error(`the platform did not become ready:\n${heard.text.slice(-4000)}`);
    }
    await pause(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((exit) => child.once("exit", exit));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await exited;
  clearTimeout(late);
}

/** Finds a part among the supervisor's children by the script it runs. */
async function childNamed(supervisor: ChildProcess, part: string): Promise<number> {
  const children = await readFile(`/proc/${supervisor.pid}/task/${supervisor.pid}/children`, "utf8");
  for (const id of children.trim().split(/\s+/)) {
    const command = await readFile(`/proc/${id}/cmdline`, "utf8");
    if (command.includes(`${part}/main.ts`)) return Number(id);
  }
  throw new Error(`the supervisor has no part ${part}`);
}
