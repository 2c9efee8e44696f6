// What was kept under the SOP Instance UIDs of a study of which more than one thing came: other bytes, or the same
// picture in another transfer syntax.
import { aliasedTable, and, asc, eq, exists, ne, sql } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import type { StudyVersions } from "#core/contract/studies.ts";
import { instance, object, study } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";

const other = aliasedTable(instance, "other");
const own = aliasedTable(instance, "own");

/** All that is kept under the UIDs of a study with more than one arrival; the first arrival of each UID first. */
export async function versionsOf(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  studyId: string,
): Promise<StudyVersions | Refused> {
  const [[found], rows] = await db.readAs(practiceId, (q) => [
    q.select({ id: study.id }).from(study).where(eq(study.id, studyId)),
    q.select({
      sopInstanceUid: instance.sopInstanceUid,
      id: instance.id,
      relation: instance.relation,
      transferSyntaxUid: instance.transferSyntaxUid,
      bytes: object.bytes,
      receivedAt: instance.receivedAt,
      source: instance.sourceKind,
    }).from(instance).innerJoin(object, eq(object.id, instance.objectId))
      .where(and(
        exists(
          q.select({ one: sql`1` }).from(own)
            .where(and(eq(own.studyId, studyId), eq(own.sopInstanceUid, instance.sopInstanceUid))),
        ),
        exists(
          q.select({ one: sql`1` }).from(other)
            .where(and(eq(other.sopInstanceUid, instance.sopInstanceUid), ne(other.relation, "current"))),
        ),
      ))
      .orderBy(asc(instance.sopInstanceUid), asc(instance.receivedAt), asc(instance.id)),
  ]);
  if (!found) return refuse("not-found");
  const byUid = Map.groupBy(rows, (row) => row.sopInstanceUid);
  return {
    instances: [...byUid].map(([sopInstanceUid, kept]) => ({
      sopInstanceUid,
      kept: kept.map(({ sopInstanceUid: _uid, receivedAt, ...row }) => ({
        ...row,
        receivedAt: receivedAt.toISOString(),
      })),
    })),
  };
}
