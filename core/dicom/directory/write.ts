// Writes a DICOMDIR: the Basic Directory of a file set (PS3.3 F, PS3.10 8.6), explicit VR little endian. Records
// point at each other by their place in the file, so all are laid out once and then written with their offsets.
import { tags } from "../read/tags.ts";
import { element, fileMetaInformation, type WritableElement, writeDataset } from "../writer.ts";
import { type DirectoryFile, type DirectoryRecord, recordTree } from "./records.ts";
import { directoryTags } from "./tags.ts";

/** The Media Storage Directory SOP class: what a DICOMDIR is an instance of. */
export const mediaStorageDirectory = "1.2.840.10008.1.3.10";

/** The most bytes of a directory: its offsets are 32-bit numbers. */
const mostBytes = 0xffffffff;

/**
 * The bytes of a DICOMDIR. `sopInstanceUID` is its own.
 * @throws RangeError when a File ID is none, or the directory would be larger than its offsets can say.
 */
export function writeDirectory(files: readonly DirectoryFile[], sopInstanceUID: string): Uint8Array {
  for (const { fileID } of files) checkFileID(fileID);
  const root = recordTree(files);
  const meta = fileMetaInformation({
    sopClassUID: mediaStorageDirectory,
    sopInstanceUID,
    transferSyntaxUID: "1.2.840.10008.1.2.1",
  });
  const head = (first: number, last: number) =>
    writeDataset([
      element(directoryTags.FileSetID, "VETWARE"),
      element(directoryTags.OffsetOfTheFirstDirectoryRecord, first, "UL"),
      element(directoryTags.OffsetOfTheLastDirectoryRecord, last, "UL"),
      element(directoryTags.FileSetConsistencyFlag, 0),
    ]);
  const firstItem = meta.length + head(0, 0).length + sequenceHeaderBytes;
  const { placed, end } = layOut(root, firstItem);
  if (end > mostBytes) throw new RangeError("the directory is too large");
  const records = [...placed].map(([record, at]) => itemOf(record, at));
  const [first, last] = [root.at(0), root.at(-1)].map((record) => record ? startOf(placed, record) : 0);
  return Buffer.concat([
    meta,
    head(first ?? 0, last ?? 0),
    sequenceHeader(end - firstItem),
    ...records,
  ]);
}

const fileIDComponent = /^[A-Z0-9_]{1,8}$/;

function checkFileID(fileID: readonly string[]): void {
  const fits = fileID.length > 0 && fileID.length <= 8 && fileID.every((part) => fileIDComponent.test(part));
  if (!fits) throw new RangeError("a File ID has one to eight components of A-Z, 0-9 and _");
}

/** Where a record stands, and where those stand that it points at; 0 is none. */
type Place = { readonly start: number; readonly next: number; readonly below: number };
type Placed = ReadonlyMap<DirectoryRecord, Place>;

/** Depth first, as the standard's examples are; the offsets change no length, so sizes are known before them. */
function layOut(root: readonly DirectoryRecord[], firstItem: number): { placed: Placed; end: number } {
  const starts = new Map<DirectoryRecord, number>();
  let end = firstItem;
  const place = (records: readonly DirectoryRecord[]) => {
    for (const record of records) {
      starts.set(record, end);
      end += itemOf(record, { start: 0, next: 0, below: 0 }).length;
      place(record.below);
    }
  };
  place(root);
  const placed = new Map<DirectoryRecord, Place>();
  const startOfOne = (record: DirectoryRecord | undefined) => record ? starts.get(record) ?? 0 : 0;
  const link = (records: readonly DirectoryRecord[]) => {
    for (const [at, record] of records.entries()) {
      const [next, below] = [startOfOne(records[at + 1]), startOfOne(record.below[0])];
      placed.set(record, { start: startOfOne(record), next, below });
      link(record.below);
    }
  };
  link(root);
  return { placed, end };
}

function startOf(placed: Placed, record: DirectoryRecord): number {
  return placed.get(record)?.start ?? 0;
}

const inUse = 0xffff;
const itemHeaderBytes = 8;
const sequenceHeaderBytes = 12;

function itemOf({ type, elements }: DirectoryRecord, { next, below }: Place): Uint8Array {
  const body = writeDataset([
    element(directoryTags.OffsetOfTheNextDirectoryRecord, next, "UL"),
    element(directoryTags.RecordInUseFlag, inUse),
    element(directoryTags.OffsetOfReferencedLowerLevelDirectoryEntity, below, "UL"),
    element(directoryTags.DirectoryRecordType, type),
    ...characterSet(elements),
    ...elements,
  ]);
  const header = Buffer.alloc(itemHeaderBytes);
  header.writeUInt16LE(0xfffe, 0);
  header.writeUInt16LE(0xe000, 2);
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** Named in each record that needs it (PS3.3 F.5: a record's character set is its own). */
function characterSet(elements: readonly WritableElement[]): WritableElement[] {
  // deno-lint-ignore no-control-regex
  const isPlain = /^[\x00-\x7f]*$/.test(JSON.stringify(elements));
  return isPlain ? [] : [element(tags.SpecificCharacterSet, "ISO_IR 192")];
}

function sequenceHeader(length: number): Uint8Array {
  const header = Buffer.alloc(sequenceHeaderBytes);
  header.writeUInt16LE(directoryTags.DirectoryRecordSequence >>> 16, 0);
  header.writeUInt16LE(directoryTags.DirectoryRecordSequence & 0xffff, 2);
  header.write("SQ", 4, "latin1");
  header.writeUInt32LE(length, 8);
  return header;
}
