// The archive's journal: the commit point of everything received. A record is appended only after the bytes it
// names are on disk, and only a record that is on disk itself may be acknowledged. Many waiting appends share one
// write and one sync. It trusts that this process is the only writer of the folder (the supervisor's lock).
import type { FileHandle } from "node:fs/promises";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { JournalDamage, type JournalPlace, JournalRefusal } from "./faults.ts";
import { longestLine, writeLine } from "./line.ts";
import { type JournalEntry, readEntries } from "./read.ts";
import type { JournalRecord } from "./record.ts";
import { soundEnd } from "./scan.ts";
import { listSegments, segmentPath } from "./segments.ts";

export type JournalSettings = {
  readonly folder: string;
  /** Where the named bytes stand: its entries are synced before the records that name them are written. */
  readonly incoming: string;
  /** A segment of at least this many bytes is followed by a new one. */
  readonly segmentBytes?: number;
};

/** What opening found: bytes of a torn group that were cut off the end. */
export type JournalOpening = { readonly journal: Journal; readonly cutBytes: number };

type Waiting = {
  readonly record: JournalRecord;
  readonly resolve: (entry: JournalEntry) => void;
  readonly reject: (fault: unknown) => void;
};

const usualSegmentBytes = 64 * 1024 * 1024;
const mostInGroup = 256;
const probeBytes = 16 * 1024;

/**
 * Opens the journal in a folder, which is made when absent; a torn end is cut off.
 * @throws JournalDamage when acknowledged records cannot be read.
 */
export async function openJournal(settings: JournalSettings): Promise<JournalOpening> {
  await mkdir(settings.folder, { recursive: true, mode: 0o700 });
  const segments = await listSegments(settings.folder);
  const segment = segments.at(-1) ?? 1;
  const handle = await open(segmentPath(settings.folder, segment), segments.length ? "r+" : "wx+", 0o600);
  try {
    const { size } = await handle.stat();
    const position = await soundEnd(handle, segment, size);
    if (position < size) await handle.truncate(position);
    await handle.sync();
    await syncFolder(settings.folder);
    await syncFolder(dirname(settings.folder));
    const first = { segment: segments[0] ?? 1, position: 0 };
    const journal = new Journal(settings, handle, { first, end: { segment, position } });
    return { journal, cutBytes: size - position };
  } catch (fault) {
    await handle.close();
    throw fault;
  }
}

/** An open journal; made by {@link openJournal}. */
export class Journal {
  readonly #settings: JournalSettings;
  readonly #first: JournalPlace;
  #handle: FileHandle | undefined;
  #end: JournalPlace;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #listeners = new Set<(entries: readonly JournalEntry[]) => void>();
  #lastFault: unknown;

  constructor(
    settings: JournalSettings,
    handle: FileHandle,
    range: { first: JournalPlace; end: JournalPlace },
  ) {
    this.#settings = settings;
    this.#handle = handle;
    this.#first = range.first;
    this.#end = range.end;
  }

  /** Where the first record stands. */
  get first(): JournalPlace {
    return this.#first;
  }

  /** Where the records end that are surely on disk. */
  get end(): JournalPlace {
    return this.#end;
  }

  /** False after a failed write, until one has succeeded again. */
  get sound(): boolean {
    return this.#lastFault === undefined;
  }

  /**
   * Records one arrival whose bytes are synced; resolves when the record is on disk.
   * @throws JournalRefusal at once when the disk would not take it. The next call tries anew.
   */
  append(record: JournalRecord): Promise<JournalEntry> {
    const promise = new Promise<JournalEntry>((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
    });
    this.#committing ??= this.#commitAll();
    return promise;
  }

  /**
   * Whether a record would be taken now. After a failure it tries with a probe that is cut off again, so that
   * nobody sends a gigabyte towards a journal that will refuse it.
   */
  async isWritable(): Promise<boolean> {
    if (this.sound) return true;
    await this.#committing;
    this.#committing ??= this.#commitAll();
    await this.#committing;
    return this.sound;
  }

  /** The records from a place to the durable end as it is now. */
  read(from: JournalPlace): AsyncGenerator<JournalEntry> {
    return readEntries(this.#settings.folder, from, this.#end);
  }

  /** Hands every durable group to a listener, in order; returns what ends it. */
  onAppended(listener: (entries: readonly JournalEntry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#committing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #commitAll(): Promise<void> {
    do {
      const group = this.#waiting.splice(0, mostInGroup);
      try {
        const handle = this.#handle ?? await this.#reopen();
        if (group.length > 0) await this.#commit(handle, group);
        else await this.#probe(handle);
        this.#lastFault = undefined;
      } catch (fault) {
        await this.#fail(group, fault);
      }
    } while (this.#waiting.length > 0);
    this.#committing = undefined;
  }

  async #commit(current: FileHandle, group: readonly Waiting[]): Promise<void> {
    const handle = await this.#rotated(current);
    const { segment, position } = this.#end;
    const lines = group.map(({ record }) => writeLine({ group: position, record }));
    const tooLong = lines.find((line) => line.length > longestLine);
    if (tooLong) throw new RangeError("A journal record is too long.");
    await syncFolder(this.#settings.incoming);
    await writeWhole(handle, Buffer.concat(lines), position);
    await handle.datasync();

    const entries = group.map(({ record }, index): JournalEntry => {
      const place = this.#end;
      this.#end = { segment, position: place.position + (lines[index]?.length ?? 0) };
      return { record, place, next: this.#end };
    });
    for (const listener of this.#listeners) listener(entries);
    entries.forEach((entry, index) => group[index]?.resolve(entry));
  }

  /** The segment to write into: a new one, its name on disk, when the current one is long enough. */
  async #rotated(current: FileHandle): Promise<FileHandle> {
    if (this.#end.position < (this.#settings.segmentBytes ?? usualSegmentBytes)) return current;
    const segment = this.#end.segment + 1;
    const handle = await open(segmentPath(this.#settings.folder, segment), "w+", 0o600);
    this.#handle = handle;
    this.#end = { segment, position: 0 };
    await current.close();
    await syncFolder(this.#settings.folder);
    return handle;
  }

  async #probe(handle: FileHandle): Promise<void> {
    await writeWhole(handle, Buffer.alloc(probeBytes), this.#end.position);
    await handle.datasync();
    await handle.truncate(this.#end.position);
    await handle.sync();
  }

  async #fail(group: readonly Waiting[], fault: unknown): Promise<void> {
    this.#lastFault = fault;
    const failed = this.#handle;
    this.#handle = undefined;
    const cut = await this.#cut(failed);
    for (const { reject } of group) reject(new JournalRefusal(cut, fault));
  }

  /** Takes back what a failed group may have written. A sync that failed once is not asked again (its pages count as clean). */
  async #cut(failed: FileHandle | undefined): Promise<boolean> {
    try {
      await failed?.close();
      this.#handle = await this.#reopen();
      return true;
    } catch (second) {
      this.#lastFault = second;
      return false;
    }
  }

  async #reopen(): Promise<FileHandle> {
    const handle = await open(segmentPath(this.#settings.folder, this.#end.segment), "r+");
    try {
      const { size } = await handle.stat();
      if (size < this.#end.position) {
        throw new JournalDamage(this.#end, "the file is shorter than what was recorded");
      }
      await handle.truncate(this.#end.position);
      await handle.sync();
      await syncFolder(this.#settings.folder);
    } catch (fault) {
      await handle.close();
      throw fault;
    }
    this.#handle = handle;
    return handle;
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** Makes the names in a folder durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
