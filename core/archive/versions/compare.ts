// The derivation of a later arrival: no picture of its own, but a look whether it is the current one's picture in
// another transfer syntax. Pixels are decoded only where syntaxes and headers leave that open.
import { and, eq } from "drizzle-orm";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { instance, object } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import type { Deriving } from "../derive/derive.ts";
import { fetchOriginal } from "../derive/fetch.ts";
import { type LaterArrival, settleRelation } from "./settle.ts";
import { mayBeAlternates, samePixels } from "./relation.ts";

const columns = {
  id: instance.id,
  studyId: instance.studyId,
  sopInstanceUid: instance.sopInstanceUid,
  transferSyntaxUid: instance.transferSyntaxUid,
  description: instance.description,
  object: { id: object.id, key: object.key, bytes: object.bytes, storedAt: object.storedAt },
};

/** An instance that came later, with the current one under its SOP Instance UID. */
export type Pair = Awaited<ReturnType<typeof findPair>>;
type Side = NonNullable<Pair>["later"];

/** Finds a later arrival and the current instance; undefined when one is gone. */
export async function findPair(db: Database, practice: string, id: string) {
  const [later] = await db.withBin.readAs(
    practice,
    (q) =>
      q.select(columns).from(instance).innerJoin(object, eq(object.id, instance.objectId))
        .where(eq(instance.id, id)),
  );
  if (!later) return undefined;
  const [current] = await db.withBin.readAs(
    practice,
    (q) =>
      q.select(columns).from(instance).innerJoin(object, eq(object.id, instance.objectId))
        .where(and(eq(instance.sopInstanceUid, later.sopInstanceUid), eq(instance.current, true))),
  );
  return current && { later, current };
}

/** Compares a later arrival with the current one and settles what it is. */
export async function compareVersion(
  deriving: Deriving,
  practice: string,
  id: string,
): Promise<"none" | "gone"> {
  const pair = await findPair(deriving.db, practice, id);
  if (!pair) return "gone";
  const isAlternate = mayBeAlternates(pair.later, pair.current) && await showTheSame(deriving, pair);
  await settleRelation(deriving.db, laterArrival(practice, pair), isAlternate ? "alternate" : "version");
  return "none";
}

/** The pair as the one who settles it wants it. */
export function laterArrival(practice: string, { later, current }: NonNullable<Pair>): LaterArrival {
  return { practice, instance: later.id, study: later.studyId, currentStudy: current.studyId };
}

async function showTheSame(deriving: Deriving, { later, current }: NonNullable<Pair>): Promise<boolean> {
  const folder = join(deriving.work, randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const digestOf = async ({ object: kept, id }: Side) => {
    const path = join(folder, id);
    await fetchOriginal(deriving, kept, path);
    return await deriving.decoders.digest(path);
  };
  try {
    return samePixels(await digestOf(current), await digestOf(later));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
