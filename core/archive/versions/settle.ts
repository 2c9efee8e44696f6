// Decides what a later arrival under a known SOP Instance UID is, and tells the practice of a conflict. Safe to run
// twice: only an instance that waits is decided.
import { and, eq, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { audit, event, instance, study } from "#db/schema/mod.ts";
import type { Database, PracticeTransaction } from "#db/mod.ts";
import { lockStudies } from "../rows/lock.ts";

/** A later arrival: its practice, its instance, its study, and the study that the current one is in. */
export type LaterArrival = {
  readonly practice: string;
  readonly instance: string;
  readonly study: string;
  readonly currentStudy: string;
};

export type Decided = "version" | "alternate";

const words: Record<Decided, string> = {
  version: "Other bytes came earlier under the same identity; the first arrival is the one shown.",
  alternate: "The same picture in another transfer syntax; the first arrival is the one shown.",
};

/** Writes what the instance is. A version is told: an event for each study that it touches, and an audit row. */
export async function settleRelation(db: Database, later: LaterArrival, decided: Decided): Promise<void> {
  await db.withBin.writeAs(later.practice, async (tx) => {
    await lockStudies(tx, later.practice);
    const settled = await tx.update(instance)
      .set({ relation: decided, derivation: "none", derivationFault: words[decided] })
      .where(and(eq(instance.id, later.instance), eq(instance.derivation, "pending")))
      .returning({ id: instance.id });
    if (settled.length > 0) await tell(tx, later, decided);
  });
}

async function tell(tx: PracticeTransaction, later: LaterArrival, decided: Decided): Promise<void> {
  const { practice: practiceId, study: subjectId, currentStudy } = later;
  const studies = [...new Set([subjectId, currentStudy])];
  const kind = decided === "version" ? "study.versioned" : "study.changed";
  if (decided === "version") await countVersions(tx, studies);
  await tx.insert(event).values(studies.map((id) => ({ practiceId, kind, subjectId: id })));
  if (decided === "alternate") return;
  await tx.insert(audit).values({
    id: uuidv7(),
    practiceId,
    actorKind: "system",
    action: "study.versioned",
    subjectKind: "study",
    subjectId,
  });
}

/** Counts anew, from the rows, the SOP instances of studies of which other bytes came, here or in another study. */
export async function countVersions(tx: PracticeTransaction, studies: readonly string[]): Promise<void> {
  const wanted = sql`(${sql.join(studies.map((id) => sql`${id}::uuid`), sql`, `)})`;
  await tx.execute(sql`
    update ${study} t set version_count = (
      select count(distinct i.sop_instance_uid) from ${instance} i
      join ${instance} v on v.practice_id = i.practice_id and v.sop_instance_uid = i.sop_instance_uid
        and v.relation = 'version' and v.derivation <> 'pending'
      where i.study_id = t.id)
    where t.id in ${wanted}`);
}
