// A study for its own staff: its pictures, and what is known of its arrival and its files.
import { and, desc, eq, sql } from "drizzle-orm";
import type { StaffStudy } from "#core/contract/studies.ts";
import { presentAdoption } from "#core/domain/adoption.ts";
import { adoption, instance, object, study } from "#db/schema/mod.ts";
import type { EdgeParts } from "../parts.ts";
import { pictureStudy } from "./picture.ts";

/** The study of a practice, or undefined where it has none of that id. */
export async function staffStudy(
  parts: Pick<EdgeParts, "db">,
  practiceId: string,
  studyId: string,
): Promise<StaffStudy | undefined> {
  const [pictures, [[found], [kept], [came]]] = await Promise.all([
    pictureStudy(parts, practiceId, studyId, null),
    parts.db.readAs(practiceId, (q) => [
      q.select({
        completedAt: study.completedAt,
        lastReceivedAt: study.lastReceivedAt,
        versions: study.versionCount,
      }).from(study).where(eq(study.id, studyId)),
      q.select({ files: sql<number>`count(*)::int`, bytes: sql<string>`coalesce(sum(${object.bytes}), 0)` })
        .from(instance).innerJoin(object, eq(object.id, instance.objectId))
        .where(and(eq(instance.studyId, studyId), eq(instance.current, true))),
      q.select({ adoption }).from(adoption)
        .innerJoin(study, eq(study.studyInstanceUid, adoption.studyInstanceUid))
        .where(eq(study.id, studyId)).orderBy(desc(adoption.createdAt)).limit(1),
    ]),
  ]);
  if (!pictures || !found) return undefined;
  return {
    ...pictures,
    complete: found.completedAt !== null,
    lastReceivedAt: found.lastReceivedAt.toISOString(),
    versions: found.versions,
    files: kept?.files ?? 0,
    bytes: Number(kept?.bytes ?? 0),
    adopted: came ? presentAdoption(came.adoption) : null,
  };
}
