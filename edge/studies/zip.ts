// A study as a ZIP with its DICOMDIR, for the staff of its practice. The core makes it while it is sent.
import { eq } from "drizzle-orm";
import type { Context } from "hono";
import type { ZipForm } from "#core/contract/capability.ts";
import { study } from "#db/schema/mod.ts";
import { actingAs } from "../guard/acting.ts";
import type { ActedEnv } from "../guard/env.ts";
import { refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { sendThing } from "./bytes.ts";
import { zipName } from "./fileName.ts";
import { patientOf } from "./patient.ts";

/** Answers a request of staff for a study, or for some series of it. What is in it may change with the next arrival: nothing is cached. */
export async function sendZip(
  parts: EdgeParts,
  c: Context<ActedEnv>,
  studyId: string,
  { seriesIds, as }: { readonly seriesIds?: readonly string[]; readonly as?: ZipForm } = {},
): Promise<Response> {
  const { actor } = c.var;
  const fileName = await zipNameOf(parts, actor.practiceId, studyId);
  if (fileName === undefined) return refusal(c, "not-found");
  const who = actingAs(actor, "study:read");
  const thing = { zip: studyId, ...(seriesIds ? { seriesIds: [...seriesIds] } : {}), ...(as ? { as } : {}) };
  return await sendThing(parts, c, { who, thing, cache: "no-store", fileName });
}

/** The name of a study's ZIP; undefined where the practice has no such study. */
export async function zipNameOf(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  studyId: string,
): Promise<string | undefined> {
  const [found] = await db.readAs(practiceId, (q) => q.select().from(study).where(eq(study.id, studyId)));
  return found && zipName(patientOf(found).animal, found.studyDate);
}
