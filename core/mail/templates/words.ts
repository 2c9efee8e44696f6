// Facts in the words of a mail. Its reader's time zone is not known, so times are said in UTC, with the zone.

/** A moment, e.g. `3 May 2026, 14:05 UTC`. */
export function moment(instant: string): string {
  const words = new Date(instant).toLocaleString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  });
  return `${words.replace(" at ", ", ")} UTC`;
}

/** How a person is greeted. */
export function hello(name: string): string {
  return `Hello ${name},`;
}

/** What a mail says to whom did not ask for it. */
export const notYou = "If you did not ask for this, you need not do anything: nothing changes.";
