// A ZIP made while it is sent: files stored as they are, a piece drawn only when the reader wants it, nothing held
// but small files. Its length is known before the first byte. Our own writer, for CRC-32 by node:zlib costs a
// tenth of a JavaScript table's, and a reader that goes away must end it within a piece.
import { crc32 } from "node:zlib";
import { centralHeader, endOfDirectory, localHeader, type ZipHeader } from "./zipFormat.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** A file to be put into a ZIP. `open` may be called twice: the CRC stands before the bytes. */
export type ZippedFile = {
  readonly name: string;
  readonly bytes: number;
  readonly modified: Date;
  readonly open: () => Promise<Bytes>;
};

/** Files of up to this many bytes are read once and held meanwhile; larger ones are read twice. */
const mostHeldBytes = 4 * 1024 * 1024;

/** A file whose bytes are here. */
export function heldFile(name: string, content: Uint8Array<ArrayBuffer>, modified: Date): ZippedFile {
  const open = () => Promise.resolve(ReadableStream.from([content]));
  return { name, bytes: content.length, modified, open };
}

/** The length of the ZIP of some files, in bytes. */
export function zipLength(files: readonly ZippedFile[]): number {
  let offset = 0;
  let directory = 0;
  for (const { name, bytes, modified } of files) {
    const header = { name, bytes, modified, crc32: 0, offset };
    directory += centralHeader(header).length;
    offset += localHeader(header).length + bytes;
  }
  return offset + directory + endOfDirectory({ entries: files.length, bytes: directory, offset }).length;
}

/** Files one after another; those of an async one are made when their turn comes. */
export type ZippedFiles = Iterable<ZippedFile> | AsyncIterable<ZippedFile>;

/** The ZIP of some files. Errors when a file is not as long as it was said to be, or changes while it is read. */
export function zipStream(files: ZippedFiles): Bytes {
  return ReadableStream.from(zipped(files));
}

async function* zipped(files: ZippedFiles): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const headers: ZipHeader[] = [];
  let offset = 0;
  for await (const file of files) {
    const { name, bytes, modified } = file;
    const held = bytes <= mostHeldBytes ? await readWhole(file) : undefined;
    const header = { name, bytes, modified, offset, crc32: await checksum(held ?? await file.open()) };
    const local = localHeader(header);
    yield local;
    yield* held ?? checked(await file.open(), header);
    headers.push(header);
    offset += local.length + bytes;
  }
  let bytes = 0;
  for (const header of headers) {
    const line = centralHeader(header);
    bytes += line.length;
    yield line;
  }
  yield endOfDirectory({ entries: headers.length, bytes, offset });
}

async function readWhole({ bytes, open }: ZippedFile): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of await open()) {
    pieces.push(piece);
    length += piece.length;
    if (length > bytes) break;
  }
  if (length !== bytes) throw new Error("a file is not as long as its row says");
  return pieces;
}

async function checksum(pieces: Bytes | readonly Uint8Array[]): Promise<number> {
  let sum = 0;
  for await (const piece of pieces) sum = crc32(piece, sum);
  return sum;
}

async function* checked(pieces: Bytes, header: ZipHeader): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let [sum, length] = [0, 0];
  for await (const piece of pieces) {
    sum = crc32(piece, sum);
    length += piece.length;
    yield piece;
  }
  if (sum !== header.crc32 || length !== header.bytes) throw new Error("a file changed while it was sent");
}
