// The integrity scrub: every stored object is read again and hashed, once in a week, in small steps that keep to a
// share of the disk's time. A kill loses one step; the next run goes on behind the last one written.
import { sql } from "drizzle-orm";
import type { Objects } from "#core/services/objects/mod.ts";
import type { Database } from "#db/mod.ts";
import { checkObject } from "./check.ts";
import { keepPace, type Pace } from "./pace.ts";
import { endScrub, type Fault, type Met, objectsAfter, type Scrub, scrubToDo, writeStep } from "./rows.ts";

export type Scrubbing = {
  readonly db: Database;
  readonly objects: Objects;
  readonly now: () => Date;
  /** A quarter of the time when not said. */
  readonly pace?: Pace;
  /** How many objects one step reads. */
  readonly stepObjects?: number;
};

const weekMs = 7 * 86_400_000;
const usualStep = 50;

/** Goes on with each practice's scrub until it ends or `signal` does; how many objects were read. */
export async function scrubObjects(scrubbing: Scrubbing, signal?: AbortSignal): Promise<number> {
  const { db, now } = scrubbing;
  const practices = await db.lookUp<{ practice_id: string }>(
    sql`select practice_id from app.all_practices()`,
  );
  const pace = scrubbing.pace ?? keepPace({ share: 0.25 });
  let checked = 0;
  for (const { practice_id: practice } of practices) {
    if (signal?.aborted) return checked;
    const toDo = await scrubToDo(db, practice, { at: now(), everyMs: weekMs });
    if (toDo) checked += await scrubOne({ ...scrubbing, pace }, toDo, signal);
  }
  return checked;
}

async function scrubOne(
  scrubbing: Scrubbing & { readonly pace: Pace },
  begun: Scrub,
  signal?: AbortSignal,
): Promise<number> {
  const { db, stepObjects = usualStep } = scrubbing;
  let current = begun;
  let checked = 0;
  while (!signal?.aborted) {
    const met = await objectsAfter(db, current, stepObjects);
    const last = met.at(-1);
    if (!last) {
      await endScrub(db, current, scrubbing.now());
      return checked;
    }
    const faults = await faultsAmong(scrubbing, met);
    const bytes = met.reduce((sum, one) => sum + one.bytes, 0);
    await writeStep(db, current, { checked: met.length, bytes, after: last.id, faults }, scrubbing.now());
    current = { ...current, after: last.id };
    checked += met.length;
  }
  return checked;
}

async function faultsAmong(
  { objects, pace }: Scrubbing & { readonly pace: Pace },
  met: readonly Met[],
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const one of met) {
    const found = await checkObject(objects, one, pace);
    if (found !== "sound") faults.push({ met: one, fault: found });
    // The same bytes are put again under the same key: a damaged object must make room for them.
    if (found === "damaged" && one.picture) await objects.delete(one.key);
  }
  return faults;
}
