// One child process: its own session, so that Ctrl-C reaches the supervisor alone and ends all in order; its output
// passed through; and the lines `{"event":"listening","service":…,"port":…}` by which it says where it listens.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { endGroup, trySignal } from "./processes.ts";

/** What is run. `env` is the whole environment. */
export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder?: string;
};

/** How a process came to its end. */
export type Ending = { readonly name: string; readonly code: number | null; readonly signal: string | null };

/** A started process. */
export type Child = {
  readonly name: string;
  readonly pid: number;
  readonly ended: Promise<Ending>;
  /** Waits until it has told the port of each service. */
  listening(services: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Ends it, killing it and all it started after `within` milliseconds. */
  stop(within: number): Promise<void>;
};

const Listening = z.object({
  event: z.literal("listening"),
  service: z.string(),
  port: z.int().min(1).max(65535),
});

/** Starts a process. `write` gets its standard output line by line. @throws when the program can't be run at all. */
export async function startChild(
  name: string,
  command: Command,
  write: (line: string) => void,
): Promise<Child> {
  const child = spawn(command.program, [...command.args], {
    cwd: command.folder,
    env: { ...command.env },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ended = new Promise<Ending>((resolve) => {
    child.once("close", (code, signal) => resolve({ name, code, signal }));
  });
  const pid = await startedPid(name, child);

  const ports = new Map<string, number>();
  const waiting = new Set<() => void>();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    write(line);
    const told = listeningIn(line);
    if (!told) return;
    ports.set(told.service, told.port);
    waiting.forEach((look) => look());
  });

  return {
    name,
    pid,
    ended,
    listening: (services) =>
      new Promise((resolve) => {
        const look = () => {
          if (!services.every((service) => ports.has(service))) return;
          waiting.delete(look);
          resolve(ports);
        };
        waiting.add(look);
        look();
      }),
    stop: async (within) => {
      if (child.exitCode === null && child.signalCode === null) await endGroup(pid, within);
      else trySignal(-pid, "SIGKILL");
      await ended;
    },
  };
}

async function startedPid(name: string, child: ChildProcess): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", () => resolve());
    child.once("error", (fault) => reject(new Error(`${name} could not be started.`, { cause: fault })));
  });
  if (child.pid === undefined) throw new Error(`${name} could not be started.`);
  return child.pid;
}

function listeningIn(line: string): z.infer<typeof Listening> | undefined {
  if (!line.startsWith("{") || !line.includes('"listening"')) return undefined;
  try {
    return Listening.safeParse(JSON.parse(line)).data;
  } catch {
    // A line that only looks like JSON is a line like any other.
    return undefined;
  }
}

/** An ending in words. */
export function endingWords({ name, code, signal }: Ending): string {
  return signal ? `${name} was ended by ${signal}` : `${name} ended with exit code ${code}`;
}
