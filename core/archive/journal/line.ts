// One record as one line of JSON: {"crc":"1f00ab42","group":8192,"record":{…}}\n. The checksum (CRC-32, as zlib's)
// covers every byte behind it up to the line feed. `group` is where the group commit that wrote the line began:
// it tells a torn last group from damage further up (scan.ts).
import { crc32 } from "node:zlib";
import { JournalRecord } from "./record.ts";

/** What a sound line says. */
export type JournalLine = { readonly group: number; readonly record: JournalRecord };

const opening = '{"crc":"';
const coveredFrom = opening.length + 8 + 2;

/** Bytes no line may pass; a longer one is damage. */
export const longestLine = 16 * 1024;

/** The line of a record, with its line feed. */
export function writeLine({ group, record }: JournalLine): Buffer {
  const covered = `"group":${group},"record":${JSON.stringify(record)}}`;
  const sum = crc32(covered).toString(16).padStart(8, "0");
  return Buffer.from(`${opening}${sum}",${covered}\n`);
}

/** What a line says, given without its line feed; undefined when a byte of it is not as it was written. */
export function readLine(bytes: Buffer): JournalLine | undefined {
  const sum = bytes.subarray(opening.length, opening.length + 8).toString("latin1");
  const framed = bytes.subarray(0, opening.length).equals(Buffer.from(opening)) &&
    bytes.subarray(opening.length + 8, coveredFrom).equals(Buffer.from('",'));
  if (!framed || sum !== crc32(bytes.subarray(coveredFrom)).toString(16).padStart(8, "0")) return undefined;
  const written: unknown = JSON.parse(bytes.toString("utf8"));
  if (typeof written !== "object" || written === null) return undefined;
  const { group, record } = written as { group?: unknown; record?: unknown };
  const parsed = JournalRecord.safeParse(record);
  return typeof group === "number" && parsed.success ? { group, record: parsed.data } : undefined;
}
