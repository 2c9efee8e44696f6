// The practice's own facts.
import { eq } from "drizzle-orm";
import type { z } from "zod";
import type { ChangePractice, PracticeProfile } from "#core/contract/practice.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { audit, practice } from "#db/schema/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** Reads the profile. */
export async function readProfile(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
): Promise<PracticeProfile | Refused> {
  const [row] = await db.readAs(
    practiceId,
    (q) => q.select().from(practice).where(eq(practice.id, practiceId)),
  );
  return row ? presentProfile(row) : refuse("not-found");
}

/** Corrects name and location. */
export async function changeProfile(
  { db, newId }: EdgeParts,
  actor: Actor,
  change: z.infer<typeof ChangePractice>,
  request: RequestFacts,
): Promise<PracticeProfile | Refused> {
  const { practiceId } = actor;
  const deed = { action: "practice.changed", subjectKind: "practice", subjectId: practiceId };
  const [[row]] = await db.applyAs(practiceId, (q) => [
    q.update(practice).set(change).where(eq(practice.id, practiceId)).returning(),
    q.insert(audit).values(auditRow(actor, request, deed, newId)),
  ]);
  return row ? presentProfile(row) : refuse("not-found");
}

/** A practice for JSON. */
export function presentProfile(row: typeof practice.$inferSelect): PracticeProfile {
  const { id, name, location, aeTitle, createdAt } = row;
  return { id, name, location, aeTitle, createdAt: createdAt.toISOString() };
}
