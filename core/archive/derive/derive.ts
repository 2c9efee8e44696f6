// The job `derive`: makes the pictures of one instance and puts them beside it; a later arrival under a known SOP
// Instance UID is compared instead (versions/). Safe to run twice: objects are named by their bytes, rows replaced.
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { comprehensiveSR, type Decoders, isUndecodable } from "#core/dicom/mod.ts";
import { instance, object } from "#db/schema/mod.ts";
import { keepReport, readReport } from "../measurements/report.ts";
import type { Places } from "../reading.ts";
import { compareVersion, findPair, laterArrival } from "../versions/compare.ts";
import { settleRelation } from "../versions/settle.ts";
import { concluded } from "./conclude.ts";
import { fetchOriginal } from "./fetch.ts";
import { storeDerivatives } from "./store.ts";

/** What the job is told. */
export const DeriveJob = z.object({ practice: Id, instance: Id });
export type DeriveJob = z.infer<typeof DeriveJob>;

export type Deriving = Places & {
  readonly decoders: Pick<Decoders, "derive" | "digest">;
  /** A folder for work in progress, emptied at start. */
  readonly work: string;
  readonly now: () => Date;
};

/** How a derivation ended; `gone` when there is no such instance. Faults of the system are thrown: try again. */
export type DerivationOutcome = "ready" | "none" | "failed" | "gone";

/** Makes the derivatives of one instance. @throws what the disk, the store, the database or the pool throws. */
export async function derive(deriving: Deriving, job: DeriveJob): Promise<DerivationOutcome> {
  const [found] = await deriving.db.withBin.readAs(job.practice, (q) =>
    q.select({
      derivation: instance.derivation,
      current: instance.current,
      studyId: instance.studyId,
      hasImage: instance.rows,
      sopClassUid: instance.sopClassUid,
      id: object.id,
      key: object.key,
      bytes: object.bytes,
      storedAt: object.storedAt,
    }).from(instance).innerJoin(object, eq(object.id, instance.objectId)).where(
      eq(instance.id, job.instance),
    ));
  if (!found) return "gone";
  if (found.derivation !== "pending") return found.derivation;
  if (!found.current) return await compareVersion(deriving, job.practice, job.instance);

  const folder = join(deriving.work, randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const original = join(folder, "original");
    await fetchOriginal(deriving, found, original);
    const report = found.sopClassUid === comprehensiveSR ? await readReport(original) : undefined;
    if (report) {
      await concluded(
        deriving.db,
        { ...job, study: found.studyId },
        { state: "none", fault: null },
        (tx) =>
          keepReport(tx, { practice: job.practice, instance: job.instance, study: found.studyId }, report),
      );
      return "none";
    }
    const derived = await deriving.decoders.derive(original, join(folder, "made"));
    const subject = { ...job, study: found.studyId };
    if (isUndecodable(derived)) {
      const state = found.hasImage === null ? "none" : "failed";
      await concluded(deriving.db, subject, { state, fault: sentence(derived.undecodable) });
      return state;
    }
    return await storeDerivatives(deriving, subject, derived);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ends a derivation that failed for good by a fault of the system, so that nobody waits for it. */
export async function giveUpDerivation({ db }: Pick<Deriving, "db">, job: DeriveJob): Promise<void> {
  const [found] = await db.withBin.readAs(
    job.practice,
    (q) =>
      q.select({ derivation: instance.derivation, study: instance.studyId, current: instance.current })
        .from(instance).where(eq(instance.id, job.instance)),
  );
  if (found?.derivation !== "pending") return;
  if (!found.current) return await giveUpComparison(db, job);
  const fault =
    "The picture could not be prepared because of a fault on our side. It can be asked for again.";
  await concluded(db, { ...job, study: found.study }, { state: "failed", fault });
}

/** What could not be compared is told as a conflict: it is for the practice to look. */
async function giveUpComparison(db: Deriving["db"], { practice, instance: id }: DeriveJob): Promise<void> {
  const pair = await findPair(db, practice, id);
  if (pair) await settleRelation(db, laterArrival(practice, pair), "version");
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith(".") ? "" : "."}`;
}
