// Bytes for the visitor of a link. The link's row decides each time; series that are not shared are not there, and
// the original file needs the right to download.
import type { Context } from "hono";
import { shareAllows } from "#core/domain/share.ts";
import { audit } from "#db/schema/mod.ts";
import { visitorAuditRow } from "../guard/audit.ts";
import { cookieOf } from "../guard/cookies.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { problemAnswer, refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { sendThing, thingOf } from "../studies/mod.ts";
import type { BytesKind } from "../studies/mod.ts";
import { findVisitTo } from "./visit.ts";
import { openFirst, shutVisit } from "./words.ts";

/** Answers a visitor's request for bytes. Nothing of it stays in the browser, so that taking back holds. */
export async function sendShared(
  parts: EdgeParts,
  c: Context<EdgeEnv>,
  asked: { readonly shareId: string; readonly instanceId: string; readonly kind: BytesKind },
): Promise<Response> {
  const { shareId, instanceId, kind } = asked;
  const found = await findVisitTo(parts, { shareId, instanceId }, cookieOf(c, `share-${shareId}`));
  if (!found) return problemAnswer(c, openFirst);
  const { visit, visit: { link, verdict } } = found;
  if (!verdict.open) return problemAnswer(c, shutVisit(verdict.refusal, link));
  if (kind === "original" && !shareAllows(link.rights, "download")) {
    return refusal(c, "forbidden", { detail: "This link shows the pictures, but does not give the files." });
  }
  const { practiceId } = link;
  const thing = thingOf(found.instance, kind);
  if (!thing) return refusal(c, "not-found");
  if (kind === "original" && isFirstPart(c)) {
    const row = visitorAuditRow(link, c.var.request, { action: "share.downloaded" }, parts.newId);
    await parts.db.applyAs(practiceId, (q) => q.insert(audit).values(row));
  }
  const who = { shareSession: visit.id, practice: practiceId, permission: "study:read" } as const;
  return await sendThing(parts, c, { who, thing, cache: "no-store" });
}

/** One download may come in many ranges; the one with the first byte stands for it. */
function isFirstPart(c: Context<EdgeEnv>): boolean {
  const range = c.req.header("range");
  return c.req.method === "GET" && (range === undefined || range.startsWith("bytes=0-"));
}
