// Reads lines of one segment from a position on, in chunks, and finds where sound records end.
import type { FileHandle } from "node:fs/promises";
import { JournalDamage, type JournalPlace } from "./faults.ts";
import { type JournalLine, longestLine, readLine } from "./line.ts";

const chunkBytes = 256 * 1024;

/** A line at its place: `line` is undefined when it is torn or damaged. `end` is the byte after it. */
export type ScannedLine = {
  readonly start: number;
  readonly end: number;
  readonly line: JournalLine | undefined;
};

/** All lines of a file between two positions; a piece without line feed at the end counts as an unsound line. */
export async function* scanLines(handle: FileHandle, from: number, to: number): AsyncGenerator<ScannedLine> {
  let start = from;
  let held = Buffer.alloc(0);
  for (let at = from; at < to;) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, to - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    held = Buffer.concat([held, chunk.subarray(0, bytesRead)]);
    let used = 0;
    for (let feed = held.indexOf(10); feed >= 0; feed = held.indexOf(10, used)) {
      yield { start: start + used, end: start + feed + 1, line: readLine(held.subarray(used, feed)) };
      used = feed + 1;
    }
    start += used;
    held = held.subarray(used);
    if (held.length > longestLine) {
      yield { start, end: start + held.length, line: undefined };
      start += held.length;
      held = Buffer.alloc(0);
    }
  }
  if (held.length > 0) yield { start, end: start + held.length, line: undefined };
}

/**
 * Where sound records end in a last segment of `size` bytes. What stands behind is a group whose commit never
 * ended, so nobody was told that it is safe.
 * @throws JournalDamage when a sound record of a later group follows an unsound one: that one had been synced.
 */
export async function soundEnd(handle: FileHandle, segment: number, size: number): Promise<number> {
  let torn: JournalPlace | undefined;
  let end = 0;
  for await (const { start, end: next, line } of scanLines(handle, 0, size)) {
    if (torn && line && line.group > torn.position) {
      throw new JournalDamage(torn, "a record is unreadable and later ones are sound");
    }
    if (!line) torn ??= { segment, position: start };
    else if (!torn) end = next;
  }
  return end;
}
