// The last 160 bytes of every file in the folder store: what the object is. Written behind the bytes, so that a
// finished file becomes an object by one append, one fsync and one rename, and bytes and record can't part.
// Layout: magic (8) · size as u64 big endian (8) · SHA-256 (32) · content type length (1) and ASCII text (79) ·
// SHA-256 of all the former (32).
import { createHash } from "node:crypto";

export type Trailer = { readonly size: number; readonly sha256: string; readonly contentType: string };

export const trailerLength = 160;

const magic = Buffer.from("VETOBJ1\n", "latin1");
const longestContentType = 79;
const sealedLength = 128;

/** The record as bytes. The content type is cut to ASCII of at most 79 characters. */
export function writeTrailer(trailer: Trailer): Buffer {
  const bytes = Buffer.alloc(trailerLength);
  const type = Buffer.from(trailer.contentType.slice(0, longestContentType), "latin1");
  magic.copy(bytes, 0);
  bytes.writeBigUInt64BE(BigInt(trailer.size), 8);
  Buffer.from(trailer.sha256, "hex").copy(bytes, 16);
  bytes.writeUInt8(type.length, 48);
  type.copy(bytes, 49);
  createHash("sha256").update(bytes.subarray(0, sealedLength)).digest().copy(bytes, sealedLength);
  return bytes;
}

/** The record, or undefined when these bytes are none. */
export function readTrailer(bytes: Buffer): Trailer | undefined {
  if (bytes.length !== trailerLength || !bytes.subarray(0, 8).equals(magic)) return undefined;
  const seal = createHash("sha256").update(bytes.subarray(0, sealedLength)).digest();
  if (!seal.equals(bytes.subarray(sealedLength))) return undefined;
  return {
    size: Number(bytes.readBigUInt64BE(8)),
    sha256: bytes.subarray(16, 48).toString("hex"),
    contentType: bytes.subarray(49, 49 + bytes.readUInt8(48)).toString("latin1"),
  };
}
