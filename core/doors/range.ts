// Range requests (RFC 9110 §14) as far as a viewer needs them: one range of bytes.

/** `length` bytes from `offset`. */
export type ByteRange = { readonly offset: number; readonly length: number };

/** Which part to send: all of it, one range, or none because the range lies outside. */
export type Part = "whole" | "outside" | ByteRange;

/**
 * Reads a `Range` header for an object of `size` bytes. A header that is not one well-formed range of bytes is
 * ignored, as RFC 9110 §14.2 allows; several ranges are answered with the whole.
 */
export function partOf(header: string | null, size: number): Part {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return "whole";
  if (first === "") return suffix(Number(last), size);
  if (last !== "" && Number(last) < Number(first)) return "whole";
  const offset = Number(first);
  if (offset >= size) return "outside";
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { offset, length: end - offset + 1 };
}

function suffix(count: number, size: number): Part {
  if (count === 0 || size === 0) return "outside";
  const length = Math.min(count, size);
  return { offset: size - length, length };
}

/** Whether an `If-Range` header allows a partial answer: absent, or exactly the strong entity tag (§13.1.5). */
export function mayBePartial(ifRange: string | null, etag: string | undefined): boolean {
  if (ifRange === null) return true;
  return etag !== undefined && !etag.startsWith("W/") && ifRange.trim() === etag;
}

/** Whether an `If-None-Match` header names the entity tag (weak comparison, §13.1.2). */
export function isKnown(ifNoneMatch: string | null, etag: string | undefined): boolean {
  if (ifNoneMatch === null || etag === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag.replace(/^W\//, ""));
}
