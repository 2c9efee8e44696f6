import type { Tag } from "../read/tags.ts";

/** A tag as the DICOM JSON Model writes it: eight hexadecimal digits, upper case (PS3.18 F.2.2). */
export function tagHex(tag: Tag): string {
  return tag.toString(16).toUpperCase().padStart(8, "0");
}
