// Writes what arrives straight to its final name in the incoming folder and hashes it on the way. A name is opaque
// and used once, so nothing is renamed; a file counts only when a journal record names it.
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open, unlink } from "node:fs/promises";
import { systemCode } from "../journal/faults.ts";
import type { ArrivingBytes } from "./arrival.ts";

/** More bytes than allowed. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** The disk would not take the bytes. */
export class DiskRefusal extends Error {
  override readonly name = "DiskRefusal";
  readonly code: string;

  constructor(cause: unknown) {
    super("The bytes could not be written.", { cause });
    this.code = systemCode(cause) ?? "unknown";
  }
}

/** A finished file: on disk, its name not yet. */
export type WrittenFile = {
  readonly bytes: number;
  readonly datasetOffset: number;
  readonly fileSha256: string;
  readonly datasetSha256: string;
};

export type Writing = {
  readonly path: string;
  /** Everything before the dataset, and the dataset. */
  readonly prefix: Uint8Array;
  readonly dataset: ArrivingBytes;
  readonly limit: number;
};

const batchBytes = 1024 * 1024;
// writev takes 1024 slices at once (IOV_MAX)
const batchSlices = 1000;

// What all arrivals may hold gathered; past it nothing is held back for a larger write.
const mostHeldBytes = 32 * 1024 * 1024;
const held = { bytes: 0 };

/**
 * Writes and syncs one file. What was begun is taken away when it does not end well.
 * @throws TooLarge, DiskRefusal, or what the arriving bytes threw.
 */
export async function writeIncoming(writing: Writing): Promise<WrittenFile> {
  const handle = await open(writing.path, "wx", 0o600).catch(refuseDisk);
  try {
    const written = await writeAll(handle, writing);
    await handle.datasync().catch(refuseDisk);
    await handle.close().catch(refuseDisk);
    return written;
  } catch (fault) {
    await handle.close().catch(ignoreClosed);
    await removeIncoming(writing.path);
    throw fault;
  }
}

/** Takes a file away; one that is not there, or a disk that is gone, is no error: the next start sweeps. */
export async function removeIncoming(path: string): Promise<boolean> {
  return await unlink(path).then(() => true, () => false);
}

async function writeAll(handle: FileHandle, { prefix, dataset, limit }: Writing): Promise<WrittenFile> {
  const ofFile = createHash("sha256").update(prefix);
  const ofDataset = createHash("sha256");
  const gathered = gather(handle);
  let bytes = prefix.length;
  try {
    await gathered.add(prefix);
    for await (const piece of dataset) {
      for (const slice of piece instanceof Uint8Array ? [piece] : piece) {
        bytes += slice.length;
        if (bytes > limit) throw new TooLarge("more bytes than allowed");
        ofFile.update(slice);
        ofDataset.update(slice);
        const written = gathered.add(slice);
        if (written) await written;
      }
    }
    await gathered.write();
  } finally {
    gathered.drop();
  }
  return {
    bytes,
    datasetOffset: prefix.length,
    fileSha256: ofFile.digest("hex"),
    datasetSha256: ofDataset.digest("hex"),
  };
}

/** Gathers slices into few, large writes, for each write is a trip through the thread pool. `add` may write. */
function gather(handle: FileHandle) {
  let slices: Uint8Array[] = [];
  let bytes = 0;
  const drop = () => {
    held.bytes -= bytes;
    slices = [];
    bytes = 0;
  };
  const write = async () => {
    await writeBatch(handle, slices);
    drop();
  };
  const add = (slice: Uint8Array) => {
    if (slice.length === 0) return;
    slices.push(slice);
    bytes += slice.length;
    held.bytes += slice.length;
    const enough = bytes >= batchBytes || slices.length >= batchSlices || held.bytes > mostHeldBytes;
    if (enough) return write();
  };
  return { add, write, drop };
}

/** Appends slices; a short write is gone on with. */
async function writeBatch(handle: FileHandle, batch: readonly Uint8Array[]): Promise<void> {
  let left = batch;
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left).catch(refuseDisk);
    left = behind(left, bytesWritten);
  }
}

function behind(slices: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  const left: Uint8Array[] = [];
  for (const slice of slices) {
    if (skip < slice.length) left.push(slice.subarray(skip));
    skip = Math.max(0, skip - slice.length);
  }
  return left;
}

function refuseDisk(cause: unknown): never {
  throw new DiskRefusal(cause);
}

/** The file is given up already; that its handle was closed, or its disk is gone, adds nothing. */
function ignoreClosed(): void {}
