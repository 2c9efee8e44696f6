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

/**
 * How a person is greeted. Anyone can sign up with anyone's address, under any name; one that is long or has an address
 * in it could carry a stranger's message, so it is left out.
 */
export function hello(name: string): string {
  return isPlain(name) ? `Hello ${name},` : "Hello,";
}

/** Whether a name, as yet proved by nobody, is short and says no address that a mail program would make a link of. */
export function isPlain(name: string): boolean {
  return name.length <= 80 && !/[/@\\]|\p{L}\.\p{L}{2}/u.test(name);
}

/** What a mail says to whom did not ask for it. */
export const notYou = "If you did not ask for this, you need not do anything: nothing changes.";
