// Reports of measurements that are in the archive, in rows: so that they come back with a replay, and with a study that
// another installation sent.
import { readFile } from "node:fs/promises";
import { readMeasurementReport, readPart10, tags, textOf } from "#core/dicom/mod.ts";
import type { ReportedMeasurement } from "#core/contract/measurements.ts";
import { measurementReport } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";

/** What a row says beside whose it is. */
export type Report = {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly author: string | null;
  readonly at: Date;
  readonly measurements: readonly ReportedMeasurement[];
};

/** The instance that a report is, and the study it is of. */
export type ReportSubject = { readonly practice: string; readonly instance: string; readonly study: string };

/** More bytes than the largest report of ours has. */
const mostBytes = 4 * 1024 * 1024;

/** What a file says when it is a report of ours; undefined when it is another structured report. */
export async function readReport(path: string): Promise<Report | undefined> {
  const bytes = await readFile(path);
  if (bytes.length > mostBytes) return undefined;
  const { dataset } = readPart10(bytes);
  const read = readMeasurementReport(dataset);
  const sopInstanceUid = textOf(dataset, tags.SOPInstanceUID, 128);
  const seriesInstanceUid = textOf(dataset, tags.SeriesInstanceUID, 128);
  if (!read || !sopInstanceUid || !seriesInstanceUid) return undefined;
  const at = momentOf(textOf(dataset, tags.ContentDate, 16), textOf(dataset, tags.ContentTime, 32));
  return { ...read, sopInstanceUid, seriesInstanceUid, at };
}

/** Writes the row; one that is there already, of the call that made the report, stays. */
export async function keepReport(
  tx: PracticeTransaction,
  { practice, instance, study }: ReportSubject,
  { measurements, ...report }: Report,
): Promise<void> {
  await tx.insert(measurementReport)
    .values({
      id: instance,
      practiceId: practice,
      studyId: study,
      measurements: [...measurements],
      ...report,
    })
    .onConflictDoNothing();
}

/** Content Date and Time as we write them, in UTC; the beginning of time where there are none. */
function momentOf(date: string | null, time: string | null): Date {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(date ?? "") ?? [];
  const [, hour = "00", minute = "00", second = "00"] = /^(\d{2})(\d{2})(\d{2})/.exec(time ?? "") ?? [];
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(moment.getTime()) ? new Date(0) : moment;
}
