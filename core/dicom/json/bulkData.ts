// Finds the value that a BulkDataURI of ours names.
import type { Dataset, Element } from "../read/dataset.ts";
import type { DicomFile } from "../read/part10.ts";
import { tags } from "../read/tags.ts";

/** Where a value stands: in the bytes of the file, or of the inflated dataset when the file's is deflated. */
export type BulkData = { readonly offset: number; readonly length: number };

/**
 * The value at a place such as `7FE00010` or `00091010/0/00091001`. "frames" for the pixels of a compressed file, which
 * are no one value; undefined where there is none.
 */
export function bulkDataAt(
  { dataset, pixelData }: DicomFile,
  place: string,
): BulkData | "frames" | undefined {
  const [first = "", ...rest] = place.split("/");
  const tag = parseInt(first, 16);
  if (tag === tags.PixelData || tag === pixelData?.tag) {
    if (!pixelData || rest.length > 0) return undefined;
    if (pixelData.encapsulated) return "frames";
    return { offset: pixelData.offset, length: pixelData.length ?? 0 };
  }
  return within(dataset, first, rest);
}

function within(
  dataset: Dataset,
  tag: string,
  [item, next, ...rest]: readonly string[],
): BulkData | undefined {
  const element: Element | undefined = dataset.elements.get(parseInt(tag, 16));
  if (!element) return undefined;
  if (item === undefined) {
    return element.items ? undefined : { offset: element.offset, length: element.length };
  }
  const inner = element.items?.[Number(item)];
  return inner && next !== undefined ? within(inner, next, rest) : undefined;
}
