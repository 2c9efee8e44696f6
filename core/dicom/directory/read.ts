// Reads a DICOMDIR: which files it lists. Its records are taken as they stand in the sequence; the offsets by which
// they point at each other are a stranger's and are not followed, so no loop and no distance can be a trap. File IDs
// are words to compare, never paths to open.
import { itemsOf, textOf, textsOf } from "../read/dataset.ts";
import { readPart10 } from "../read/part10.ts";
import { directoryTags } from "./tags.ts";

/** One file that a directory lists. */
export type ListedFile = {
  readonly type: string;
  /** Components as written: any text may stand here. */
  readonly fileID: readonly string[];
  readonly sopClassUID: string | null;
  readonly sopInstanceUID: string | null;
  readonly transferSyntaxUID: string | null;
};

/** The most bytes of a directory that are worth reading: some 200,000 records. */
export const mostDirectoryBytes = 64 * 1024 * 1024;

/** The files that a directory lists, as far as it can be read; undefined when the bytes are no DICOMDIR. */
export function readDirectory(bytes: Uint8Array): ListedFile[] | undefined {
  const { dataset } = readPart10(bytes.subarray(0, mostDirectoryBytes));
  if (!dataset.elements.has(directoryTags.DirectoryRecordSequence)) return undefined;
  return itemsOf(dataset, directoryTags.DirectoryRecordSequence).flatMap((record) => {
    const fileID = textsOf(record, directoryTags.ReferencedFileID);
    if (fileID.length === 0) return [];
    return [{
      type: textOf(record, directoryTags.DirectoryRecordType, 64) ?? "",
      fileID,
      sopClassUID: textOf(record, directoryTags.ReferencedSOPClassUIDInFile, 128),
      sopInstanceUID: textOf(record, directoryTags.ReferencedSOPInstanceUIDInFile, 128),
      transferSyntaxUID: textOf(record, directoryTags.ReferencedTransferSyntaxUIDInFile, 128),
    }];
  });
}
