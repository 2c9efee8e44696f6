import type { EdgeParts } from "../parts.ts";

/** The base URL of the DICOMweb service, as other viewers are given it. */
export function rootOf({ publicUrl }: Pick<EdgeParts, "publicUrl">): string {
  return `${publicUrl}/dicomweb`;
}
