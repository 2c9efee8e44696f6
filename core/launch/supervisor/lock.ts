// The lock on a data folder: the file `lock` names the supervisor and its guard. It is stale when neither lives; a
// process is told apart from a later one with its number by its start time, where the system shows it.
import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { faultCode, isSameProcess, startOf } from "./processes.ts";

const Holder = z.object({ pid: z.int().positive(), started: z.string() });
const Held = z.object({ holders: z.array(Holder), since: z.string(), token: z.string() });
type Held = z.infer<typeof Held>;

/** Thrown when another start holds the folder; the message says who. */
export class FolderIsHeld extends Error {
  override readonly name = "FolderIsHeld";
}

/** A lock that is held. `share` names one more process that keeps it alive. */
export type Lock = { share(pid: number): Promise<void>; release(): Promise<void> };

/**
 * Takes the lock of `folder` (which exists). A lock whose supervisor died is waited for while its guard still ends
 * the old parts, at most `patience` milliseconds. @throws FolderIsHeld
 */
export async function takeLock(folder: string, options: { patience: number; now: Date }): Promise<Lock> {
  const path = join(folder, "lock");
  const mine: Held = {
    holders: [{ pid: process.pid, started: await startOf(process.pid) }],
    since: options.now.toISOString(),
    token: randomUUID(),
  };
  const deadline = Date.now() + options.patience;
  while (!await claim(folder, path, mine)) {
    const held = await readHeld(path);
    if (!held) continue;
    const [supervisor, ...guards] = await Promise.all(held.holders.map(isSameProcess));
    if (supervisor || (guards.includes(true) && Date.now() > deadline)) {
      throw new FolderIsHeld(
        `The data folder ${folder} is in use by process ${held.holders[0]?.pid} since ${held.since}. ` +
          "End that one first, or set VETWARE_DATA to another folder.",
      );
    }
    if (guards.includes(true)) await pause(100);
    else await setAside(folder, path, held.token);
  }
  return {
    share: async (pid) => {
      mine.holders.push({ pid, started: await startOf(pid) });
      await replace(folder, path, mine);
    },
    release: () => releaseLock(folder, mine.token),
  };
}

/** Takes the lock file away if it still is the one with this token. */
export async function releaseLock(folder: string, token: string): Promise<void> {
  const path = join(folder, "lock");
  if ((await readHeld(path))?.token === token) await unlink(path);
}

/** The token of the lock that stands in a folder. */
export async function lockToken(folder: string): Promise<string | undefined> {
  return (await readHeld(join(folder, "lock")))?.token;
}

async function claim(folder: string, path: string, held: Held): Promise<boolean> {
  const fresh = join(folder, `lock.${randomUUID()}`);
  await writeFile(fresh, JSON.stringify(held), { mode: 0o600 });
  try {
    await link(fresh, path);
    return true;
  } catch (fault) {
    if (faultCode(fault) !== "EEXIST") throw fault;
    return false;
  } finally {
    await unlink(fresh);
  }
}

async function replace(folder: string, path: string, held: Held): Promise<void> {
  const fresh = join(folder, `lock.${randomUUID()}`);
  await writeFile(fresh, JSON.stringify(held), { mode: 0o600 });
  await rename(fresh, path);
}

/** How old a mark of who takes a stale lock away may be, in milliseconds; it is held for two reads and a removal. */
const oldestMark = 5000;

/**
 * Takes a stale lock away. Of many starts one at a time does so, under a mark of its own, and looks once more whether
 * it still is the stale one: a lock that another start has made meanwhile is left alone.
 */
async function setAside(folder: string, path: string, token: string): Promise<void> {
  const mark = join(folder, "lock.stale");
  try {
    await writeFile(mark, "", { flag: "wx", mode: 0o600 });
  } catch (fault) {
    if (faultCode(fault) !== "EEXIST") throw fault;
    const made = await stat(mark).catch(() => undefined);
    if (made && Date.now() - made.mtimeMs > oldestMark) await rm(mark, { force: true }); // its maker died
    return await pause(10);
  }
  try {
    // Its guard may release it in this very moment.
    if ((await readHeld(path))?.token === token) await rm(path, { force: true });
  } finally {
    await unlink(mark);
  }
}

async function readHeld(path: string): Promise<Held | undefined> {
  try {
    return Held.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (fault) {
    if (faultCode(fault) === "ENOENT") return undefined;
    throw new Error(`The lock file ${path} cannot be read; if nothing runs on this folder, delete it.`, {
      cause: fault,
    });
  }
}
