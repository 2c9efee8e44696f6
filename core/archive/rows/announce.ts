// Tells what a batch changed: the doorbell for open pages, the audit, and the jobs that prepare pictures. All in
// the transaction of the rows, so that none is told without the other.
import { sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { audit, event } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";
import type { FreshArrival } from "./arrivals.ts";
import type { StudyRows } from "./studies.ts";

/** After this silence, in milliseconds, what comes for a study is told as a new receipt (60 s). */
export const quietPeriodMs = 60_000;

/** Writes event and audit rows and asks for derivations. */
export async function announce(
  tx: PracticeTransaction,
  practice: string,
  { fresh, studies }: { readonly fresh: readonly FreshArrival[]; readonly studies: StudyRows },
): Promise<void> {
  await tx.insert(event).values(
    [...studies.ids.values()].map((id) => ({ practiceId: practice, kind: "study.changed", subjectId: id })),
  );
  const deeds = receivedStudies(fresh, studies).flatMap(({ id, arrival, restored }) => [
    deedOf(practice, id, arrival, "study.received"),
    ...(restored ? [deedOf(practice, id, arrival, "study.restored")] : []),
  ]);
  if (deeds.length > 0) await tx.insert(audit).values(deeds);
  await askForDerivations(tx, practice, fresh.map(({ arrival }) => arrival.record.instance));
}

/**
 * Asks for the pictures of instances, or for their comparison with the current ones; what is asked for already is not
 * asked for twice.
 */
export async function askForDerivations(
  tx: PracticeTransaction,
  practice: string,
  instances: readonly string[],
): Promise<void> {
  await tx.execute(sql`select app.enqueue('derive',
      jsonb_build_object('practice', ${practice}::text, 'instance', one.id), 'derive:' || one.id)
    from jsonb_array_elements_text(${JSON.stringify(instances)}::jsonb) as one (id)`);
}

function deedOf(
  practice: string,
  study: string,
  { record }: FreshArrival["arrival"],
  action: "study.received" | "study.restored",
): typeof audit.$inferInsert {
  return {
    id: uuidv7(),
    practiceId: practice,
    at: new Date(record.receivedAt),
    actorKind: record.source.actor,
    actorId: record.source.id,
    action,
    subjectKind: "study",
    subjectId: study,
  };
}

/** Studies that are told as received: after a silence, and when they come back from the bin. */
function receivedStudies(fresh: readonly FreshArrival[], { ids, lastReceived, restored }: StudyRows) {
  const firstByStudy = new Map<string, FreshArrival["arrival"]>();
  for (const { arrival } of fresh) {
    const uid = arrival.identity.studyInstanceUID;
    if (!firstByStudy.has(uid)) firstByStudy.set(uid, arrival);
  }
  return [...firstByStudy].flatMap(([uid, arrival]) => {
    const before = lastReceived.get(uid);
    const silence = before ? Date.parse(arrival.record.receivedAt) - before.getTime() : Infinity;
    const id = ids.get(uid);
    const isTold = silence > quietPeriodMs || restored.has(uid);
    return id !== undefined && isTold ? [{ id, arrival, restored: restored.has(uid) }] : [];
  });
}
