// Making a link (PA-4): 256 random bits that are told once, of which only the hash is kept.
import { eq } from "drizzle-orm";
import { digestSecret } from "#core/contract/secrets.ts";
import { refuse, refuseField } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { CreatedShare, NewShare } from "#core/contract/shares.ts";
import { audit, event, series, share, study } from "#db/schema/mod.ts";
import { actingAs, journeyOf } from "../guard/acting.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import { newSecret, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import { presentShare } from "./presenter.ts";
import { shareMail } from "./mails.ts";
import type { ShareRow } from "./presenter.ts";

/** Makes a link to a study of the actor's practice, or refuses: no such study, or a series that is not of it. */
export async function createShare(
  parts: EdgeParts,
  actor: Actor,
  wanted: NewShare,
  request: RequestFacts,
): Promise<CreatedShare | Refused> {
  const { db, newId, now, publicUrl } = parts;
  const refused = await refusalOf(parts, actor, wanted);
  if (refused) return refused;
  const token = newSecret(parts.random);
  const at = now();
  const row = await rowOf(parts, actor, wanted, { token, at, request });
  const url = `${publicUrl}/s#${token}`;
  const mails = wanted.recipient &&
    await shareMail(parts, row, { recipient: wanted.recipient, url, request });
  const { practiceId } = actor;
  const deed = { action: "share.created", subjectKind: "share", subjectId: row.id };
  await db.writeAs(practiceId, async (tx) => {
    await tx.insert(share).values(row);
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    await tx.insert(event).values({ practiceId, kind: "share.changed", subjectId: row.id });
    await mails?.post(tx);
  });
  return { share: presentShare({ share: row, lastOpenedAt: null, mail: mails ? "waiting" : null }, at), url };
}

async function refusalOf({ db }: EdgeParts, actor: Actor, wanted: NewShare): Promise<Refused | undefined> {
  const [[found], parts] = await db.readAs(actor.practiceId, (q) => [
    q.select({ id: study.id }).from(study).where(eq(study.id, wanted.studyId)),
    q.select({ id: series.id }).from(series).where(eq(series.studyId, wanted.studyId)),
  ]);
  if (!found) return refuse("not-found", { detail: "There is no such study." });
  const known = new Set(parts.map((part) => part.id));
  if ((wanted.seriesIds ?? []).every((id) => known.has(id))) return undefined;
  const detail = "names a series that is not of this study";
  return refuseField("body.seriesIds", detail);
}

async function rowOf(
  parts: EdgeParts,
  actor: Actor,
  wanted: NewShare,
  { token, at, request }: { token: string; at: Date; request: RequestFacts },
): Promise<ShareRow> {
  return {
    id: parts.newId(),
    practiceId: actor.practiceId,
    studyId: wanted.studyId,
    seriesIds: wanted.seriesIds ?? null,
    tokenHash: await secretHash(token),
    label: wanted.label,
    rights: wanted.rights,
    expiresAt: new Date(at.getTime() + wanted.expiresInDays * 86_400_000),
    passcodeDigest: await digestOf(parts, actor, wanted.passcode, request),
    failedPasscodes: 0,
    maxViews: wanted.maxViews ?? null,
    views: 0,
    createdByAccount: actor.kind === "account" ? actor.id : null,
    createdByApiKey: actor.kind === "api_key" ? actor.id : null,
    createdAt: at,
    revokedAt: null,
    recipientKind: wanted.recipient?.kind ?? null,
    recipientEmail: wanted.recipient?.email ?? null,
    tellFirstOpening: wanted.tellFirstOpening,
  };
}

async function digestOf(
  { core }: EdgeParts,
  actor: Actor,
  passcode: string | undefined,
  request: RequestFacts,
): Promise<string | null> {
  if (passcode === undefined) return null;
  const who = actingAs(actor, "secret:digest");
  const { digest } = await core(digestSecret, { secret: passcode }, { who, ...journeyOf(request) });
  return digest;
}
