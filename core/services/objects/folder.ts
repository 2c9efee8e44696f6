// The built-in object store: one file an object below one folder, bytes first, record (trailer.ts) behind them.
// put returns after fsync of the file and of every folder entry that leads to it. The final name appears by link(2),
// which never replaces, so an object is either whole under its name or not there. It trusts that this process is
// the only writer of the folder (the supervisor's lock) and that nobody edits the files.
import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { copyFile, link, mkdir, open, readdir, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { measureFile, piecesOf, streamOfFile, writeAll, writePieces } from "./bytes.ts";
import { fileCode, folderFault } from "./faults.ts";
import { openFolderFlush, openFolderMaker } from "./flush.ts";
import { cutRange, keySegments, prefixSegments } from "./key.ts";
import { objectPath, readEntry } from "./names.ts";
import type { ListedObject, Objects, ObjectSource, OpenObject, StoredObject } from "./port.ts";
import { ObjectError } from "./port.ts";
import type { Trailer } from "./trailer.ts";
import { readTrailer, trailerLength, writeTrailer } from "./trailer.ts";

const plainBytes = "application/octet-stream";
const staleAfterMilliseconds = 24 * 60 * 60 * 1000;

/** Opens the store in `folder`, which is made when absent. Half-written files of older runs are taken away. */
export async function openFolderObjects(folder: string): Promise<Objects> {
  const root = resolve(folder);
  const incoming = join(root, "incoming");
  const kept = join(root, "objects");
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await mkdir(kept, { recursive: true, mode: 0o700 });
  await sweepIncoming(incoming);

  const flush = openFolderFlush();
  const makeFolder = openFolderMaker(root, flush);
  const pathOf = (key: string) => join(kept, ...objectPath(keySegments(key)));
  const newPath = () => join(incoming, randomUUID());

  const put = async (key: string, source: ObjectSource): Promise<StoredObject> => {
    const path = pathOf(key);
    await makeFolder(dirname(path));
    const finished = await finishFile(source, newPath);
    const taken = await takeName(finished, path, newPath);
    await flush(dirname(path));
    return { key, ...taken };
  };

  const head = async (key: string): Promise<StoredObject | undefined> => {
    const opened = await openObject(pathOf(key));
    await opened?.handle.close();
    return opened && { key, ...opened.trailer };
  };

  const get = async (
    key: string,
    range?: { offset: number; length?: number },
  ): Promise<OpenObject | undefined> => {
    const opened = await openObject(pathOf(key));
    if (!opened) return undefined;
    try {
      const part = cutRange(opened.trailer.size, range);
      return { key, ...opened.trailer, ...part, stream: streamOfFile(opened.handle, part) };
    } catch (fault) {
      await opened.handle.close();
      throw fault;
    }
  };

  const remove = async (key: string): Promise<void> => {
    const path = pathOf(key);
    if (!await unlinkIfThere(path)) return;
    await flush(dirname(path));
  };

  const check = async (): Promise<void> => {
    const probe = newPath();
    const handle = await open(probe, "wx", 0o600);
    try {
      await writeAll(handle, Buffer.alloc(4096));
      await handle.sync();
    } finally {
      await handle.close();
      await unlinkIfThere(probe);
    }
  };

  return {
    put: (key, source) => put(key, source).catch(folderFault),
    get: (key, range) => get(key, range).catch(folderFault),
    head: (key) => head(key).catch(folderFault),
    delete: (key) => remove(key).catch(folderFault),
    list: (prefix) => listFolder(kept, prefixSegments(prefix)),
    check: () => check().catch(folderFault),
    describe: () => ({ kind: "folder", builtIn: true, where: folder }),
    close: async () => {},
  };
}

type Finished = { readonly path: string; readonly given: string | undefined; readonly trailer: Trailer };

/** Brings the source into one file that ends in its trailer and is on disk. */
async function finishFile(source: ObjectSource, newPath: () => string): Promise<Finished> {
  const contentType = source.contentType ?? plainBytes;
  if ("file" in source) return await finishGivenFile(source.file, source.sha256, contentType);

  const path = newPath();
  const handle = await open(path, "wx", 0o600);
  try {
    const measure = await writePieces(handle, piecesOf(source));
    if (source.sha256 && source.sha256 !== measure.sha256) {
      throw new ObjectError("checksum", "The bytes do not have the hash that was said.");
    }
    const trailer = { ...measure, contentType };
    await writeAll(handle, writeTrailer(trailer));
    await handle.sync();
    return { path, given: undefined, trailer };
  } catch (fault) {
    await unlinkIfThere(path);
    throw fault;
  } finally {
    await handle.close();
  }
}

/** Appends the trailer to a file that was given away; one that an interrupted put left is replaced. */
async function finishGivenFile(
  path: string,
  sha256: string | undefined,
  contentType: string,
): Promise<Finished> {
  const handle = await open(path, "r+");
  try {
    const whole = (await handle.stat()).size;
    const earlier = await trailerAtEnd(handle, whole);
    const size = earlier ? earlier.size : whole;
    if (earlier) await handle.truncate(size);
    const trailer = { size, sha256: sha256 ?? (await measureFile(path)).sha256, contentType };
    await handle.write(writeTrailer(trailer), 0, trailerLength, size);
    await handle.sync();
    return { path, given: path, trailer };
  } finally {
    await handle.close();
  }
}

/** Gives the finished file its final name. Returns what stands there: this one, or the same bytes of an earlier put. */
async function takeName(finished: Finished, path: string, newPath: () => string): Promise<Trailer> {
  const { trailer } = finished;
  let from = finished.path;
  try {
    await link(from, path).catch(async (fault: unknown) => {
      if (fileCode(fault) !== "EXDEV") throw fault;
      from = await copyDurably(finished.path, newPath());
      await link(from, path);
    });
  } catch (fault) {
    if (fileCode(fault) !== "EEXIST") throw fault;
    const standing = await readRecord(path);
    const same = standing?.size === trailer.size && standing.sha256 === trailer.sha256;
    if (!same) throw new ObjectError("conflict", "Other bytes stand under this object key.");
    if (finished.given) await unlinkIfThere(finished.given);
    return standing;
  } finally {
    if (from !== finished.given) await unlinkIfThere(from);
  }
  if (finished.given) await unlinkIfThere(finished.given);
  return trailer;
}

async function copyDurably(from: string, to: string): Promise<string> {
  await copyFile(from, to);
  const handle = await open(to, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return to;
}

async function trailerAtEnd(handle: FileHandle, size: number): Promise<Trailer | undefined> {
  if (size < trailerLength) return undefined;
  const bytes = Buffer.alloc(trailerLength);
  await handle.read(bytes, 0, trailerLength, size - trailerLength);
  const trailer = readTrailer(bytes);
  return trailer?.size === size - trailerLength ? trailer : undefined;
}

async function openObject(path: string): Promise<{ handle: FileHandle; trailer: Trailer } | undefined> {
  const handle = await open(path, "r").catch((fault: unknown) => {
    if (fileCode(fault) === "ENOENT" || fileCode(fault) === "ENOTDIR") return undefined;
    throw fault;
  });
  if (!handle) return undefined;
  try {
    const trailer = await trailerAtEnd(handle, (await handle.stat()).size);
    if (!trailer) throw new ObjectError("damaged", "The record behind the object's bytes is broken.");
    return { handle, trailer };
  } catch (fault) {
    await handle.close();
    throw fault;
  }
}

async function readRecord(path: string): Promise<Trailer | undefined> {
  const opened = await openObject(path);
  await opened?.handle.close();
  return opened?.trailer;
}

async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (fault) {
    if (fileCode(fault) === "ENOENT" || fileCode(fault) === "ENOTDIR") return false;
    throw fault;
  }
}

async function sweepIncoming(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > staleAfterMilliseconds) await unlinkIfThere(path);
  }
}

/** Walks the folders in the order of keys: a folder sorts as its part of the key with the slash behind it. */
async function* listFolder(root: string, prefix: string[], before = ""): AsyncGenerator<ListedObject> {
  const [wanted = "", ...deeper] = prefix;
  const entries = await readdir(root, { withFileTypes: true }).catch(absentFolder);
  const parts = entries.flatMap((entry) => {
    const part = readEntry(entry.name, entry.isDirectory());
    const fits = part !== undefined && (deeper.length > 0 ? part === wanted : part.startsWith(wanted));
    return fits ? [{ entry, name: entry.isDirectory() ? `${part}/` : part }] : [];
  });
  parts.sort((one, other) => one.name < other.name ? -1 : 1);
  for (const { entry, name } of parts) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) {
      yield* listFolder(path, deeper, before + name);
      continue;
    }
    if (deeper.length > 0) continue;
    const listed = await listedFile(path);
    if (listed) yield { key: before + name, ...listed };
  }
}

/** Length and time of the object in a file, undefined when it was deleted meanwhile. */
async function listedFile(path: string): Promise<Pick<ListedObject, "size" | "changedAt"> | undefined> {
  try {
    const { size, mtime } = await stat(path);
    return { size: size - trailerLength, changedAt: mtime };
  } catch (fault) {
    if (fileCode(fault) === "ENOENT") return undefined;
    throw fault;
  }
}

function absentFolder(fault: unknown): Dirent[] {
  if (fileCode(fault) === "ENOENT" || fileCode(fault) === "ENOTDIR") return [];
  throw fault;
}
