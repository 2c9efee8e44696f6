// Into the bin and out of it. A study in the bin is whole; the policies of the database hide it (db/migrations), and
// after thirty days it is removed for good (purge.ts).
import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { refuse, type Refused } from "#core/contract/problem.ts";
import { purgeDate } from "#core/domain/bin.ts";
import { audit, event, study } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { type Author, deedOf } from "../acting.ts";

/** The study that is meant, by whom, and when. */
export type Deletion = {
  readonly practice: string;
  readonly study: string;
  readonly author: Author;
  readonly at: Date;
};

const nothing = refuse("not-found", { detail: "There is no such study." });

/** Puts a study into the bin; one that is there keeps its date. Refuses a study of another practice. */
export async function binStudy(db: Database, deletion: Deletion): Promise<{ purgeAt: string } | Refused> {
  const { practice, study: id, author, at } = deletion;
  return await db.withBin.writeAs(practice, async (tx) => {
    const purgeAt = purgeDate(at);
    const binned = await tx.update(study).set({ deletedAt: at, purgeAt })
      .where(and(eq(study.id, id), isNull(study.deletedAt))).returning({ id: study.id });
    if (binned.length > 0) {
      const deed = { action: "study.deleted", subjectKind: "study", subjectId: id, at };
      await tx.insert(audit).values(deedOf(practice, author, deed));
      await tx.insert(event).values({ practiceId: practice, kind: "study.changed", subjectId: id });
      return { purgeAt: purgeAt.toISOString() };
    }
    const [known] = await tx.select({ purgeAt: study.purgeAt }).from(study).where(eq(study.id, id));
    return known?.purgeAt ? { purgeAt: known.purgeAt.toISOString() } : nothing;
  });
}

/** Takes a study out of the bin; one that is not there stays as it is. Refuses a study of another practice. */
export async function restoreStudy(
  db: Database,
  { practice, study: id, author, at }: Deletion,
): Promise<{ restored: boolean } | Refused> {
  return await db.withBin.writeAs(practice, async (tx) => {
    const restored = await tx.update(study).set({ deletedAt: null, purgeAt: null })
      .where(and(eq(study.id, id), isNotNull(study.deletedAt))).returning({ id: study.id });
    if (restored.length > 0) {
      const deed = { action: "study.restored", subjectKind: "study", subjectId: id, at };
      await tx.insert(audit).values(deedOf(practice, author, deed));
      await tx.insert(event).values({ practiceId: practice, kind: "study.changed", subjectId: id });
      return { restored: true };
    }
    const [known] = await tx.select({ id: study.id }).from(study).where(eq(study.id, id));
    return known ? { restored: false } : nothing;
  });
}
