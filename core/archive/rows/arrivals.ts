// One batch of arrivals of one practice, from journal records to rows: set by set, in one transaction of the
// caller. A record that is in the rows already changes nothing, so a replay is free of effects.
import { and, eq, inArray, isNull } from "drizzle-orm";
import { instance, object } from "#db/schema/mod.ts";
import type { Database, PracticeTransaction } from "#db/mod.ts";
import type { JournalRecord } from "../journal/mod.ts";
import { announce } from "./announce.ts";
import { recount } from "./counts.ts";
import type { ReadHeader } from "./header.ts";
import { identify, type Identity } from "./identify.ts";
import { lockStudies } from "./lock.ts";
import { seriesRows } from "./series.ts";
import { studyRows } from "./studies.ts";

/** A journal record with what its header says. */
export type DescribedRecord = { readonly record: JournalRecord; readonly header: ReadHeader };

/** An arrival with the identity under which it is kept. */
export type IdentifiedArrival = DescribedRecord & { readonly identity: Identity };

/** What the rows made of a record: its bytes are kept, or the same bytes were there before. */
export type RowOutcome = "kept" | "duplicate";

/**
 * Writes the rows of a batch and says for each record, in its order, what became of it. Arrivals of one practice
 * are taken one batch after the other, so that "the first stays current" has one answer.
 */
export async function writeRows(
  tx: PracticeTransaction,
  practice: string,
  described: readonly DescribedRecord[],
): Promise<RowOutcome[]> {
  await lockStudies(tx, practice);
  const arrivals = described.map((one) => ({ ...one, identity: identify(one.record, one.header) }));
  const known = await knownInstances(tx, arrivals);
  const { fresh, outcomes } = sortOut(arrivals, known);
  if (fresh.length === 0) return outcomes;

  const studies = await studyRows(tx, practice, fresh);
  const series = await seriesRows(tx, practice, fresh, studies.ids);
  await tx.insert(object).values(fresh.map(({ arrival: { record } }) => objectRow(record)))
    .onConflictDoNothing();
  await tx.insert(instance).values(fresh.map(({ arrival, current }) => {
    const { identity } = arrival;
    const studyId = present(studies.ids, identity.studyInstanceUID);
    const seriesId = present(series, `${studyId} ${identity.seriesInstanceUID}`);
    return instanceRow(arrival, { studyId, seriesId, current });
  })).onConflictDoNothing({ target: [instance.practiceId, instance.sopInstanceUid, instance.datasetSha256] });
  await recount(tx, [...new Set(studies.ids.values())]);
  await announce(tx, practice, { fresh, studies });
  return outcomes;
}

/** A new instance, and whether it is the first under its SOP Instance UID. */
export type FreshArrival = { readonly arrival: IdentifiedArrival; readonly current: boolean };

type KnownInstance = {
  readonly sopInstanceUid: string;
  readonly datasetSha256: string;
  readonly objectId: string;
};

async function knownInstances(
  tx: PracticeTransaction,
  arrivals: readonly IdentifiedArrival[],
): Promise<KnownInstance[]> {
  const uids = [...new Set(arrivals.map(({ identity }) => identity.sopInstanceUID))];
  const rows = await tx.select({
    sopInstanceUid: instance.sopInstanceUid,
    datasetSha256: instance.datasetSha256,
    objectId: instance.objectId,
  }).from(instance).where(inArray(instance.sopInstanceUid, uids));
  return rows.map((row) => ({ ...row, datasetSha256: Buffer.from(row.datasetSha256).toString("hex") }));
}

function sortOut(
  arrivals: readonly IdentifiedArrival[],
  known: readonly KnownInstance[],
): { fresh: FreshArrival[]; outcomes: RowOutcome[] } {
  const uids = new Set(known.map((one) => one.sopInstanceUid));
  const objects = new Map(known.map((one) => [`${one.sopInstanceUid} ${one.datasetSha256}`, one.objectId]));
  const fresh: FreshArrival[] = [];
  const outcomes = arrivals.map((arrival): RowOutcome => {
    const { sopInstanceUID } = arrival.identity;
    const key = `${sopInstanceUID} ${arrival.record.datasetSha256}`;
    const object = objects.get(key);
    if (object !== undefined) return object === arrival.record.object ? "kept" : "duplicate";
    fresh.push({ arrival, current: !uids.has(sopInstanceUID) });
    uids.add(sopInstanceUID);
    objects.set(key, arrival.record.object);
    return "kept";
  });
  return { fresh, outcomes };
}

function objectRow(record: JournalRecord): typeof object.$inferInsert {
  return {
    id: record.object,
    practiceId: record.practice,
    key: record.key,
    bytes: record.bytes,
    sha256: Buffer.from(record.fileSha256, "hex"),
    mediaType: "application/dicom",
    createdAt: new Date(record.receivedAt),
  };
}

type Place = { readonly studyId: string; readonly seriesId: string; readonly current: boolean };

function instanceRow(
  { record, header, identity }: IdentifiedArrival,
  { studyId, seriesId, current }: Place,
): typeof instance.$inferInsert {
  const { description } = header;
  return {
    id: record.instance,
    practiceId: record.practice,
    seriesId,
    studyId,
    sopInstanceUid: identity.sopInstanceUID,
    sopClassUid: identity.sopClassUID,
    transferSyntaxUid: record.transferSyntaxUID,
    datasetSha256: Buffer.from(record.datasetSha256, "hex"),
    fileSha256: Buffer.from(record.fileSha256, "hex"),
    objectId: record.object,
    current,
    relation: current ? "current" : "version",
    instanceNumber: description.instanceNumber,
    rows: description.image?.rows ?? null,
    columns: description.image?.columns ?? null,
    frames: description.image?.frames ?? null,
    description: { ...description },
    fault: identity.fault,
    sourceKind: record.source.kind,
    sourceId: record.source.id,
    receivedAt: new Date(record.receivedAt),
  };
}

function present<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error("a row that was just written is not there");
  return value;
}

/** Whether the dataset of a record is in the rows under another record's object. */
export async function isKnownElsewhere(db: Database, record: JournalRecord): Promise<boolean> {
  const rows = await db.withBin.readAs(
    record.practice,
    (q) =>
      q.select({ objectId: instance.objectId }).from(instance)
        .where(eq(instance.datasetSha256, Buffer.from(record.datasetSha256, "hex"))),
  );
  return rows.some(({ objectId }) => objectId !== record.object);
}

/** Notes that the object store has the bytes of these objects. */
export async function markStored(
  tx: PracticeTransaction,
  objects: readonly string[],
  at: Date,
): Promise<void> {
  await tx.update(object).set({ storedAt: at })
    .where(and(inArray(object.id, [...objects]), isNull(object.storedAt)));
}
