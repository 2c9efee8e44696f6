// The bytes of one file of a ZIP, unpacked while they are read, never more than the table of contents says, and
// whole only when length and CRC-32 are right.
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";

/** A file of a ZIP that is not what the ZIP says it is. The message is for the one who sent it. */
export class DamagedEntry extends Error {
  override readonly name = "DamagedEntry";
}

/** Unpacks a file. @throws DamagedEntry, at the latest at its end. */
export async function* entryBytes(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const packed = await openPacked(zip, entry);
  let [bytes, sum] = [0, 0];
  try {
    for await (const piece of unpacked(packed, entry)) {
      bytes += piece.length;
      if (bytes > entry.uncompressedSize) {
        throw new DamagedEntry("It is damaged: it is longer than the ZIP says.");
      }
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (fault) {
    throw isOfZlib(fault) ? new DamagedEntry("It is damaged and cannot be unpacked.") : fault;
  } finally {
    packed.destroy();
  }
  if (bytes !== entry.uncompressedSize) {
    throw new DamagedEntry("It is damaged: it is shorter than the ZIP says.");
  }
  if (sum !== entry.crc32) throw new DamagedEntry("It is damaged: its checksum (CRC-32) is wrong.");
}

async function openPacked(zip: ZipFile, entry: Entry): Promise<Readable> {
  try {
    return await zip.openReadStreamPromise(entry, { decodeFileData: false });
  } catch {
    throw new DamagedEntry("It is damaged: it is not where the ZIP says.");
  }
}

const deflated = 8;

function unpacked(packed: Readable, { compressionMethod }: Entry): AsyncIterable<Uint8Array> {
  if (compressionMethod !== deflated) return packed;
  // a fault of either shows in whoever reads the second
  return pipeline(packed, createInflateRaw(), () => undefined);
}

function isOfZlib(fault: unknown): boolean {
  return fault instanceof Error && "code" in fault && String(fault.code).startsWith("Z_");
}
