// A ZIP is read from its end, so it is put on disk first, under a name of ours. Nothing depends on the copy: it is
// taken away when the ZIP has been read, and by the next start if not.
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { type ArrivingBytes, type Refusal } from "../receive/arrival.ts";
import { DiskRefusal } from "../receive/incomingFile.ts";
import type { Room } from "../receive/room.ts";

/** How many bytes are written between two looks at the room that is left. */
const lookEveryBytes = 32 * 1024 * 1024;

/** A ZIP on disk. `remove` must be called. */
export type Spooled = { readonly path: string; readonly bytes: number; readonly remove: () => Promise<void> };

/** Writes arriving bytes into a folder. Rejects with what the bytes threw, and leaves nothing behind then. */
export async function spool(folder: string, room: Room, bytes: ArrivingBytes): Promise<Spooled | Refusal> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, uuidv7());
  const remove = () => rm(path, { force: true });
  try {
    const written = await write(path, room, bytes);
    if (typeof written === "number") return { path, bytes: written, remove };
    await remove();
    return written;
  } catch (fault) {
    await remove();
    throw fault;
  }
}

async function write(path: string, room: Room, arriving: ArrivingBytes): Promise<number | Refusal> {
  const file = await open(path, "wx", 0o600);
  try {
    let bytes = 0;
    let looked = -lookEveryBytes;
    for await (const piece of arriving) {
      if (bytes - looked >= lookEveryBytes) {
        const refused = await room.refusal();
        if (refused) return refused;
        looked = bytes;
      }
      for (const slice of piece instanceof Uint8Array ? [piece] : piece) {
        await file.write(slice).catch(refuseDisk);
        bytes += slice.length;
      }
    }
    return bytes;
  } finally {
    await file.close();
  }
}

function refuseDisk(cause: unknown): never {
  throw new DiskRefusal(cause);
}
