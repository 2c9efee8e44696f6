// Work on a copy of an original in a decoder process, with a result file that is read while it is sent and gone after.
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fetchOriginal } from "../derive/fetch.ts";
import type { KeptObject } from "../originals.ts";
import type { Places } from "../reading.ts";

/** Where work is done: places of bytes, and a folder that is emptied at start. */
export type Workplace = Places & { readonly work: string };

/** A file that was made; `discard` takes it away, and must be called. */
export type WorkFile<Result> = {
  readonly result: Result;
  read(range?: { readonly offset: number; readonly length: number }): AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
};

/** Runs `make` on the original's path and a target path. The copy is gone when it has ended. */
export async function workOn<Result>(
  workplace: Workplace,
  kept: KeptObject,
  make: (original: string, target: string) => Promise<Result>,
): Promise<WorkFile<Result>> {
  const folder = join(workplace.work, randomUUID());
  const [original, target] = [join(folder, "original"), join(folder, "made")];
  const discard = () => rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await fetchOriginal(workplace, kept, original);
    const result = await make(original, target);
    await rm(original, { force: true });
    return {
      result,
      read: (range) =>
        createReadStream(target, range && { start: range.offset, end: range.offset + range.length - 1 }),
      discard,
    };
  } catch (fault) {
    await discard();
    throw fault;
  }
}
