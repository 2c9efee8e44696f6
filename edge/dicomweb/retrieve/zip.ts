// A study or series as a ZIP with its DICOMDIR (PS3.18 10.4.1, media type application/zip): the same as staff download.
import { and, eq } from "drizzle-orm";
import type { Context } from "hono";
import type { Acceptable, DicomName } from "#core/contract/retrieve.ts";
import { series, study } from "#db/schema/mod.ts";
import type { ActedEnv } from "../../guard/env.ts";
import { refusal } from "../../guard/refusal.ts";
import type { EdgeParts } from "../../parts.ts";
import { sendZip } from "../../studies/mod.ts";

/** Whether a ZIP is what is wanted most. */
export function wantsZip(wishes: readonly Acceptable[]): boolean {
  return wishes[0]?.type === "application/zip" && !wishes[0].multipart;
}

/** Sends what is named as a ZIP. */
export async function sendNamedZip(
  parts: EdgeParts,
  c: Context<ActedEnv>,
  name: DicomName,
): Promise<Response> {
  if (name.instance !== undefined) {
    return refusal(c, "not-acceptable", { detail: "A ZIP is of a study or a series." });
  }
  const [[found], [part]] = await parts.db.readAs(c.var.actor.practiceId, (q) => [
    q.select({ id: study.id }).from(study).where(eq(study.studyInstanceUid, name.study)),
    q.select({ id: series.id }).from(series).innerJoin(study, eq(study.id, series.studyId))
      .where(and(eq(study.studyInstanceUid, name.study), eq(series.seriesInstanceUid, name.series ?? ""))),
  ]);
  if (!found || (name.series !== undefined && !part)) return refusal(c, "not-found");
  return await sendZip(parts, c, found.id, part ? { seriesIds: [part.id] } : {});
}
