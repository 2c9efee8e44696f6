// Reads a ZIP's table of contents and judges the whole before anything of it is unpacked: what it lists, what it
// would come to, and whether its files lie in each other. Names are told back and never used as paths.
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from "yauzl";
import type { Refusal } from "../receive/arrival.ts";
import type { ZipLimits } from "./limits.ts";

/** One file that a ZIP lists. */
export type ZipEntry = {
  readonly name: string;
  readonly entry: Entry;
  /** Why it is not unpacked, in words; undefined when it may be. */
  readonly fault: string | undefined;
};

/** An open ZIP. `close` must be called. */
export type ZipContents = {
  readonly zip: ZipFile;
  readonly entries: readonly ZipEntry[];
  /** What the files say they come to, in bytes. */
  readonly unpackedBytes: number;
  readonly close: () => void;
};

/** Opens the ZIP of a path, or says why it is not read at all. */
export async function openContents(path: string, limits: ZipLimits): Promise<ZipContents | Refusal> {
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: false })
    .catch(() => undefined);
  if (!zip) return damaged("The ZIP is damaged or not whole: its table of contents is not where it must be.");
  zip.on("error", ignoreLateFault);
  const listed = await listOf(zip, limits);
  const refused = "refusal" in listed ? listed : judge(listed, zip.fileSize, limits);
  if (refused || "refusal" in listed) {
    zip.close();
    return refused ?? damaged("The ZIP is damaged.");
  }
  const files = listed.filter((entry) => !isFolder(entry));
  return {
    zip,
    entries: files.map((entry) => ({ name: nameOf(entry, limits), entry, fault: faultOf(entry) })),
    unpackedBytes: unpackedBytes(listed),
    close: () => zip.close(),
  };
}

/** A fault after the table was read shows where the file is read; without a listener it would end the process. */
function ignoreLateFault(): void {}

function damaged(words: string): Refusal {
  return { refusal: "content", words };
}

function large(words: string): Refusal {
  return { refusal: "large", words };
}

async function listOf(zip: ZipFile, limits: ZipLimits): Promise<Entry[] | Refusal> {
  const tooMany = large(`The ZIP lists more than ${limits.entries} files.`);
  if (zip.entryCount > limits.entries) return tooMany;
  const entries: Entry[] = [];
  let bytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(entry);
      bytes += 46 + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
      if (bytes > limits.directoryBytes) {
        return large(`The ZIP's table of contents is larger than ${limits.directoryBytes} bytes.`);
      }
    }
  } catch {
    return damaged("The ZIP is damaged: its table of contents cannot be read.");
  }
  return entries;
}

function judge(entries: readonly Entry[], ownBytes: number, limits: ZipLimits): Refusal | undefined {
  const bytes = unpackedBytes(entries);
  if (bytes > limits.unpackedBytes) {
    return large(`Unpacked, the ZIP would be larger than ${limits.unpackedBytes} bytes.`);
  }
  if (bytes > limits.harmlessBytes && bytes > limits.ratio * ownBytes) {
    return large(`Unpacked, the ZIP would be more than ${limits.ratio} times its size.`);
  }
  if (overlap(entries)) return damaged("The ZIP is damaged: files in it lie in each other.");
  return undefined;
}

function unpackedBytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
}

const localHeaderBytes = 30;

/** Files that share bytes are how a small ZIP becomes a large one. Their headers' extra fields may only add to this. */
function overlap(entries: readonly Entry[]): boolean {
  const inOrder = entries.toSorted((one, other) =>
    one.relativeOffsetOfLocalHeader - other.relativeOffsetOfLocalHeader
  );
  return inOrder.some((entry, at) => {
    const next = inOrder[at + 1];
    const { relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize } = entry;
    return next !== undefined &&
      start + localHeaderBytes + fileNameLength + compressedSize > next.relativeOffsetOfLocalHeader;
  });
}

const unix = 3;
const [fileType, symbolicLink] = [0xf000, 0xa000];
const [stored, deflated] = [0, 8];

function faultOf(entry: Entry): string | undefined {
  if (entry.isEncrypted()) return "It is encrypted.";
  const mode = entry.externalFileAttributes >>> 16;
  const isLink = entry.versionMadeBy >>> 8 === unix && (mode & fileType) === symbolicLink;
  if (isLink) return "It is a link to another file, and links are not followed.";
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) {
    return `It is compressed in a way (${entry.compressionMethod}) that is not read here.`;
  }
  if (entry.compressionMethod === stored && entry.compressedSize !== entry.uncompressedSize) {
    return "It is damaged: the ZIP gives it two lengths.";
  }
  return undefined;
}

const slash = 0x2f;

function isFolder({ fileNameRaw }: Entry): boolean {
  return fileNameRaw.at(-1) === slash;
}

/** As people read it: without control characters, its end where it is long. */
function nameOf(
  { generalPurposeBitFlag, fileNameRaw, extraFields }: Entry,
  { nameLength }: ZipLimits,
): string {
  const whole = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  // deno-lint-ignore no-control-regex
  const plain = whole.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
  return (plain.length > nameLength ? `…${plain.slice(1 - nameLength)}` : plain).toWellFormed();
}
