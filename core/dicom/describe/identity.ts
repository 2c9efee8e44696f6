// The text rules of the fields that files are known and found by: UIDs, dates, times, names.

/** A UID by PS3.5 §9.1: at most 64 characters, numbers without leading zeros between dots. */
export function isUID(text: string): boolean {
  return text.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(text);
}

/** DA as `YYYY-MM-DD`, from `YYYYMMDD` or the old `YYYY.MM.DD`; null unless it is a day of the calendar. */
export function dateOf(text: string | null): string | null {
  const parts = text && /^(\d{4})([.-]?)(\d{2})\2(\d{2})/.exec(text);
  if (!parts) return null;
  const date = `${parts[1]}-${parts[3]}-${parts[4]}`;
  const moment = Date.parse(`${date}T00:00:00Z`);
  const real = !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(date);
  return real && Number(parts[1]) > 0 ? date : null;
}

/** TM as `HH:MM:SS` with its fraction if it has one, from `HH`, `HHMM`, `HHMMSS.FFFFFF` or `HH:MM:SS`. */
export function timeOf(text: string | null): string | null {
  const parts = text && /^(\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d{1,6})?)?)?\s*$/.exec(text);
  if (!parts) return null;
  const [hours, minutes, seconds] = [parts[1], parts[2] ?? "00", parts[3] ?? "00"];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  return `${hours}:${minutes}:${seconds === "60" ? "59" : seconds}${parts[4] ?? ""}`;
}

/** A person's name as written: up to three component groups (PS3.5 §6.2.1), `family^given^middle^prefix^suffix`. */
export type PersonName = {
  readonly alphabetic: string;
  readonly ideographic: string | null;
  readonly phonetic: string | null;
};

/** Splits a decoded PN value; null when nothing is written. */
export function personNameOf(text: string | null): PersonName | null {
  if (!text) return null;
  const [alphabetic = "", ideographic, phonetic] = text.split("=").map((group) =>
    group.replace(/[\s^]+$/, "")
  );
  if (!alphabetic && !ideographic && !phonetic) return null;
  return { alphabetic, ideographic: ideographic || null, phonetic: phonetic || null };
}
