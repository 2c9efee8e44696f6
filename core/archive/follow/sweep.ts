// Takes away incoming files that no journal record knows: what a crash cut off before it was acknowledged.
import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "#core/contract/log.ts";

/** The files that stand in the incoming folder before anything new is received. */
export async function leftoversIn(incoming: string): Promise<string[]> {
  return await readdir(incoming);
}

/** Removes files that no record names. */
export async function sweep(
  incoming: string,
  orphans: readonly string[],
  log: Log,
): Promise<void> {
  const results = await Promise.allSettled(orphans.map((name) => unlink(join(incoming, name))));
  const failed = results.filter(({ status }) => status === "rejected").length;
  if (orphans.length > 0) log("incoming_swept", { files: orphans.length - failed, failed });
}
