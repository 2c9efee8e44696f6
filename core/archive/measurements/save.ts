// Keeps measurements with a study (PA-9): a DICOM SR that goes through the archive's own door, so that it is durable
// when it is answered, is found by other viewers, and leaves with the study.
import { createHash } from "node:crypto";
import { and, desc, eq, inArray } from "drizzle-orm";
import { uuidv7 } from "uuidv7";
import type { NewMeasurements, SavedMeasurements } from "#core/contract/measurements.ts";
import { refuse, type Refused, refuseField } from "#core/contract/problem.ts";
import { type ReportedPicture, writeMeasurementReport } from "#core/dicom/mod.ts";
import {
  audit,
  derivative,
  event,
  instance,
  measurementReport,
  object,
  series,
  study,
} from "#db/schema/mod.ts";
import type { Database, PracticeTransaction } from "#db/mod.ts";
import { type Author, deedOf } from "../acting.ts";
import type { Arrival, Received } from "../receive/arrival.ts";
import type { Headers } from "../retrieve/headers.ts";
import { lockStudies } from "../rows/lock.ts";
import { keepReport } from "./report.ts";

export type MeasurementWish = NewMeasurements & {
  readonly practice: string;
  readonly study: string;
  readonly author: string;
  readonly by: Author;
};

export type Saving = {
  readonly db: Database;
  readonly headers: Headers;
  readonly receive: (arrival: Arrival) => Promise<Received>;
  readonly now: () => Date;
};

/** Keeps what is asked for as the newest report of the study. */
export async function saveMeasurements(
  saving: Saving,
  wish: MeasurementWish,
): Promise<SavedMeasurements | Refused> {
  const found = await findPictures(saving.db, wish);
  if (!found) return refuse("not-found", { detail: "There is no such study." });
  const { pictures, any } = found;
  if (wish.measurements.some(({ instanceId }) => !pictures.has(instanceId))) {
    return refuseField("body.measurements", "names a picture that is not of this study");
  }
  const { dataset: header } = await saving.headers(any);
  return await saving.db.writeAs(wish.practice, async (tx) => {
    // Reports of a study follow one another: the lock makes "the newest" one answer.
    await lockStudies(tx, wish.practice);
    const newest = await newestReport(tx, wish.study);
    if ((newest?.id ?? null) !== wish.after) {
      const detail = "Somebody kept other measurements with this study meanwhile. Look at them first.";
      return refuse("conflict", { detail });
    }
    const at = new Date(Math.floor(saving.now().getTime() / 1000) * 1000);
    const report = {
      sopInstanceUID: newUID(),
      seriesInstanceUID: newest?.seriesInstanceUid ?? seriesOf(found.studyInstanceUid),
      at,
      author: wish.author,
      header,
      pictures,
      measurements: wish.measurements,
      predecessor: newest &&
        { sopInstanceUID: newest.sopInstanceUid, seriesInstanceUID: newest.seriesInstanceUid },
      newUID,
    };
    const received = await saving.receive(arrivalOf(wish, writeMeasurementReport(report)));
    if ("refusal" in received) return refuse("unavailable", { detail: received.words });
    await writeRows(tx, wish, { ...report, id: received.instance });
    return { report: received.instance };
  });
}

type Found = {
  readonly pictures: ReadonlyMap<string, ReportedPicture>;
  /** An instance whose header names the animal and the study. */
  readonly any: Parameters<Headers>[0];
  readonly studyInstanceUid: string;
};

async function findPictures(
  db: Database,
  { practice, study: studyId, measurements }: MeasurementWish,
): Promise<Found | undefined> {
  const named = [...new Set(measurements.map(({ instanceId }) => instanceId))];
  const columns = {
    id: instance.id,
    sopClassUID: instance.sopClassUid,
    sopInstanceUID: instance.sopInstanceUid,
    seriesInstanceUID: series.seriesInstanceUid,
    frames: instance.frames,
    pixels: derivative.pixels,
  };
  const [[known], [first], rows] = await db.readAs(practice, (q) => [
    q.select({ uid: study.studyInstanceUid }).from(study).where(eq(study.id, studyId)),
    q.select({ id: instance.id, kept: object }).from(instance)
      .innerJoin(object, eq(object.id, instance.objectId))
      .where(and(eq(instance.studyId, studyId), eq(instance.current, true))).orderBy(instance.id).limit(1),
    q.select(columns).from(instance).innerJoin(series, eq(series.id, instance.seriesId))
      .innerJoin(derivative, and(eq(derivative.instanceId, instance.id), eq(derivative.kind, "htj2k")))
      .where(and(
        eq(instance.studyId, studyId),
        eq(instance.current, true),
        inArray(instance.id, named.length > 0 ? named : [studyId]),
      )),
  ]);
  if (!known || !first) return undefined;
  const pictures = rows.map(({ id, frames, pixels, ...uids }) =>
    [id, { ...uids, frames: frames ?? 1, spacing: pixels?.spacing ?? null }] as const
  );
  return { pictures: new Map(pictures), any: first, studyInstanceUid: known.uid };
}

async function newestReport(tx: PracticeTransaction, studyId: string) {
  const { id, sopInstanceUid, seriesInstanceUid } = measurementReport;
  const [newest] = await tx.select({ id, sopInstanceUid, seriesInstanceUid }).from(measurementReport)
    .where(eq(measurementReport.studyId, studyId)).orderBy(desc(id)).limit(1);
  return newest ?? null;
}

async function writeRows(
  tx: PracticeTransaction,
  wish: MeasurementWish,
  report: {
    readonly id: string;
    readonly sopInstanceUID: string;
    readonly seriesInstanceUID: string;
    readonly at: Date;
    readonly pictures: ReadonlyMap<string, ReportedPicture>;
  },
): Promise<void> {
  const { practice, study: studyId, author, by } = wish;
  await keepReport(tx, { practice, instance: report.id, study: studyId }, {
    sopInstanceUid: report.sopInstanceUID,
    seriesInstanceUid: report.seriesInstanceUID,
    author,
    at: report.at,
    measurements: wish.measurements.map(({ instanceId, ...rest }) => ({
      ...rest,
      sopInstanceUid: report.pictures.get(instanceId)?.sopInstanceUID ?? "",
    })),
  });
  const deed = { action: "study.measured", subjectKind: "study", subjectId: studyId, at: report.at };
  await tx.insert(audit).values(deedOf(practice, by, deed));
  await tx.insert(event).values({ practiceId: practice, kind: "study.changed", subjectId: studyId });
}

function arrivalOf({ practice, by: { who } }: MeasurementWish, file: Uint8Array): Arrival {
  const actor = "account" in who ? "account" : "api_key";
  const id = "account" in who ? who.account : "apiKey" in who ? who.apiKey : null;
  return {
    kind: "file",
    practice,
    source: { kind: "upload", actor, id },
    bytes: (async function* () {
      yield file;
    })(),
  };
}

/** A UID out of a random number (PS3.5 B.2). */
function newUID(): string {
  return `2.25.${BigInt(`0x${uuidv7().replaceAll("-", "")}`)}`;
}

/** The one series in which the reports of a study stand. */
function seriesOf(studyInstanceUid: string): string {
  const digest = createHash("sha256").update(`measurements of ${studyInstanceUid}`).digest("hex");
  return `2.25.${BigInt(`0x${digest.slice(0, 32)}`)}`;
}
