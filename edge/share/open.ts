// Opening a link, the only thing that counts a view (PA-6): find, decide, count, tell. The rule is in
// core/domain/share.ts; here are the facts and what follows from the verdict.
import { eq, sql } from "drizzle-orm";
import { Secret } from "#core/contract/identifiers.ts";
import { verifySecret } from "#core/contract/secrets.ts";
import type { OpenedShare, OpenShare, ShareState } from "#core/contract/shares.ts";
import { mayOpen, shareState } from "#core/domain/share.ts";
import type { Verdict } from "#core/domain/share.ts";
import { audit, share } from "#db/schema/mod.ts";
import { journeyOf } from "../guard/acting.ts";
import { visitorAuditRow } from "../guard/audit.ts";
import type { RequestFacts } from "../guard/env.ts";
import { byteaText, secretHash } from "../guard/secret.ts";
import type { EdgeParts } from "../parts.ts";
import { pictureStudy } from "../studies/mod.ts";
import { giveAttemptBack, takeAttempt, takeView } from "./counters.ts";
import { firstOpeningMail } from "./mails.ts";
import { linkOf } from "./presenter.ts";
import type { ShareRow } from "./presenter.ts";
import { findVisit, newVisit } from "./visit.ts";
import { shutLink, shutVisit, unknownLink } from "./words.ts";
import type { ShareProblem } from "./words.ts";

/** An opened link; `visit` is there when the visitor gets a cookie. */
export type Opening = {
  readonly opened: OpenedShare;
  readonly visit?: { readonly secret: string; readonly seconds: number };
};

/** What a visitor brings: what was posted, and the secret of an earlier visit of a link. */
export type Visitor = {
  readonly asked: OpenShare;
  readonly secretOf: (shareId: string) => string | undefined;
  readonly request: RequestFacts;
};

/** Shows an opened link again within its visit: what became ready meanwhile. Nothing is counted. */
export async function lookAgain(
  parts: EdgeParts,
  shareId: string,
  secret: string | undefined,
): Promise<OpenedShare | { shut: ShareProblem } | undefined> {
  const visit = await findVisit(parts, shareId, secret);
  if (!visit) return undefined;
  if (!visit.verdict.open) return { shut: shutVisit(visit.verdict.refusal, visit.link) };
  return await shown(parts, visit.link);
}

/** Opens a link or says why not. */
export async function openShare(
  parts: EdgeParts,
  visitor: Visitor,
): Promise<Opening | { shut: ShareProblem }> {
  const link = await findLink(parts, visitor.asked.token);
  if (!link) return { shut: unknownLink };
  const returning = await findVisit(parts, link.id, visitor.secretOf(link.id)) !== undefined;
  const verdict = await decide(parts, link, visitor, returning);
  if (!verdict.open) return await shut(parts, link, visitor, verdict);
  if (returning) return { opened: await shown(parts, link) };
  const visit = await admit(parts, link, visitor.request);
  if (visit) return { opened: await shown(parts, link), visit };
  const state = await stateNow(parts, link);
  return await shut(parts, link, visitor, { open: false, refusal: state === "live" ? "spent" : state });
}

async function findLink({ db }: EdgeParts, token: string): Promise<ShareRow | undefined> {
  if (!Secret.safeParse(token).success) return undefined;
  const hash = await secretHash(token);
  const [row] = await db.readAsFound(
    sql`app.find_share(${byteaText(hash)}::bytea)`,
    (q) => q.select().from(share).where(eq(share.tokenHash, hash)),
  );
  return row;
}

async function readLink(
  { db }: EdgeParts,
  practiceId: string,
  shareId: string,
): Promise<ShareRow | undefined> {
  const [row] = await db.readAs(practiceId, (q) => q.select().from(share).where(eq(share.id, shareId)));
  return row;
}

async function decide(
  parts: EdgeParts,
  link: ShareRow,
  { asked, request }: Visitor,
  returning: boolean,
): Promise<Verdict> {
  const facts = linkOf(link);
  const first = mayOpen(facts, { returning, passcodeFits: false, pressed: asked.pressed }, parts.now());
  const asksPasscode = !first.open && first.refusal === "passcode";
  if (!asksPasscode || !asked.passcode || link.passcodeDigest === null) return first;
  if (!await takeAttempt(parts, link)) return { open: false, refusal: "locked" };
  if (!await passcodeFits(parts, link, asked.passcode, link.passcodeDigest, request)) return first;
  await giveAttemptBack(parts, link);
  return mayOpen(facts, { returning, passcodeFits: true, pressed: asked.pressed }, parts.now());
}

/** Asks the core. Where it does not answer, the attempt was none. */
async function passcodeFits(
  parts: EdgeParts,
  link: ShareRow,
  passcode: string,
  digest: string,
  request: RequestFacts,
): Promise<boolean> {
  const who = { system: true, practice: link.practiceId, permission: "secret:verify" } as const;
  const asks = { secret: passcode.trim(), digest };
  try {
    const { matches } = await parts.core(verifySecret, asks, { who, ...journeyOf(request) });
    return matches;
  } catch (fault) {
    await giveAttemptBack(parts, link);
    throw fault;
  }
}

async function admit(
  parts: EdgeParts,
  link: ShareRow,
  request: RequestFacts,
): Promise<Opening["visit"] | undefined> {
  const now = parts.now();
  const { secret, row, seconds } = await newVisit(parts, link, now);
  const deed = visitorAuditRow(link, request, { action: "share.opened" }, parts.newId);
  const view = takeView(link, row, deed);
  const told = await firstOpeningMail(parts, link, request);
  const views = told
    ? await parts.db.writeAs(link.practiceId, async (tx) => {
      const count = viewsIn(await tx.execute(view));
      if (count === 1) await told.post(tx);
      return count;
    })
    : viewsIn(await parts.db.applyAs(link.practiceId, (q) => q.execute(view)));
  return views === undefined ? undefined : { secret, seconds };
}

/** How often the link was opened, this time among them; undefined when it was not let in. */
function viewsIn({ rows: [row] }: { readonly rows: readonly Record<string, unknown>[] }): number | undefined {
  return row && Number(row.views);
}

async function shown(parts: EdgeParts, link: ShareRow): Promise<OpenedShare> {
  const study = await pictureStudy(parts, link.practiceId, link.studyId, link.seriesIds);
  if (!study) throw new Error("a link without its study");
  return { shareId: link.id, rights: link.rights, expiresAt: link.expiresAt.toISOString(), study };
}

/** Says no, and keeps that someone was refused. Being asked for a passcode or a press is no refusal yet. */
async function shut(
  parts: EdgeParts,
  link: ShareRow,
  { asked, request }: Visitor,
  verdict: Verdict & { open: false },
): Promise<{ shut: ShareProblem }> {
  const { refusal } = verdict;
  if (refusal === "unknown") return { shut: unknownLink };
  const passcodeGiven = Boolean(asked.passcode);
  const isQuestion = refusal === "press" || (refusal === "passcode" && !passcodeGiven);
  if (!isQuestion) {
    const deed = { action: "share.refused", outcome: refusal };
    await parts.db.applyAs(
      link.practiceId,
      (q) => q.insert(audit).values(visitorAuditRow(link, request, deed, parts.newId)),
    );
  }
  return { shut: shutLink(refusal, link, passcodeGiven) };
}

async function stateNow(parts: EdgeParts, link: ShareRow): Promise<ShareState> {
  const row = await readLink(parts, link.practiceId, link.id);
  return row ? shareState(linkOf(row), parts.now()) : "revoked";
}
