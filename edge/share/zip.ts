// What a link shows as one ZIP, for a visitor whose link has the right to download.
import type { Context } from "hono";
import { mostZippedSeries, type ZipForm } from "#core/contract/capability.ts";
import { shareAllows } from "#core/domain/share.ts";
import { audit } from "#db/schema/mod.ts";
import { visitorAuditRow } from "../guard/audit.ts";
import { cookieOf } from "../guard/cookies.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { problemAnswer, refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { sendThing, zipNameOf } from "../studies/mod.ts";
import { findVisit } from "./visit.ts";
import { openFirst, shutVisit } from "./words.ts";

/** Answers a visitor's request for all files of a link. */
export async function sendSharedZip(
  parts: EdgeParts,
  c: Context<EdgeEnv>,
  shareId: string,
  as: ZipForm | undefined,
): Promise<Response> {
  const visit = await findVisit(parts, shareId, cookieOf(c, `share-${shareId}`));
  if (!visit) return problemAnswer(c, openFirst);
  const { link, verdict } = visit;
  if (!verdict.open) return problemAnswer(c, shutVisit(verdict.refusal, link));
  if (!shareAllows(link.rights, "download")) {
    return refusal(c, "forbidden", { detail: "This link shows the pictures, but does not give the files." });
  }
  const { practiceId, studyId, seriesIds } = link;
  if (seriesIds && seriesIds.length > mostZippedSeries) {
    const detail =
      `A ZIP of a part of a study holds up to ${mostZippedSeries} series. Fetch the files one by one.`;
    return refusal(c, "too-large", { detail });
  }
  const fileName = await zipNameOf(parts, practiceId, studyId);
  if (fileName === undefined) return refusal(c, "not-found");
  if (c.req.method === "GET") {
    const row = visitorAuditRow(link, c.var.request, { action: "share.downloaded" }, parts.newId);
    await parts.db.applyAs(practiceId, (q) => q.insert(audit).values(row));
  }
  const who = { shareSession: visit.id, practice: practiceId, permission: "study:read" } as const;
  const thing = { zip: studyId, ...(seriesIds ? { seriesIds } : {}), ...(as ? { as } : {}) };
  return await sendThing(parts, c, { who, thing, cache: "no-store", fileName });
}
