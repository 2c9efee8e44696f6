// All links of the practice, newest first, a page at a time: which are open, whom they went to, what they show.
import { and, desc, eq, not, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { PracticeShares, ShareQuery } from "#core/contract/shares.ts";
import { searchWords } from "#core/domain/searchText.ts";
import { passcodeAttempts } from "#core/domain/share.ts";
import { share, study } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";
import { patientOf, readCursor, writeCursor } from "../studies/mod.ts";
import { presentShare, shareColumns } from "./presenter.ts";

const mostWords = 10;

/** A page of the practice's links; those of studies in the bin are left out. */
export async function listPracticeShares(
  { db, now }: EdgeParts,
  practiceId: string,
  { state, search, limit, after }: ShareQuery,
): Promise<PracticeShares | Refused> {
  const from = after === undefined ? undefined : readCursor(after);
  if (after !== undefined && !from) {
    return refuse("invalid", { detail: "`after` is not a cursor of this list." });
  }
  const older = from && sql`(share.created_at, share.id) < (${from[0]}::timestamptz, ${from[1]}::uuid)`;
  const live = isLive(now());
  const wanted = { live, ended: not(live), all: undefined }[state];
  const rows = await db.readAs(
    practiceId,
    (q) =>
      q.select({ ...shareColumns, study, place }).from(share).innerJoin(study, eq(study.id, share.studyId))
        .where(and(older, wanted, ...searchWords(search).slice(0, mostWords).map(holds)))
        .orderBy(desc(share.createdAt), desc(share.id)).limit(limit + 1),
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    shares: page.map(({ study: of, ...row }) => ({
      ...presentShare(row, now()),
      study: { patient: patientOf(of), description: of.studyDescription, studyDate: of.studyDate },
    })),
    next: last ? writeCursor([last.place, last.share.id]) : null,
  };
}

const place = sql<string>`to_char(share.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

function isLive(now: Date): SQL {
  return sql`(share.revoked_at is null and share.expires_at > ${now.toISOString()}::timestamptz
    and share.failed_passcodes < ${passcodeAttempts}::int and (share.max_views is null or share.views < share.max_views))`;
}

function holds(word: string): SQL {
  const like = `%${word.replace(/[\\%_]/g, "\\$&")}%`;
  return sql`(study.search_text like ${like} or lower(share.label) like ${like}
    or lower(share.recipient_email) like ${like})`;
}
