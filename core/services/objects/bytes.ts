// Streams in and out of files, with the hash on the way.
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { ObjectSource } from "./port.ts";

const readLength = 256 * 1024;

/** Length and SHA-256 (hex) of some bytes. */
export type Measure = { readonly size: number; readonly sha256: string };

/** The bytes of a source, in pieces of any size. */
export async function* piecesOf(source: ObjectSource): AsyncGenerator<Uint8Array> {
  if ("bytes" in source) {
    yield source.bytes;
    return;
  }
  if ("stream" in source) {
    yield* source.stream;
    return;
  }
  yield* piecesOfFile("file" in source ? source.file : source.copyOf);
}

async function* piecesOfFile(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path, "r");
  try {
    for (let position = 0;;) {
      const piece = Buffer.allocUnsafe(readLength);
      const { bytesRead } = await handle.read(piece, 0, readLength, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Writes all pieces at the end of the file and says what went through. */
export async function writePieces(handle: FileHandle, pieces: AsyncIterable<Uint8Array>): Promise<Measure> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    size += piece.length;
    await writeAll(handle, piece);
  }
  return { size, sha256: hash.digest("hex") };
}

/** Writes every byte: one `write` may take only a part. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, null);
    done += bytesWritten;
  }
}

/** Length and hash of a file. */
export async function measureFile(path: string): Promise<Measure> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of piecesOfFile(path)) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest("hex") };
}

/** A part of an open file as a stream that closes the file at its end, at a fault and when it is cancelled. */
export function streamOfFile(
  handle: FileHandle,
  part: { offset: number; length: number },
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = part.offset;
  const end = part.offset + part.length;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const piece = new Uint8Array(Math.min(readLength, end - position));
      const { bytesRead } = piece.length === 0
        ? { bytesRead: 0 }
        : await handle.read(piece, 0, piece.length, position);
      position += bytesRead;
      if (bytesRead > 0) controller.enqueue(piece.subarray(0, bytesRead));
      if (bytesRead > 0 && position < end) return;
      await handle.close();
      if (position < end) return controller.error(new Error("The file ended early."));
      controller.close();
    },
    async cancel() {
      await handle.close();
    },
  }, { highWaterMark: 0 });
}
