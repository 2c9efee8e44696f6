// One process a data folder. PGlite does not look whether another one serves the same files, so we do: a lock file
// made exclusively, with the pid of its maker. A lock whose maker is dead is taken over.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Somebody else serves this folder. */
export class FolderInUse extends Error {}

/** Takes the folder's lock, making the folder if needed; the answer gives it back. Throws FolderInUse. */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "lock");
  const mark = `${process.pid} ${bornAt(process.pid)}`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (make(file, mark)) return () => giveBack(file, mark);
    const holder = read(file);
    if (holder !== undefined && isAlive(holder)) break;
    takeAway(file, holder);
  }
  throw new FolderInUse("another process serves this database folder");
}

function make(file: string, mark: string): boolean {
  try {
    writeFileSync(file, mark, { flag: "wx", mode: 0o600 });
    return true;
  } catch (fault) {
    if (isCode(fault, "EEXIST")) return false;
    throw fault;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (fault) {
    if (isCode(fault, "ENOENT")) return undefined;
    throw fault;
  }
}

// A rename moves one certain file, so of two processes that both saw the dead lock only one takes it away; if it
// was a new lock by then, it is put back.
function takeAway(file: string, dead: string | undefined): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (fault) {
    if (isCode(fault, "ENOENT")) return;
    throw fault;
  }
  if (dead !== undefined && read(aside) !== dead) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

function giveBack(file: string, mark: string): void {
  if (read(file) === mark) rmSync(file, { force: true });
}

function isAlive(mark: string): boolean {
  const [pid, born] = mark.split(" ");
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0) return false;
  try {
    process.kill(number, 0);
  } catch (fault) {
    if (!isCode(fault, "EPERM")) return false;
  }
  return bornAt(number) === (born ?? "");
}

// Pids come again after a restart of the machine; the start time in ticks tells two bearers apart where /proc is.
function bornAt(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? "";
  } catch (fault) {
    if (fault instanceof Error) return "";
    throw fault;
  }
}

function isCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && "code" in fault && fault.code === code;
}
