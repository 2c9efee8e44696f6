// Adding a shared study to the records of another practice (PA-4): someone of that practice, signed in, on a visit of the
// link. The core asks the link itself once more, copies, and tells how far it is.
import { eq } from "drizzle-orm";
import type { Context } from "hono";
import { adoptStudy } from "#core/contract/adoptions.ts";
import type { Adoption, AdoptionStanding } from "#core/contract/adoptions.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { presentAdoption } from "#core/domain/adoption.ts";
import { shareAllows } from "#core/domain/share.ts";
import { adoption, study } from "#db/schema/mod.ts";
import { actingAs, journeyOf, whenceOf } from "../guard/acting.ts";
import { cookieOf } from "../guard/cookies.ts";
import type { ActedEnv } from "../guard/env.ts";
import { answer, problemAnswer } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { findVisit } from "./visit.ts";
import { openFirst, shutVisit } from "./words.ts";

/** Answers who wants to add what a link shows to the records of their own practice. */
export async function adoptShared(
  parts: EdgeParts,
  c: Context<ActedEnv>,
  shareId: string,
): Promise<Response> {
  const visit = await findVisit(parts, shareId, cookieOf(c, `share-${shareId}`));
  // Not 401: they are signed in, and what is missing is the visit.
  if (!visit) return answer(c, refuse("forbidden", { detail: openFirst.detail }));
  const { link, verdict, id } = visit;
  if (!verdict.open) return problemAnswer(c, shutVisit(verdict.refusal, link));
  if (!shareAllows(link.rights, "adopt")) {
    const detail = "This link shows the study, but does not let it be added to other records.";
    return answer(c, refuse("forbidden", { detail }));
  }
  const { actor, request } = c.var;
  const asks = { visit: id, from: whenceOf(request) };
  const who = actingAs(actor, "study:upload");
  const begun: Adoption | Refused = await parts.core(adoptStudy, asks, { who, ...journeyOf(request) });
  return answer(c, begun, 202);
}

/** How far an adoption of the practice has come, and its study once it is there. */
export async function adoptionStanding(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  id: string,
): Promise<AdoptionStanding | Refused> {
  const [found] = await db.readAs(
    practiceId,
    (q) =>
      q.select({ adoption, studyId: study.id }).from(adoption)
        .leftJoin(study, eq(study.studyInstanceUid, adoption.studyInstanceUid)).where(eq(adoption.id, id)),
  );
  return found ? { ...presentAdoption(found.adoption), studyId: found.studyId } : refuse("not-found");
}
