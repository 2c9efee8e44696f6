// How a derivation ends in the rows, and that open pages hear of it.
import { eq } from "drizzle-orm";
import { event, instance } from "#db/schema/mod.ts";
import type { Database, PracticeTransaction } from "#db/mod.ts";

/** The instance a derivation is of. */
export type Subject = { readonly practice: string; readonly instance: string; readonly study: string };

/** An end without pictures, or with; `fault` is in plain words. */
export type Conclusion = { readonly state: "ready" | "none" | "failed"; readonly fault: string | null };

/** Writes an end in a transaction of its own; `also` writes what belongs to it. */
export async function concluded(
  db: Database,
  subject: Subject,
  conclusion: Conclusion,
  also: (tx: PracticeTransaction) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await db.withBin.writeAs(subject.practice, async (tx) => {
    await also(tx);
    await conclude(tx, subject, conclusion);
  });
}

/** Writes an end. */
export async function conclude(
  tx: PracticeTransaction,
  subject: Subject,
  { state, fault }: Conclusion,
): Promise<void> {
  await tx.update(instance).set({ derivation: state, derivationFault: fault }).where(
    eq(instance.id, subject.instance),
  );
  await tx.insert(event).values({
    practiceId: subject.practice,
    kind: "study.changed",
    subjectId: subject.study,
  });
}
