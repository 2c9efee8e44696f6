// The job `derive`: makes the pictures of one instance and puts them beside it. Safe to run twice: objects are
// named by their bytes, rows are replaced.
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { type Decoders, isUndecodable } from "#core/dicom/mod.ts";
import { instance, object } from "#db/schema/mod.ts";
import { systemCode } from "../journal/faults.ts";
import { type KeptObject, readKept } from "../originals.ts";
import type { Places } from "../reading.ts";
import { concluded } from "./conclude.ts";
import { storeDerivatives } from "./store.ts";

/** What the job is told. */
export const DeriveJob = z.object({ practice: Id, instance: Id });
export type DeriveJob = z.infer<typeof DeriveJob>;

export type Deriving = Places & {
  readonly decoders: Pick<Decoders, "derive">;
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
      studyId: instance.studyId,
      hasImage: instance.rows,
      id: object.id,
      key: object.key,
      bytes: object.bytes,
      storedAt: object.storedAt,
    }).from(instance).innerJoin(object, eq(object.id, instance.objectId)).where(
      eq(instance.id, job.instance),
    ));
  if (!found) return "gone";
  if (found.derivation !== "pending") return found.derivation;

  const folder = join(deriving.work, randomUUID());
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const original = join(folder, "original");
    await fetchOriginal(deriving, found, original);
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
      q.select({ derivation: instance.derivation, study: instance.studyId }).from(instance)
        .where(eq(instance.id, job.instance)),
  );
  if (found?.derivation !== "pending") return;
  const fault =
    "The picture could not be prepared because of a fault on our side. It can be asked for again.";
  await concluded(db, { ...job, study: found.study }, { state: "failed", fault });
}

/** The original under a name of its own: a second name for the file in the incoming folder, or a copy of the stored one. */
async function fetchOriginal(deriving: Deriving, kept: KeptObject, path: string): Promise<void> {
  if (kept.storedAt === null && await linkIfThere(join(deriving.incoming, kept.id), path)) return;
  const stream = await readKept(deriving, kept);
  if (!stream) throw new Error("the bytes of an instance are not there");
  await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
}

async function linkIfThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (fault) {
    if (systemCode(fault) === "ENOENT" || systemCode(fault) === "EXDEV") return false;
    throw fault;
  }
}

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${reason.endsWith(".") ? "" : "."}`;
}
