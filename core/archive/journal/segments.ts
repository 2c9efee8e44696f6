// The files of the journal: 000001.jsonl, 000002.jsonl … without a gap.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { JournalDamage } from "./faults.ts";

const name = /^(\d{6,})\.jsonl$/;

/** The path of one segment; the first is 1. */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(6, "0")}.jsonl`);
}

/**
 * The numbers of all segments, ascending; none in a new journal.
 * @throws JournalDamage when one in the row is missing.
 */
export async function listSegments(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  const numbers = names.map((one) => Number(name.exec(one)?.[1] ?? 0)).filter((number) => number > 0);
  numbers.sort((one, other) => one - other);
  const first = numbers[0] ?? 1;
  const gap = numbers.findIndex((number, index) => number !== first + index);
  if (gap >= 0) throw new JournalDamage({ segment: first + gap, position: 0 }, "this segment is missing");
  return numbers;
}
