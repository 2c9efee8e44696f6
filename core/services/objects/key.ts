// What a key may look like. Shared by every store and by the edge's reader, so it imports nothing of a runtime.
import { type ByteRange, ObjectError } from "./port.ts";

/** Longest key, in characters (all are ASCII). */
export const longestKey = 512;

/** Longest part between slashes: encoded it must fit a file name of 255 bytes. */
export const longestSegment = 120;

const areas = /^(practice|corpus|platform)\//;
const segment = /^[a-z0-9_-][a-z0-9_.-]*$/;

/**
 * Returns the key's parts, or throws ObjectError `key`. Allowed: `practice/…`, `corpus/…`, `platform/…` of
 * `[a-z0-9_.-]` parts that do not begin with a dot (so no `.`, no `..`) and are not empty.
 */
export function keySegments(key: string): string[] {
  const segments = key.split("/");
  const fits = key.length <= longestKey && areas.test(key) &&
    segments.every((part) => part.length <= longestSegment && segment.test(part));
  if (!fits) throw new ObjectError("key", "This object key is not allowed.");
  return segments;
}

/** As keySegments, for a prefix: the last part may be empty or unfinished; the area must be whole. */
export function prefixSegments(prefix: string): string[] {
  const segments = prefix.split("/");
  const last = segments.pop() ?? "";
  const fits = prefix.length <= longestKey && areas.test(prefix) &&
    segments.every((part) => segment.test(part)) &&
    (last === "" || segment.test(last));
  if (!fits) throw new ObjectError("key", "This object prefix is not allowed.");
  return [...segments, last];
}

/** Where a range of an object of `size` bytes begins and how long it is. Throws ObjectError `range` past the end. */
export function cutRange(size: number, range: ByteRange | undefined): { offset: number; length: number } {
  if (!range) return { offset: 0, length: size };
  const { offset, length = size } = range;
  const sound = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0;
  if (!sound || offset > size || (offset === size && size > 0)) {
    throw new ObjectError("range", "This part lies outside the object.");
  }
  return { offset, length: Math.min(length, size - offset) };
}
