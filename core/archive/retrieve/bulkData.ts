// Bulk data (PS3.18 10.4.1.1.5): the value that a BulkDataURI of the metadata names.
import { refuse, type Refused } from "#core/contract/problem.ts";
import { bulkDataAt, describeInstance } from "#core/dicom/mod.ts";
import { readKept } from "../originals.ts";
import { openFrames } from "./frames.ts";
import { multipartBody, streamOf } from "./multipart.ts";
import type { Behind, Opened } from "./retrieve.ts";
import type { Selected } from "./selection.ts";

const mediaType = "application/octet-stream";

/** Opens a value by its place; the pixels of a compressed file come as its frames, as they are stored. */
export async function openBulkData(
  behind: Behind,
  practice: string,
  instance: Selected,
  { bulkData, multipart }: { readonly bulkData: string; readonly multipart: boolean },
): Promise<Opened | Refused> {
  const file = await behind.headers(instance);
  const found = bulkDataAt(file, bulkData);
  if (!found) return refuse("not-found", { detail: "There is no such value in this instance." });
  if (found === "frames") {
    const count = describeInstance(file).image?.frames ?? 1;
    const frames = Array.from({ length: count }, (_, at) => at + 1);
    return await openFrames(behind, practice, instance, {
      frames,
      accept: [{ type: "*", transferSyntax: "*", multipart: true }],
    });
  }
  const opened = file.deflated ? inflated(file.dataset.bytes, found) : stored(behind, instance, found);
  if (!multipart) return opened;
  const body = multipartBody(mediaType, [{ contentType: mediaType, open: () => opened.read() }]);
  return { mediaType: body.mediaType, read: () => Promise.resolve(streamOf(body.pieces)) };
}

type Place = { readonly offset: number; readonly length: number };

function stored(behind: Behind, { kept }: Selected, { offset, length }: Place): Opened {
  return {
    mediaType,
    size: length,
    read: async (range = { offset: 0, length }) => {
      const stream = await readKept(behind, kept, { offset: offset + range.offset, length: range.length });
      if (!stream) throw new Error("an object of the rows is not in the object store");
      return stream;
    },
  };
}

function inflated(bytes: Uint8Array, { offset, length }: Place): Opened {
  const value = Uint8Array.from(bytes.subarray(offset, offset + length));
  return {
    mediaType,
    size: length,
    read: (range = { offset: 0, length }) =>
      Promise.resolve(new Blob([value.subarray(range.offset, range.offset + range.length)]).stream()),
  };
}
