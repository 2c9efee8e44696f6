// The integrity scrub: every stored object is read again and hashed, once in a week, in small steps that keep to a
// share of the disk's time. A kill loses one step; the next run goes on behind the last one written.
import { sql } from "drizzle-orm";
import type { Objects } from "#core/services/objects/mod.ts";
import type { Database } from "#db/mod.ts";
import { eachPractice } from "../eachPractice.ts";
import { checkObject } from "./check.ts";
import { keepPace, type Pace } from "./pace.ts";
import {
  endScrub,
  type Fault,
  type Met,
  objectsAfter,
  type Scrub,
  scrubToDo,
  type Step,
  writeStep,
} from "./rows.ts";

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
  const pace = scrubbing.pace ?? keepPace({ share: 0.25 });
  return await eachPractice(
    db,
    sql`select practice_id from app.all_practices()`,
    async (practice) => {
      const toDo = await scrubToDo(db, practice, { at: now(), everyMs: weekMs });
      return toDo ? await scrubOne({ ...scrubbing, pace }, toDo, signal) : 0;
    },
    signal,
  );
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
    if (met.length === 0) {
      await endScrub(db, current, scrubbing.now());
      return checked;
    }
    const step = await readStep(scrubbing, met, signal);
    await writeStep(db, current, step, scrubbing.now());
    current = { ...current, after: step.after };
    checked += step.checked;
  }
  return checked;
}

/** Reads some objects, at least one of them; when it is asked to end, those it has come to. */
async function readStep(
  { objects, pace }: Scrubbing & { readonly pace: Pace },
  met: readonly Met[],
  signal?: AbortSignal,
): Promise<Step> {
  const faults: Fault[] = [];
  let [checked, bytes, after] = [0, 0, ""];
  for (const one of met) {
    if (checked > 0 && signal?.aborted) break;
    const found = await checkObject(objects, one, () => pace(signal));
    if (found !== "sound") faults.push({ met: one, fault: found });
    // The same bytes are put again under the same key: a damaged object must make room for them.
    if (found === "damaged" && one.picture) await objects.delete(one.key);
    checked++;
    bytes += one.bytes;
    after = one.id;
  }
  return { checked, bytes, after, faults };
}
