// The archive's journal, see journal.ts.
export { JournalDamage, type JournalPlace, JournalRefusal } from "./faults.ts";
export { Journal, type JournalOpening, type JournalSettings, openJournal } from "./journal.ts";
export type { JournalEntry } from "./read.ts";
export { ArrivalSource, JournalRecord } from "./record.ts";
