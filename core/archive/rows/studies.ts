// The study rows of a batch: made when new, filled in when something was missing.
import { eq, inArray } from "drizzle-orm";
import { study } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import type { FreshArrival } from "./arrivals.ts";
import { rowId } from "./ids.ts";
import { mergeFacts, type StudyFacts, studyFacts, studySearchColumns } from "./study.ts";

/** What a batch did to its studies. */
export type StudyRows = {
  /** Ids by Study Instance UID. */
  readonly ids: ReadonlyMap<string, string>;
  /** Study Instance UIDs of those that this batch brought back from the bin. */
  readonly restored: ReadonlySet<string>;
  /** When each study was last added to before this batch; a new one is absent. */
  readonly lastReceived: ReadonlyMap<string, Date>;
};

/** Makes or completes the studies of a batch. */
export async function studyRows(
  tx: PracticeTransaction,
  practice: string,
  fresh: readonly FreshArrival[],
): Promise<StudyRows> {
  const byUid = Map.groupBy(fresh, ({ arrival }) => arrival.identity.studyInstanceUID);
  const standing = await tx.select().from(study).where(inArray(study.studyInstanceUid, [...byUid.keys()]));
  const known = new Map(standing.map((row) => [row.studyInstanceUid, row]));
  const ids = new Map<string, string>();
  for (const [uid, arrivals] of byUid) {
    const row = known.get(uid);
    const later = factsOf(arrivals);
    const times = arrivals.map(({ arrival }) => Date.parse(arrival.record.receivedAt));
    ids.set(uid, row?.id ?? newId(practice, uid, arrivals));
    if (!row) {
      const receivedAt = new Date(Math.min(...times));
      const lastReceivedAt = new Date(Math.max(...times));
      await tx.insert(study).values({
        id: ids.get(uid) ?? "",
        practiceId: practice,
        studyInstanceUid: uid,
        ...later,
        modalities: [],
        ...studySearchColumns(later),
        receivedAt,
        lastReceivedAt,
      });
      continue;
    }
    const facts = mergeFacts(row, later);
    const lastReceivedAt = new Date(Math.max(...times, row.lastReceivedAt.getTime()));
    await tx.update(study).set({ ...facts, ...takenUp, ...studySearchColumns(facts), lastReceivedAt })
      .where(eq(study.id, row.id));
  }
  return {
    ids,
    restored: new Set(standing.filter((row) => row.deletedAt).map((row) => row.studyInstanceUid)),
    lastReceived: new Map(standing.map((row) => [row.studyInstanceUid, row.lastReceivedAt])),
  };
}

/** A study that something new came for is not complete, and not to be removed. */
const takenUp = { completedAt: null, deletedAt: null, purgeAt: null } as const;

function newId(practice: string, uid: string, [first]: readonly FreshArrival[]): string {
  if (!first) throw new Error("a study of no arrival");
  return rowId(new Date(first.arrival.record.receivedAt), practice, uid);
}

function factsOf(arrivals: readonly FreshArrival[]): StudyFacts {
  return arrivals.map(({ arrival }) => studyFacts(arrival.header.description)).reduce(mergeFacts);
}
