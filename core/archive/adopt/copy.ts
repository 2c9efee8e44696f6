// The job `adoptStudy`: copies the originals of a shared study into the adopting practice, through the archive's own
// door. What is there already is known by its bytes, so it may be cut off anywhere and begun again.
import { and, asc, eq, inArray } from "drizzle-orm";
import { adoption, event, instance } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { openOriginal, type Places } from "../reading.ts";
import type { Attempt } from "../transfer/send.ts";
import type { Arrival, Received } from "../receive/arrival.ts";

/** Whose adoption. */
export type AdoptionOf = { readonly practice: string; readonly adoption: string };

export type Copying = Places & {
  readonly receive: (arrival: Arrival) => Promise<Received>;
  readonly now: () => Date;
};

type AdoptionRow = typeof adoption.$inferSelect;

/** Copies what is left. On the last try a fault ends the adoption with words; before it, it is thrown. */
export async function copyStudy(
  copying: Copying,
  of: AdoptionOf,
  { isLast, signal }: Attempt,
): Promise<void> {
  const [row] = await copying.db.readAs(
    of.practice,
    (q) => q.select().from(adoption).where(eq(adoption.id, of.adoption)),
  );
  if (row?.state !== "running") return;
  try {
    const instances = await sourceInstances(copying.db, row);
    for (const [index, id] of instances.entries()) {
      signal?.throwIfAborted();
      if (index < row.taken) continue;
      await copyOne(copying, row, id);
      await note(copying.db, row, { taken: index + 1 });
    }
    await note(copying.db, row, {
      state: "done",
      taken: instances.length,
      total: instances.length,
      endedAt: copying.now(),
    });
  } catch (fault) {
    if (!isLast) throw fault;
    const reason = "It could not be copied to its end because of a fault on our side. What came is kept.";
    await note(copying.db, row, { state: "failed", reason, endedAt: copying.now() });
  }
}

/** In the order of their ids: one that arrives meanwhile stands behind those that were counted. */
async function sourceInstances(db: Database, row: AdoptionRow): Promise<string[]> {
  const found = await db.readAs(
    row.sourcePracticeId,
    (q) =>
      q.select({ id: instance.id }).from(instance).where(and(
        eq(instance.studyId, row.sourceStudyId),
        eq(instance.current, true),
        row.sourceSeriesIds ? inArray(instance.seriesId, row.sourceSeriesIds) : undefined,
      )).orderBy(asc(instance.id)),
  );
  return found.map(({ id }) => id);
}

async function copyOne({ receive, ...places }: Copying, row: AdoptionRow, id: string): Promise<void> {
  const original = await openOriginal(places, row.sourcePracticeId, id);
  if (!original) return;
  const received = await receive({
    kind: "file",
    practice: row.practiceId,
    source: { kind: "upload", actor: row.askedBy ? "account" : "system", id: row.askedBy },
    bytes: await original.read(),
  });
  if ("refusal" in received) throw new Error(`an adopted file was not taken: ${received.refusal}`);
}

async function note(
  db: Database,
  { id, practiceId }: AdoptionRow,
  change: Partial<Pick<AdoptionRow, "state" | "taken" | "total" | "reason" | "endedAt">>,
): Promise<void> {
  await db.writeAs(practiceId, async (tx) => {
    await tx.update(adoption).set(change).where(and(eq(adoption.id, id), eq(adoption.state, "running")));
    if (change.state) await tx.insert(event).values({ practiceId, kind: "study.changed", subjectId: null });
  });
}
