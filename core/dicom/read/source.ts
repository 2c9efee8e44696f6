// Bytes that can be read piece by piece: a file on disk or bytes in memory. Headers and frames are read through
// this, so that no instance is ever loaded whole. Reading is synchronous: it runs in decoder processes and for
// headers of a few KiB.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type DicomFile, type ReadOptions, readPart10 } from "./part10.ts";
import { tags } from "./tags.ts";

/** Random access to bytes. `read` gives fewer bytes than asked for at the end. */
export type ByteSource = {
  readonly size: number;
  readonly read: (offset: number, length: number) => Uint8Array;
};

/** A source that must be closed. */
export type FileSource = ByteSource & { readonly close: () => void };

/** Bytes already in memory; pieces are views. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A file on disk. Throws the system's error when it cannot be opened. */
export function fileSource(path: string): FileSource {
  const descriptor = openSync(path, "r");
  const size = fstatSync(descriptor).size;
  const read = (offset: number, length: number) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  };
  return { size, read, close: () => closeSync(descriptor) };
}

/** First read, growth and most bytes of a header; nearly all headers stand in the first read. */
const headerBytes = { first: 64 * 1024, factor: 8, most: 64 * 1024 * 1024 };

/** A deflated dataset whose pixels are wanted must be inflated whole. */
const mostInflatedBytes = 512 * 1024 * 1024;

type SourceOptions = Pick<ReadOptions, "transferSyntaxUID">;

/**
 * Reads the header of a source up to the pixel data, in growing pieces. The file's fault is there only when the
 * header itself is broken, cut off or beyond 64 MiB.
 */
export function readHeader(source: ByteSource, options: SourceOptions = {}): DicomFile {
  for (let length = headerBytes.first;; length *= headerBytes.factor) {
    const size = Math.min(length, headerBytes.most);
    const file = readPart10(source.read(0, size), { ...options, until: tags.PixelData });
    // A piece may end just between two elements: then nothing is broken and yet the pixels are not reached.
    const cut = file.fault ? file.fault.kind === "truncated" : !file.pixelData;
    if (!cut || size >= source.size || size >= headerBytes.most) return file;
  }
}

/** Reads a header whose frames will be read from the same source: all of it when the dataset is deflated. */
export function readForFrames(source: ByteSource, options: SourceOptions = {}): DicomFile {
  const header = readHeader(source, options);
  if (!header.deflated) return header;
  const whole = source.read(0, mostInflatedBytes);
  return readPart10(whole, { ...options, until: tags.PixelData, mostInflatedBytes });
}
