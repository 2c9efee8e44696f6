// Takes away what nobody names: incoming files without a record, objects without a row, rows of replaced pictures.
// Only what has stood for a day goes, so that work in progress is never met; and no original that the journal names
// goes without a tombstone, whatever the rows say: rows can be made again from it, bytes cannot.
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { and, eq, inArray } from "drizzle-orm";
import { Id } from "#core/contract/identifiers.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import { instance, object } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import type { Purged } from "../bin/tombstones.ts";
import { systemCode } from "../journal/faults.ts";
import type { Journal } from "../journal/mod.ts";
import { removeReplacedPictures } from "./pictures.ts";

export type Sweeping = {
  readonly db: Database;
  readonly objects: Objects;
  readonly journal: Journal;
  readonly incoming: string;
  readonly purged: () => Promise<Purged>;
  /** Whether every record of the journal is in the rows, and its bytes in the store. */
  readonly settled: () => boolean;
  readonly now: () => Date;
};

/** What was taken away, and how many originals have no row although the journal names them. */
export type Swept = { incoming: number; objects: number; pictures: number; rowless: number };

const graceMs = 86_400_000;
const batch = 500;

/** Sweeps once; nothing while records of the journal are on their way, since their bytes and pictures have no row yet. */
export async function sweepOrphans(sweeping: Sweeping, signal?: AbortSignal): Promise<Swept> {
  const swept = { incoming: 0, objects: 0, pictures: 0, rowless: 0 };
  // A write of the journal that failed may have left a record: the bytes it names stay until it is surely cut off.
  if (!sweeping.settled() || !sweeping.journal.sound) return swept;
  const before = sweeping.now().getTime() - graceMs;
  swept.incoming = await sweepIncoming(sweeping.incoming, before);
  swept.pictures = await removeReplacedPictures(sweeping, new Date(before), signal);
  const orphans = await rowlessObjects(sweeping, before, signal);
  const named = await namedByJournal(sweeping, orphans);
  for (const key of orphans) {
    if (signal?.aborted) return swept;
    if (named.has(key)) {
      swept.rowless++;
      continue;
    }
    await sweeping.objects.delete(key);
    swept.objects++;
  }
  return swept;
}

async function sweepIncoming(folder: string, before: number): Promise<number> {
  let removed = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!await isOlder(path, before)) continue;
    await unlink(path);
    removed++;
  }
  return removed;
}

async function isOlder(path: string, before: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs < before;
  } catch (fault) {
    if (systemCode(fault) === "ENOENT") return false;
    throw fault;
  }
}

/** Keys of old objects of practices that no row names. */
async function rowlessObjects(sweeping: Sweeping, before: number, signal?: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  let some: string[] = [];
  for await (const { key, changedAt } of sweeping.objects.list("practice/")) {
    if (signal?.aborted) break;
    if (changedAt.getTime() < before) some.push(key);
    if (some.length < batch) continue;
    found.push(...await withoutRow(sweeping.db, some));
    some = [];
  }
  found.push(...await withoutRow(sweeping.db, some));
  return found;
}

async function withoutRow(db: Database, keys: readonly string[]): Promise<string[]> {
  const without: string[] = [];
  for (const [practice, some] of Map.groupBy(keys, (key) => key.split("/")[1] ?? "")) {
    if (!Id.safeParse(practice).success) continue;
    const instances = some.flatMap((key) => instanceOf(key) ?? []);
    const [rows, beingMade] = await db.withBin.readAs(practice, (q) => [
      q.select({ key: object.key }).from(object).where(inArray(object.key, [...some])),
      q.select({ id: instance.id }).from(instance)
        .where(and(inArray(instance.id, instances), eq(instance.derivation, "pending"))),
    ]);
    const known = new Set(rows.map(({ key }) => key));
    const awaited = new Set(beingMade.map(({ id }) => id));
    without.push(...some.filter((key) => !known.has(key) && !awaited.has(instanceOf(key) ?? "")));
  }
  return without;
}

/** The instance of a picture's key, `…/derivative/<hash>-<instance>-<kind>`. */
function instanceOf(key: string): string | undefined {
  return /\/derivative\/[0-9a-f]{64}-([0-9a-f-]{36})-/.exec(key)?.[1];
}

/** Those of some keys that a record of the journal names and no tombstone. The journal is read only when it matters. */
async function namedByJournal(
  { journal, purged }: Sweeping,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = new Set(keys.filter((key) => key.split("/")[2] === "original"));
  const named = new Set<string>();
  if (asked.size === 0) return named;
  const removed = await purged();
  for await (const { record } of journal.read(journal.first)) {
    if (asked.has(record.key) && !removed.hasObject(record.object)) named.add(record.key);
  }
  return named;
}
