// The job `adoptStudy`: copies the originals of a shared study into the adopting practice, through the archive's own
// door. What is there already is known by its bytes, so it may be cut off anywhere and begun again.
import { and, asc, eq, inArray } from "drizzle-orm";
import { adoption, event, instance, study } from "#db/schema/mod.ts";
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
    const held = new Set((await heldInstances(copying.db, row)).map(identity));
    for (const [index, source] of instances.entries()) {
      signal?.throwIfAborted();
      if (!held.has(identity(source))) await copyOne(copying, row, source.id);
      if (index >= row.taken) await note(copying.db, row, { taken: index + 1 });
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

type Copied = Pick<typeof instance.$inferSelect, "id" | "sopInstanceUid" | "datasetSha256">;

const copied = {
  id: instance.id,
  sopInstanceUid: instance.sopInstanceUid,
  datasetSha256: instance.datasetSha256,
};

/** As the archive knows instances; what is current may change between two tries. */
const identity = ({ sopInstanceUid, datasetSha256 }: Copied) =>
  `${sopInstanceUid} ${Buffer.from(datasetSha256).toString("hex")}`;

/** In the order of their ids: one that arrives meanwhile stands behind those that were counted. */
async function sourceInstances(db: Database, row: AdoptionRow): Promise<Copied[]> {
  return await db.readAs(
    row.sourcePracticeId,
    (q) =>
      q.select(copied).from(instance).where(and(
        eq(instance.studyId, row.sourceStudyId),
        eq(instance.current, true),
        row.sourceSeriesIds ? inArray(instance.seriesId, row.sourceSeriesIds) : undefined,
      )).orderBy(asc(instance.id)),
  );
}

/** What the adopting practice holds of the study, the replaced among it. */
async function heldInstances(db: Database, row: AdoptionRow): Promise<Copied[]> {
  return await db.readAs(
    row.practiceId,
    (q) =>
      q.select(copied).from(instance).innerJoin(study, eq(study.id, instance.studyId))
        .where(eq(study.studyInstanceUid, row.studyInstanceUid)),
  );
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
