// Where the bytes of originals are read from: the object store, or the incoming folder while they wait for it.
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ByteRange, Objects } from "#core/services/objects/mod.ts";
import { systemCode } from "./journal/faults.ts";

/** The object row of a thing that is read. */
export type KeptObject = {
  readonly id: string;
  readonly key: string;
  readonly bytes: number;
  readonly storedAt: Date | null;
};

const pieceBytes = 256 * 1024;

/**
 * A stream of the bytes of an object, or of a range within its `bytes`; undefined when they are nowhere. A file
 * that is moved to the store while it is read is read on: the name goes, the bytes stay open.
 */
export async function readKept(
  places: { readonly objects: Objects; readonly incoming: string },
  kept: KeptObject,
  range: ByteRange = { offset: 0 },
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined> {
  const length = Math.min(range.length ?? kept.bytes, kept.bytes - range.offset);
  if (kept.storedAt === null) {
    const handle = await openIfThere(join(places.incoming, kept.id));
    if (handle) return streamOf(handle, { offset: range.offset, length });
  }
  return (await places.objects.get(kept.key, { offset: range.offset, length }))?.stream;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (fault) {
    if (systemCode(fault) === "ENOENT") return undefined;
    throw fault;
  }
}

function streamOf(
  handle: FileHandle,
  { offset, length }: Required<ByteRange>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = offset;
  const end = offset + length;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    const piece = new Uint8Array(Math.min(pieceBytes, end - at));
    const { bytesRead } = piece.length > 0 ? await handle.read(piece, 0, piece.length, at) : { bytesRead: 0 };
    if (bytesRead > 0) controller.enqueue(piece.subarray(0, bytesRead));
    at += bytesRead;
    if (at < end && bytesRead > 0) return;
    await handle.close();
    if (at < end) throw new Error("a file in the incoming folder is shorter than its row says");
    controller.close();
  };
  return new ReadableStream({ pull, cancel: () => handle.close() }, { highWaterMark: 0 });
}
