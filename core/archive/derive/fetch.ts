// An original as a file of its own, for work in a decoder process.
import { createWriteStream } from "node:fs";
import { link } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { systemCode } from "../journal/faults.ts";
import { type KeptObject, readKept } from "../originals.ts";
import type { Places } from "../reading.ts";

/** A second name for the file in the incoming folder, or a copy of the stored one. */
export async function fetchOriginal(places: Places, kept: KeptObject, path: string): Promise<void> {
  if (kept.storedAt === null && await linkIfThere(join(places.incoming, kept.id), path)) return;
  const stream = await readKept(places, kept);
  if (!stream) throw new Error("the bytes of an instance are not there");
  await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
}

async function linkIfThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (fault) {
    if (systemCode(fault) === "ENOENT" || systemCode(fault) === "EXDEV") return false;
    throw fault;
  }
}
