// The rows of a scrub: where it stands, what it must read next, and what it found.
import { and, asc, desc, eq, gt, isNotNull, sql } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import { audit, derivative, event, instance, object, scrub, scrubFault } from "#db/schema/mod.ts";
import type { Database, PracticeTransaction } from "#db/mod.ts";
import { deedOf, nobody } from "../acting.ts";
import { askForDerivations } from "../rows/announce.ts";

export type Scrub = typeof scrub.$inferSelect;

/** The scrub of a practice that is to go on: an open one, or a new one when the last began long enough ago. */
export async function scrubToDo(
  db: Database,
  practiceId: string,
  { at, everyMs }: { readonly at: Date; readonly everyMs: number },
): Promise<Scrub | undefined> {
  const [last] = await db.readAs(
    practiceId,
    (q) => q.select().from(scrub).orderBy(desc(scrub.startedAt), desc(scrub.id)).limit(1),
  );
  if (last && last.endedAt === null) return last;
  if (last && at.getTime() - last.startedAt.getTime() < everyMs) return undefined;
  const [begun] = await db.applyAs(
    practiceId,
    (q) => q.insert(scrub).values({ id: uuidv7(), practiceId, startedAt: at }).returning(),
  );
  return begun;
}

/** The next objects to read, in order of their ids, with the instance each belongs to. */
export async function objectsAfter(db: Database, { practiceId, after }: Scrub, most: number) {
  return await db.withBin.readAs(practiceId, (q) =>
    q.select({
      id: object.id,
      key: object.key,
      bytes: object.bytes,
      sha256: object.sha256,
      original: instance.id,
      picture: derivative.instanceId,
    }).from(object)
      .leftJoin(instance, eq(instance.objectId, object.id))
      .leftJoin(derivative, eq(derivative.objectId, object.id))
      .where(and(isNotNull(object.storedAt), after ? gt(object.id, after) : undefined))
      .orderBy(asc(object.id)).limit(most));
}

/** An object as the scrub met it. */
export type Met = Awaited<ReturnType<typeof objectsAfter>>[number];

/** One that is not as it was stored. */
export type Fault = { readonly met: Met; readonly fault: "missing" | "damaged" };

/** What a step read and found. */
export type Step = {
  readonly checked: number;
  readonly bytes: number;
  readonly after: string;
  readonly faults: readonly Fault[];
};

/** Writes a step and what follows from it, in one transaction: what is told was counted, and the other way round. */
export async function writeStep(db: Database, of: Scrub, step: Step, at: Date): Promise<void> {
  await db.withBin.writeAs(of.practiceId, async (tx) => {
    await tx.update(scrub).set({
      checked: sql`${scrub.checked} + ${step.checked}`,
      bytes: sql`${scrub.bytes} + ${step.bytes}`,
      after: step.after,
    }).where(eq(scrub.id, of.id));
    for (const fault of step.faults) await tell(tx, of, fault, at);
  });
}

/** Marks a scrub as ended. */
export async function endScrub(db: Database, of: Scrub, at: Date): Promise<void> {
  await db.applyAs(of.practiceId, (q) => q.update(scrub).set({ endedAt: at }).where(eq(scrub.id, of.id)));
}

async function tell(
  tx: PracticeTransaction,
  { practiceId, id: scrubId }: Scrub,
  { met, fault }: Fault,
  at: Date,
): Promise<void> {
  const instanceId = met.original ?? met.picture;
  // Removed for good while it was read, or an orphan: nobody misses it.
  if (instanceId === null || !await isStillKept(tx, met)) return;
  const what = met.original ? "original" : "picture";
  await tx.insert(scrubFault)
    .values({ id: uuidv7(), practiceId, scrubId, instanceId, objectId: met.id, fault, what })
    .onConflictDoNothing();
  const action = `${what}.${fault}`;
  await tx.insert(audit)
    .values(deedOf(practiceId, nobody, { action, subjectKind: "instance", subjectId: instanceId, at }));
  await tx.insert(event).values({ practiceId, kind: "integrity.failed", subjectId: instanceId });
  if (what === "picture") await remakePictures(tx, practiceId, instanceId, met.id);
}

async function isStillKept(tx: PracticeTransaction, met: Met): Promise<boolean> {
  const rows = met.original
    ? await tx.select({ id: instance.id }).from(instance).where(eq(instance.objectId, met.id))
    : await tx.select({ id: derivative.id }).from(derivative).where(eq(derivative.objectId, met.id));
  return rows.length > 0;
}

/** A picture can be made again from the file. */
async function remakePictures(
  tx: PracticeTransaction,
  practiceId: string,
  instanceId: string,
  objectId: string,
): Promise<void> {
  await tx.delete(derivative).where(eq(derivative.objectId, objectId));
  await tx.delete(object).where(eq(object.id, objectId));
  await tx.update(instance).set({ derivation: "pending", derivationFault: null })
    .where(eq(instance.id, instanceId));
  await askForDerivations(tx, practiceId, [instanceId]);
}
