import { eq } from "drizzle-orm";
import { prepareAgain } from "#core/contract/archive.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { audit, study } from "#db/schema/mod.ts";
import { actingAs, journeyOf } from "../guard/acting.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** Has the pictures of a study made again where making them failed. */
export async function prepareStudy(
  { db, core, newId }: EdgeParts,
  actor: Actor,
  studyId: string,
  request: RequestFacts,
): Promise<{ asked: number } | Refused> {
  const [found] = await db.readAs(
    actor.practiceId,
    (q) => q.select({ id: study.id }).from(study).where(eq(study.id, studyId)),
  );
  if (!found) return refuse("not-found");
  const who = actingAs(actor, "study:prepare");
  const asked = await core(prepareAgain, { study: studyId }, { who, ...journeyOf(request) });
  const deed = { action: "study.prepared", subjectKind: "study", subjectId: studyId };
  await db.applyAs(actor.practiceId, (q) => q.insert(audit).values(auditRow(actor, request, deed, newId)));
  return asked;
}
