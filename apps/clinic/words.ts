// Facts in the words of a person's own language and time zone.
import type { Patient, StudySummary } from "#core/contract/studies.ts";
import { animalWords } from "#core/domain/animal.ts";
import type { ShareState } from "#core/contract/shares.ts";

/** A DICOM study date (no time zone) in the reader's form. */
export function studyDay(date: string | null): string {
  if (!date) return "Date unknown";
  return new Date(`${date}T12:00:00`).toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** An instant in the reader's language and time zone. */
export function moment(instant: string): string {
  return new Date(instant).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** How long ago or ahead an instant lies, such as "in 30 days". */
export function fromNow(instant: string, now: Date): string {
  const seconds = (new Date(instant).getTime() - now.getTime()) / 1000;
  const form = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return "just now";
  if (size < 3600) return form.format(Math.round(seconds / 60), "minute");
  if (size < 86400 * 2) return form.format(Math.round(seconds / 3600), "hour");
  return form.format(Math.round(seconds / 86400), "day");
}

/** The animal's name, or the plainest thing known of it. */
export function animalName(patient: Patient): string {
  return patient.animal ?? patient.owner ?? patient.patientId ?? "Unnamed animal";
}

/** Owner, breed, sex, age at the study and number in one line. */
export function animalFacts({ patient, studyDate }: Pick<StudySummary, "patient" | "studyDate">): string {
  return [patient.owner, animalWords(patient, studyDate), patient.patientId].filter(Boolean).join(" · ");
}

/** "2 series, 3 pictures". */
export function extent(study: Pick<StudySummary, "seriesCount" | "instanceCount">): string {
  const series = study.seriesCount === 1 ? "1 series" : `${study.seriesCount} series`;
  const pictures = study.instanceCount === 1 ? "1 file" : `${study.instanceCount} files`;
  return `${series}, ${pictures}`;
}

/** A number of bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** What staff read of a link's state. */
export const shareStateWords: Readonly<Record<ShareState, string>> = {
  live: "Live",
  expired: "Expired",
  revoked: "Taken back",
  spent: "Opened as often as allowed",
  locked: "Locked after wrong passcodes",
};
