// Reads one stored object again and says whether it is what was stored.
import { createHash } from "node:crypto";
import { ObjectError, type Objects } from "#core/services/objects/mod.ts";
import type { Pace } from "./pace.ts";

/** What an object must be. `sha256` in bytes, as the rows hold it. */
export type Stored = { readonly key: string; readonly bytes: number; readonly sha256: Uint8Array };

export type Found = "sound" | "missing" | "damaged";

/** Reads and hashes an object. @throws ObjectError when the store does not answer: nothing is known then. */
export async function checkObject(objects: Objects, stored: Stored, pace: Pace): Promise<Found> {
  try {
    const opened = await objects.get(stored.key);
    if (!opened) return "missing";
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const piece of opened.stream) {
      hash.update(piece);
      bytes += piece.length;
      await pace();
    }
    return bytes === stored.bytes && hash.digest().equals(stored.sha256) ? "sound" : "damaged";
  } catch (fault) {
    if (fault instanceof ObjectError && fault.kind === "damaged") return "damaged";
    throw fault;
  }
}
