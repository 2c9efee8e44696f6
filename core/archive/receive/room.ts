// Whether there is room for one more arrival: on the disk, and in what may wait for the database and the store.
import { statfs } from "node:fs/promises";
import type { Refusal } from "./arrival.ts";

/** How much is durable but not yet in rows and in the object store. */
export type Backlog = { readonly records: number; readonly bytes: number };

/** Bounds of what may wait, and the free bytes below which nothing is taken. */
export type RoomBounds = Backlog & { readonly freeBytes: number };

export type Room = {
  /** Why nothing is taken now, or no more than `bytes`; undefined when there is room. */
  refusal(bytes?: number): Promise<Refusal | undefined>;
  /** The same, from a fresh look at the disk. */
  refusalNow(): Promise<Refusal | undefined>;
};

const lookAgainMs = 500;

/** Watches the disk of a folder and a backlog. `now` in milliseconds. */
export function openRoom(
  folder: string,
  bounds: RoomBounds,
  backlog: () => Backlog,
  now: () => number = () => performance.now(),
): Room {
  let looked = -Infinity;
  let free = Infinity;

  const look = async () => {
    if (now() - looked < lookAgainMs) return;
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
    looked = now();
  };

  const refusal = async (bytes = 0): Promise<Refusal | undefined> => {
    const waiting = backlog();
    if (waiting.records >= bounds.records || waiting.bytes >= bounds.bytes) {
      return { refusal: "backlog", words: "The archive is catching up. Try again in a few minutes." };
    }
    try {
      await look();
    } catch {
      // the folder cannot be asked: writing to it would fail too
      return { refusal: "disk", words: "The archive's disk does not answer. Try again later." };
    }
    if (free - bytes >= bounds.freeBytes) return undefined;
    return {
      refusal: "space",
      words: "The archive's disk is almost full. Nothing is taken until there is room.",
    };
  };

  return {
    refusal,
    refusalNow() {
      looked = -Infinity;
      return refusal();
    },
  };
}
