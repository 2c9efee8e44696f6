// The study list: newest arrival first, a page at a time by keyset, found by any words of its search text.
import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { StudyList, StudyListQuery, StudySummary } from "#core/contract/studies.ts";
import { searchWords } from "#core/domain/searchText.ts";
import { passcodeAttempts } from "#core/domain/share.ts";
import { study } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { patientOf } from "./patient.ts";

/** Words of a search that are looked for. Each costs a look at every row, and ten name one animal well enough. */
const mostWords = 10;

/** A page of the practice's studies. */
export async function listStudies(
  { db, now }: Pick<EdgeParts, "db" | "now">,
  practiceId: string,
  { search = "", studyInstanceUid, sameAnimalAs, limit, after, bin }: StudyListQuery,
): Promise<StudyList | Refused> {
  const from = after === undefined ? undefined : readCursor(after);
  if (after !== undefined && !from) {
    return refuse("invalid", { detail: "`after` is not a cursor of this list." });
  }
  const older = from && sql`(last_received_at, id) < (${from[0]}::timestamptz, ${from[1]}::uuid)`;
  const named = studyInstanceUid === undefined ? undefined : eq(study.studyInstanceUid, studyInstanceUid);
  const binned = bin === "true";
  const rows = await (binned ? db.withBin : db).readAs(
    practiceId,
    (q) =>
      q.select({ study, ...counted(now()) }).from(study)
        .where(
          and(
            older,
            binned ? isNotNull(study.deletedAt) : undefined,
            named,
            sameAnimalAs === undefined ? undefined : ofAnimal(sameAnimalAs),
            ...searchWords(search).slice(0, mostWords).map(holds),
          ),
        )
        .orderBy(desc(study.lastReceivedAt), desc(study.id))
        .limit(limit + 1),
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { studies: page.map(summaryOf), next: last ? writeCursor([last.place, last.study.id]) : null };
}

// Column names are written out: inside a selection the builder drops the table's name, and `id` would be the
// inner table's.
function counted(now: Date) {
  const at = now.toISOString();
  return {
    place: sql<string>`to_char(study.last_received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    thumbnail: sql<string | null>`(select i.id from instance i join series s on s.id = i.series_id
      where i.study_id = study.id and i.current
        and exists (select from derivative d where d.instance_id = i.id and d.kind = 'thumbnail')
      order by s.series_number, s.id, i.instance_number, i.id limit 1)`,
    pending: sql<number>`(select count(*)::int from instance i
      where i.study_id = study.id and i.current and i.derivation = 'pending')`,
    liveShares: sql<number>`(select count(*)::int from share h where h.study_id = study.id
      and h.revoked_at is null and h.expires_at > ${at}::timestamptz and h.failed_passcodes < ${passcodeAttempts}::int
      and (h.max_views is null or h.views < h.max_views))`,
  };
}

type Row = {
  readonly study: typeof study.$inferSelect;
  readonly place: string;
  readonly thumbnail: string | null;
  readonly pending: number;
  readonly liveShares: number;
};

function summaryOf({ study: row, thumbnail, pending, liveShares }: Row): StudySummary {
  return {
    id: row.id,
    patient: patientOf(row),
    description: row.studyDescription,
    studyDate: row.studyDate,
    studyTime: row.studyTime,
    accessionNumber: row.accessionNumber,
    modalities: row.modalities,
    seriesCount: row.seriesCount,
    instanceCount: row.instanceCount,
    receivedAt: row.receivedAt.toISOString(),
    lastReceivedAt: row.lastReceivedAt.toISOString(),
    thumbnail: row.deletedAt ? null : thumbnail,
    pending,
    liveShares: row.deletedAt ? 0 : liveShares,
    versions: row.versionCount,
    complete: row.completedAt !== null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    purgeAt: row.purgeAt?.toISOString() ?? null,
  };
}

/** The other studies with the patient ID of one; none where it has none. */
function ofAnimal(studyId: string): SQL {
  return sql`id <> ${studyId}::uuid and patient_id = (select s.patient_id from study s where s.id = ${studyId}::uuid)`;
}

function holds(word: string): SQL {
  return sql`search_text like ${`%${word.replace(/[\\%_]/g, "\\$&")}%`}`;
}
