// The beginning of an uploaded file: enough of it to say whether it is DICOM and where its dataset begins.
import { readPart10 } from "#core/dicom/mod.ts";
import type { ArrivingBytes } from "./arrival.ts";

/** An uploaded file, opened: what stands before the dataset, and the dataset. */
export type OpenedFile = {
  readonly prefix: Uint8Array;
  readonly dataset: ArrivingBytes;
  /** Of the declared or recognised encoding. */
  readonly transferSyntaxUID: string;
};

/** Why bytes are no DICOM file, in words for the one who sent them. */
export type NotDicom = { readonly words: string };

const enoughBytes = 64 * 1024;
const mostMetaBytes = 1024 * 1024;
const firstDatasetTag = 0x00080006;

/** Reads the beginning of a file and hands on the rest untouched. */
export async function openFile(bytes: ArrivingBytes): Promise<OpenedFile | NotDicom> {
  const pieces = bytes[Symbol.asyncIterator]();
  const head = await readHead(pieces);
  const foreign = foreignKind(head);
  if (foreign) return await turnAway(pieces, foreign);
  const file = readPart10(head, { until: firstDatasetTag });
  if (file.transferSyntaxUID === "" || file.datasetOffset >= head.length) {
    return await turnAway(pieces, "This is not a DICOM file.");
  }
  return {
    prefix: head.subarray(0, file.datasetOffset),
    dataset: following(head.subarray(file.datasetOffset), pieces),
    transferSyntaxUID: file.transferSyntaxUID,
  };
}

type Pieces = AsyncIterator<Uint8Array | readonly Uint8Array[]>;

/** At least `enoughBytes`, and more while the file meta information goes on. */
async function readHead(pieces: Pieces): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  let length = 0;
  let wanted = enoughBytes;
  for (;;) {
    while (length < wanted) {
      const next = await pieces.next();
      if (next.done) return Buffer.concat(held);
      for (const slice of next.value instanceof Uint8Array ? [next.value] : next.value) {
        held.push(slice);
        length += slice.length;
      }
    }
    const head = Buffer.concat(held);
    const { datasetOffset } = readPart10(head, { until: firstDatasetTag });
    if (datasetOffset < length || length >= mostMetaBytes) return head;
    wanted = length * 4;
  }
}

async function* following(first: Uint8Array, pieces: Pieces): ArrivingBytes {
  try {
    yield first;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}

async function turnAway(pieces: Pieces, words: string): Promise<NotDicom> {
  await pieces.return?.();
  return { words };
}

const kinds: readonly (readonly [start: readonly number[], words: string])[] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    "This is a ZIP archive. Send it as application/zip, or the DICOM files in it one by one.",
  ],
  [[0x50, 0x4b, 0x05, 0x06], "This is an empty ZIP archive."],
  [[0x1f, 0x8b], "This is a compressed archive. Unpack it and send the DICOM files in it."],
  [[0xff, 0xd8, 0xff], "This is a JPEG picture, not a DICOM file."],
  [[0x89, 0x50, 0x4e, 0x47], "This is a PNG picture, not a DICOM file."],
  [[0x25, 0x50, 0x44, 0x46], "This is a PDF document, not a DICOM file."],
];

function foreignKind(head: Uint8Array): string | undefined {
  if (head.length === 0) return "The file is empty.";
  if (hasMagic(head)) return undefined;
  return kinds.find(([start]) => start.every((byte, index) => head[index] === byte))?.[1];
}

function hasMagic(head: Uint8Array): boolean {
  return [0x44, 0x49, 0x43, 0x4d].every((byte, index) => head[128 + index] === byte);
}
