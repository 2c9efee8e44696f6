// Asking for an adoption: whether the link gives the right, then rows on both sides and the job that copies, in one
// transaction each. What the giving practice sees is its history: who added its study to their records.
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import type { Adoption } from "#core/contract/adoptions.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import { presentAdoption } from "#core/domain/adoption.ts";
import { adoption, audit, event, instance, practice, study } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { type Author, deedOf } from "../acting.ts";

export type AdoptionWish = { readonly practice: string; readonly visit: string; readonly author: Author };

/** What a link lets others adopt; `seriesIds` null is the whole study. */
type Adoptable = {
  readonly shareId: string;
  readonly practiceId: string;
  readonly studyId: string;
  readonly seriesIds: readonly string[] | null;
};

const nothingToAdd = () =>
  refuse("not-found", { detail: "This link gives nothing to add to other records." });

/** Begins an adoption, or answers the one of the same link that runs. */
export async function adoptStudy(db: Database, wish: AdoptionWish, at: Date): Promise<Adoption | Refused> {
  const link = await findAdoptable(db, wish.visit, at);
  if (!link) return nothingToAdd();
  if (link.practiceId === wish.practice) {
    return refuse("conflict", { detail: "This study is in the records of your practice already." });
  }
  const source = await findSource(db, link);
  if (!source) return nothingToAdd();
  const begun = await begin(db, wish, { ...source, link, at });
  if (begun.isNew) await tellGiver(db, link, { adopter: wish.practice, at });
  return presentAdoption(begun.row);
}

async function findAdoptable(db: Database, visit: string, at: Date): Promise<Adoptable | undefined> {
  const rows = await db.lookUp<
    { share_id: string; practice_id: string; study_id: string; series_id: string | null }
  >(
    sql`select * from app.find_adoptable(${visit}::uuid, ${at.toISOString()}::timestamptz)`,
  );
  const [first] = rows;
  if (!first) return undefined;
  const shown = rows.flatMap(({ series_id: id }) => id ?? []);
  const { share_id: shareId, practice_id: practiceId, study_id: studyId } = first;
  return { shareId, practiceId, studyId, seriesIds: shown.length > 0 ? shown : null };
}

async function findSource(db: Database, { practiceId, studyId, seriesIds }: Adoptable) {
  const [[found], [counted], [giver]] = await db.readAs(practiceId, (q) => [
    q.select({ uid: study.studyInstanceUid }).from(study).where(eq(study.id, studyId)),
    q.select({ total: sql<number>`count(*)::int` }).from(instance).where(and(
      eq(instance.studyId, studyId),
      eq(instance.current, true),
      seriesIds ? inArray(instance.seriesId, [...seriesIds]) : undefined,
    )),
    q.select({ name: practice.name }).from(practice).where(eq(practice.id, practiceId)),
  ]);
  return found && counted && giver && { uid: found.uid, total: counted.total, fromPractice: giver.name };
}

type Source = {
  readonly link: Adoptable;
  readonly uid: string;
  readonly total: number;
  readonly fromPractice: string;
  readonly at: Date;
};

async function begin(db: Database, { practice: practiceId, author }: AdoptionWish, source: Source) {
  const { link, uid, total, fromPractice, at } = source;
  return await db.writeAs(practiceId, async (tx) => {
    const [begun] = await tx.insert(adoption).values({
      id: uuidv7(),
      practiceId,
      studyInstanceUid: uid,
      fromPractice,
      askedBy: "account" in author.who ? author.who.account : null,
      shareId: link.shareId,
      sourcePracticeId: link.practiceId,
      sourceStudyId: link.studyId,
      sourceSeriesIds: link.seriesIds && [...link.seriesIds],
      total,
      createdAt: at,
    }).onConflictDoNothing().returning();
    const [row] = begun ? [begun] : await tx.select().from(adoption)
      .where(and(eq(adoption.shareId, link.shareId), eq(adoption.state, "running")))
      .orderBy(desc(adoption.createdAt)).limit(1);
    if (!row) throw new Error("an adoption that conflicts is there");
    const asks = JSON.stringify({ practice: practiceId, adoption: row.id });
    await tx.execute(sql`select app.enqueue('adoptStudy', ${asks}::jsonb, ${`adopt:${row.id}`})`);
    if (begun) {
      const deed = { action: "study.adopted", subjectKind: "adoption", subjectId: row.id, at };
      await tx.insert(audit).values(deedOf(practiceId, author, deed));
    }
    return { row, isNew: begun !== undefined };
  });
}

async function tellGiver(
  db: Database,
  { practiceId, shareId: subjectId }: Adoptable,
  { adopter, at }: { readonly adopter: string; readonly at: Date },
): Promise<void> {
  const [by] = await db.readAs(
    adopter,
    (q) => q.select({ name: practice.name }).from(practice).where(eq(practice.id, adopter)),
  );
  await db.writeAs(practiceId, async (tx) => {
    await tx.insert(audit).values({
      id: uuidv7(),
      practiceId,
      actorKind: "share",
      actorId: subjectId,
      action: "share.adopted",
      subjectKind: "share",
      subjectId,
      reason: by?.name ?? null,
      at,
    });
    await tx.insert(event).values({ practiceId, kind: "share.changed", subjectId });
  });
}
