// The supervisor with stand-ins for the parts: order, readiness, one ends all, nothing is left behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { takeLock } from "#core/launch/supervisor/lock.ts";
import { isRunning } from "#core/launch/supervisor/processes.ts";
import type { Step } from "#core/launch/supervisor/supervise.ts";
import { supervise } from "#core/launch/supervisor/supervise.ts";
import { denoPath } from "#tests/make/deno.ts";
import type { PartOrders } from "#tests/make/launch/part.ts";
import { partStep, taskStep } from "#tests/make/launch/steps.ts";

let folder: string;
let diary: string;
const written: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vetware-launch-"));
  diary = join(folder, "diary");
  written.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const run = (steps: readonly Step[]) =>
  supervise(steps, { node: process.execPath, folder, write: (line) => written.push(line) });
const orders = (name: string, more: Partial<PartOrders> = {}): PartOrders => ({ name, diary, ...more });
const entries = async () => (await readFile(diary, "utf8")).trim().split("\n");
const happenings = async () => (await entries()).map((line) => line.replace(/ \d+$/, ""));
const pids = async () =>
  (await entries()).flatMap((line) => / (?:started|child) (\d+)$/.exec(line)?.[1] ?? []).map(Number);
const allEnded = async () => {
  for (const pid of await pids()) expect(await isRunning(pid), `process ${pid}`).toBe(false);
};

describe("supervise()", () => {
  it("starts each step when the one before is ready, and hands on the ports", async () => {
    let handed = 0;
    const core = partStep(orders("core", { services: ["core", "dicom"], unready: 2 }));
    const stack = await run([
      partStep(orders("database", { services: ["database"] })),
      taskStep(orders("migrate", { endAfter: 0 })),
      {
        ...core,
        command: (ports) => {
          handed = ports.get("database") ?? 0;
          return core.command(ports);
        },
      },
    ]);
    expect(handed).toBeGreaterThan(0);
    expect([...stack.ports.keys()].sort()).toEqual(["core", "database", "dicom"]);
    expect(await happenings()).toEqual([
      "database started",
      "migrate started",
      "migrate ends",
      "core started",
    ]);
    expect(written.some((line) => line.includes('"listening"'))).toBe(true);
    await stack.stop();
    expect((await happenings()).slice(4)).toEqual(["core asked to end", "database asked to end"]);
    await allEnded();
  });

  it("ends all and tells the reason when a part ends before all is ready", async () => {
    const starting = run([
      partStep(orders("database", { services: ["database"] })),
      partStep(orders("core", { services: ["core"], unready: 1_000_000, endAfter: 200, exitCode: 3 })),
      partStep(orders("edge", { services: ["edge"] })),
    ]);
    await expect(starting).rejects.toThrow("core ended with exit code 3 before all was ready.");
    expect(await happenings()).toEqual([
      "database started",
      "core started",
      "core ends",
      "database asked to end",
    ]);
    await allEnded();
  });

  it("notices that an earlier part ended while a later one starts", async () => {
    const starting = run([
      partStep(orders("database", { services: ["database"], endAfter: 1200 })),
      partStep(orders("core", { services: ["core"], unready: 1_000_000 })),
    ]);
    await expect(starting).rejects.toThrow("database ended with exit code 0 before all was ready.");
    await allEnded();
  });

  it("gives up on a part that is not ready in time", async () => {
    const starting = run([{ ...partStep(orders("core")), listens: ["core"], within: 700 }]);
    await expect(starting).rejects.toThrow("core was not ready within 0.7 s.");
    await allEnded();
  });

  it("fails when a task fails, and when a program can't be run", async () => {
    await expect(run([taskStep(orders("migrate", { endAfter: 0, exitCode: 7 }))])).rejects.toThrow(
      "migrate ended with exit code 7.",
    );
    const absent = { program: join(folder, "absent"), args: [], env: {} };
    await expect(run([{ ...taskStep(orders("core")), command: () => absent }])).rejects.toThrow(
      "core could not be started",
    );
  });

  it("tells which part ended while all ran", async () => {
    const stack = await run([
      partStep(orders("database", { services: ["database"] })),
      partStep(orders("core", { services: ["core"], endAfter: 1200, exitCode: 9 })),
    ]);
    expect(await stack.ended).toEqual({ name: "core", code: 9, signal: null });
    await stack.stop();
    await allEnded();
  });

  it("kills a part that does not end, and what a part left behind", async () => {
    const stack = await run([
      partStep(orders("database", { services: ["database"], leavesChild: true })),
      partStep(orders("core", { services: ["core"], ignoresTerm: true })),
    ]);
    expect(await pids()).toHaveLength(3);
    await stack.stop();
    expect((await happenings()).slice(-2)).toEqual(["core asked to end", "database asked to end"]);
    await allEnded();
  });

  it("kills at once when it is told to stop a second time", async () => {
    const slow = {
      ...partStep(orders("core", { services: ["core"], ignoresTerm: true })),
      stopWithin: 60_000,
    };
    const stack = await run([slow]);
    const stopping = stack.stop();
    await pause(200);
    const began = Date.now();
    await Promise.all([stack.stop(), stopping]);
    expect(Date.now() - began).toBeLessThan(5000);
    await allEnded();
  });

  it("ends what was started when it is aborted", async () => {
    const stopping = new AbortController();
    const starting = supervise([partStep(orders("core", { services: ["core"], unready: 1_000_000 }))], {
      node: process.execPath,
      folder,
      write: () => {},
      signal: stopping.signal,
    });
    await vi.waitFor(async () => expect(await happenings()).toContain("core started"), 5000);
    stopping.abort();
    await expect(starting).rejects.toThrow("The start was stopped.");
    await allEnded();
  });
});

const supervisorScript = fileURLToPath(new URL("../make/launch/supervisor.ts", import.meta.url));

describe.each([
  ["Node", { program: process.execPath, args: [] }],
  ["Deno", { program: denoPath(), args: ["run", "-A"] }],
])("A supervisor under %s", (_name, runtime) => {
  const start = async () => {
    const list = [
      orders("database", { services: ["database"], leavesChild: true }),
      orders("core", { services: ["core"], ignoresTerm: true }),
    ];
    const child = spawn(
      runtime.program,
      [...runtime.args, supervisorScript, folder, JSON.stringify(list), process.execPath],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(child.stdout, "data");
    const { holders } = JSON.parse(await readFile(join(folder, "lock"), "utf8"));
    return { child, pid: Number(holders[0].pid) };
  };

  it("that is killed with -9 leaves no part, and its lock is free again", async () => {
    const { child, pid } = await start();
    const refused = takeLock(folder, { patience: 0, now: new Date() });
    await expect(refused).rejects.toThrow(`is in use by process ${pid}`);
    process.kill(pid, "SIGKILL");
    await once(child, "close");
    const lock = await takeLock(folder, { patience: 20_000, now: new Date() });
    await allEnded();
    expect((await happenings()).slice(-2)).toEqual(["core asked to end", "database asked to end"]);
    await lock.release();
    expect(existsSync(join(folder, "lock"))).toBe(false);
  }, 60_000);

  it("that is asked to end ends all in order, also when one Ctrl-C reaches it twice", async () => {
    const { child, pid } = await start();
    process.kill(pid, "SIGINT");
    await pause(100);
    process.kill(pid, "SIGINT");
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect((await happenings()).slice(-2)).toEqual(["core asked to end", "database asked to end"]);
    expect(existsSync(join(folder, "lock"))).toBe(false);
    await allEnded();
  }, 60_000);
});
