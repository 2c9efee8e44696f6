// fsync of folders, shared: while one fsync of a folder runs, all who come meanwhile wait for one more, together.
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

export type FolderFlush = (folder: string) => Promise<void>;

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the function that returns only after an fsync of the folder that began after the call. */
export function openFolderFlush(): FolderFlush {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  const begin = (folder: string): Promise<void> => {
    const work = syncFolder(folder).finally(() => {
      if (running.get(folder) === work) running.delete(folder);
    });
    running.set(folder, work);
    return work;
  };

  return (folder) => {
    const now = running.get(folder);
    if (!now) return begin(folder);
    const joined = waiting.get(folder);
    if (joined) return joined;
    const next = now.then(() => undefined, () => undefined).then(() => {
      waiting.delete(folder);
      return begin(folder);
    });
    waiting.set(folder, next);
    return next;
  };
}

const rememberedFolders = 10_000;

/**
 * Makes the function that makes a folder below `root` and returns when its entry, and those of its parents, are on
 * disk. Done once a folder and process: one that a killed process left may not be on disk yet.
 */
export function openFolderMaker(root: string, flush: FolderFlush): FolderFlush {
  const made = new Map<string, Promise<void>>();

  const make = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let at = folder; at.length > root.length; at = dirname(at)) await flush(dirname(at));
  };

  return (folder) => {
    const known = made.get(folder);
    if (known) return known;
    if (made.size >= rememberedFolders) made.clear();
    const work = make(folder);
    made.set(folder, work);
    work.catch(() => made.delete(folder));
    return work;
  };
}
