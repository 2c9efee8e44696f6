// Headers of stored instances, read from the beginning of their files. An instance never changes, so the last ones read
// are kept, within a bound of bytes.
import { type DicomFile, readPart10, tags } from "#core/dicom/mod.ts";
import { type KeptObject, readKept } from "../originals.ts";
import type { Places } from "../reading.ts";

const pieceLengths = [64 * 1024, 1024 * 1024, 16 * 1024 * 1024, 64 * 1024 * 1024];
const mostHeldBytes = 32 * 1024 * 1024;

/** Reads headers; made by {@link openHeaders}. */
export type Headers = (of: { readonly id: string; readonly kept: KeptObject }) => Promise<DicomFile>;

/** Opens the reader with its memory. */
export function openHeaders(places: Pick<Places, "objects" | "incoming">): Headers {
  const held = new Map<string, DicomFile>();
  let bytes = 0;
  const hold = (id: string, file: DicomFile) => {
    held.set(id, file);
    bytes += file.dataset.bytes.length;
    for (const [oldest, one] of held) {
      if (bytes <= mostHeldBytes) break;
      held.delete(oldest);
      bytes -= one.dataset.bytes.length;
    }
  };
  return async ({ id, kept }) => {
    const known = held.get(id);
    if (known) {
      held.delete(id);
      held.set(id, known);
      return known;
    }
    const file = await readHeader(places, kept);
    hold(id, file);
    return file;
  };
}

/** Up to the pixels, in growing pieces; what is cut off in the largest one is a fault of the file. */
async function readHeader(
  places: Pick<Places, "objects" | "incoming">,
  kept: KeptObject,
): Promise<DicomFile> {
  for (const length of pieceLengths) {
    const bytes = await bytesOf(places, kept, length);
    const file = readPart10(bytes, { until: tags.PixelData });
    const cut = file.fault ? file.fault.kind === "truncated" : !file.pixelData;
    if (!cut || length >= kept.bytes || length === pieceLengths.at(-1)) return file;
  }
  throw new Error("a header is read in at least one piece");
}

/** The first bytes of an object. */
async function bytesOf(
  places: Pick<Places, "objects" | "incoming">,
  kept: KeptObject,
  length: number,
): Promise<Uint8Array> {
  const stream = await readKept(places, kept, { offset: 0, length });
  if (!stream) throw new Error("an object of the rows is not in the object store");
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
