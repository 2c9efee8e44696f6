// Has pictures made again that could not be made, e.g. after a decoder has learned something.
import { and, eq } from "drizzle-orm";
import { refuse, type Refused } from "#core/contract/problem.ts";
import { event, instance, study } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { askForDerivations } from "../rows/announce.ts";

/** Asks for the failed derivations of a study again; how many that were. Refuses a study of another practice. */
export async function prepareStudyAgain(
  db: Database,
  practice: string,
  studyId: string,
): Promise<{ asked: number } | Refused> {
  return await db.writeAs(practice, async (tx) => {
    const [known] = await tx.select({ id: study.id }).from(study).where(eq(study.id, studyId));
    if (!known) return refuse("not-found", { detail: "There is no such study." });
    const failed = await tx.update(instance).set({ derivation: "pending", derivationFault: null })
      .where(and(eq(instance.studyId, studyId), eq(instance.derivation, "failed")))
      .returning({ id: instance.id });
    await askForDerivations(tx, practice, failed.map(({ id }) => id));
    if (failed.length > 0) {
      await tx.insert(event).values({ practiceId: practice, kind: "study.changed", subjectId: studyId });
    }
    return { asked: failed.length };
  });
}
