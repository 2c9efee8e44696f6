// What the page says about people, animals and days, in the reader's own locale and time zone.
import type { Patient, PictureSeries, PictureStudy } from "#core/contract/studies.ts";

/** A day of DICOM (YYYY-MM-DD, without a zone) as the reader writes days. Anything else is said as it stands. */
export function dayWords(day: string | null, locale?: string): string | null {
  const parts = day?.match(/^(\d{4})-(\d{2})-(\d{2})/);
  if (!day || !parts) return day;
  const date = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(date);
}

const units = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]] as const;

/** How far off a moment is: "in 29 days". The largest unit that fits at least twice, or minutes. */
export function distanceWords(moment: Date, now: Date, locale?: string): string {
  const away = moment.getTime() - now.getTime();
  const [unit, length] = units.find(([, length]) => Math.abs(away) >= 2 * length) ??
    ["minute", 60_000] as const;
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(away / length), unit);
}

/** Until when the link opens: day, time and zone, and how far off that is. */
export function expiryWords(expiresAt: string, now: Date, locale?: string): string {
  const moment = new Date(expiresAt);
  const format: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  };
  const when = new Intl.DateTimeFormat(locale, format).format(moment);
  return `Open until ${when} (${distanceWords(moment, now, locale)})`;
}

const said = (parts: readonly (string | null | undefined)[], between: string) =>
  parts.filter(Boolean).join(between);

/** The animal's name, or the owner's, or plain words. */
export function patientTitle({ animal, owner }: Patient): string {
  return animal || owner || "Unnamed patient";
}

/** What was examined, and when. */
export function studyLine({ description, studyDate }: PictureStudy, locale?: string): string {
  return said([description, dayWords(studyDate, locale)], " · ");
}

/** A series in a few words. */
export function seriesWords(series: PictureSeries): string {
  const described = said(
    [series.description || series.bodyPart, series.laterality, series.viewPosition],
    " ",
  );
  return described ||
    said([series.modality, series.number === null ? null : `series ${series.number}`], ", ") ||
    "Series";
}

/** How many pictures are not ready yet. */
export function pendingCount({ series }: PictureStudy): number {
  return series.flatMap((one) => one.instances).filter((instance) => instance.state === "pending").length;
}
