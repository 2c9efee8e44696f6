// Small tools of the object store's tests.
import { createHash } from "node:crypto";
import type { ListedObject, OpenObject } from "#core/services/objects/mod.ts";

/** All bytes of an opened object; none when it is absent. */
export async function bytesOf(opened: OpenObject | undefined): Promise<Buffer> {
  return opened ? Buffer.concat(await Array.fromAsync(opened.stream)) : Buffer.alloc(0);
}

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The bytes as a stream of pieces of at most `length`. */
export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** The keys of a listing. */
export async function keysOf(listing: AsyncIterable<ListedObject>): Promise<string[]> {
  return (await Array.fromAsync(listing)).map((object) => object.key);
}
