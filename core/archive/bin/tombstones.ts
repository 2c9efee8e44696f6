// What was removed for good, beside the journal that still names it: one file a study, `purged/<study id>.json`, on
// disk before the first object is deleted. A replay of the journal leaves out what stands here.
import { open, readdir, readFile, rename } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Id, Sha256 } from "#core/contract/identifiers.ts";

/** A study that was removed: ids of the objects that held its files, and the hashes of its datasets. */
export const Tombstone = z.object({
  version: z.literal(1),
  practice: Id,
  study: Id,
  purgedAt: z.iso.datetime(),
  objects: z.array(Id),
  datasets: z.array(Sha256),
});
export type Tombstone = z.infer<typeof Tombstone>;

/** What a replay asks of all tombstones. */
export type Purged = {
  /** Whether the object of a record was removed. */
  hasObject(id: string): boolean;
  /** Whether a dataset was ever removed from a practice; it may have come again since. */
  hasDataset(practice: string, sha256: string): boolean;
};

/** Writes a tombstone, whole or not at all; writing it again changes nothing. */
export async function writeTombstone(folder: string, tombstone: Tombstone): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${tombstone.study}.json`);
  const half = `${path}.half`;
  const handle = await open(half, "w", 0o600);
  try {
    await handle.writeFile(JSON.stringify(tombstone));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(half, path);
  await syncFolder(folder);
}

/** Reads all tombstones. @throws when one is not as it was written: a replay would bring back what was removed. */
export async function readTombstones(folder: string): Promise<Purged> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const objects = new Set<string>();
  const datasets = new Set<string>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".json")) continue;
    const tombstone = Tombstone.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
    for (const id of tombstone.objects) objects.add(id);
    for (const sha256 of tombstone.datasets) datasets.add(`${tombstone.practice} ${sha256}`);
  }
  return {
    hasObject: (id) => objects.has(id),
    hasDataset: (practice, sha256) => datasets.has(`${practice} ${sha256}`),
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
