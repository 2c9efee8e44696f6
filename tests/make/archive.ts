// An archive in this process on real parts: the embedded database, a folder store, a folder of its own. Tests take
// houses (a practice with its store) and open archives in them; all are closed and removed after each test.
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Archive, type ArchiveSettings, type Arrival, openArchive } from "#core/archive/mod.ts";
import { element, tags, type WritableElement, writeDataset } from "#core/dicom/mod.ts";
import { openFolderObjects } from "#core/services/objects/folder.ts";
import type { Objects } from "#core/services/objects/mod.ts";
import { type Database, openDatabase } from "#db/mod.ts";
import { startEmbedded, type TestDatabase } from "./database.ts";
import { askAsOwner, givenPractice, type TestPractice } from "./core.ts";
import { eventually } from "./until.ts";

export const explicitLittleEndian = "1.2.840.10008.1.2.1";
export const digitalXray = "1.2.840.10008.5.1.4.1.1.1.1";

/** A practice, and the folder and object store that an archive is opened on. */
export type House = { readonly folder: string; readonly objects: Objects; readonly practice: TestPractice };

/** What a file of tests works with. */
export type Houses = {
  readonly database: () => TestDatabase;
  /** The database as the core sees it. */
  readonly db: () => Database;
  newHouse(): Promise<House>;
  archiveIn(house: House, more?: Partial<ArchiveSettings>): Promise<Archive>;
  /** Closes an archive before its test ends. */
  close(archive: Archive): Promise<void>;
  /** Another archive has a journal of its own, but the table knows one. */
  forgetProgress(): Promise<void>;
  /** A statement within a practice, as the owner of the schema. */
  asOwner(practice: string, statement: string): Promise<Record<string, unknown>[]>;
};

const noPictures = () => Promise.reject(new Error("no pictures are made here"));

/** Opens the database for a file of tests, and cleans up after each test. */
export function openHouses(): Houses {
  let database: TestDatabase;
  let db: Database;
  const open = new Set<Archive>();
  const folders: string[] = [];
  const forgetProgress = async () => {
    await db.lookUp(sql`delete from journal_progress`);
  };

  beforeAll(async () => {
    database = await startEmbedded();
    db = openDatabase(database.addresses.vetware_core);
  }, 120_000);
  afterEach(async () => {
    for (const archive of open) await archive.close();
    open.clear();
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
    await forgetProgress();
  });
  afterAll(async () => {
    await db?.close();
    await database?.stop();
  });

  return {
    database: () => database,
    db: () => db,
    forgetProgress,
    async newHouse() {
      const folder = await mkdtemp(join(tmpdir(), "archive-"));
      folders.push(folder);
      const objects = await openFolderObjects(join(folder, "objects"));
      return { folder, objects, practice: await givenPractice(database.addresses.vetware_owner) };
    },
    async archiveIn(house, more = {}) {
      const archive = await openArchive({
        folder: join(house.folder, "archive"),
        db,
        objects: house.objects,
        decoders: {
          derive: noPictures,
          digest: noPictures,
          recode: noPictures,
          frames: noPictures,
          render: noPictures,
        },
        log: () => undefined,
        bounds: { records: 100, bytes: 1e9, freeBytes: 0 },
        limit: 64 * 1024 * 1024,
        damaged: (fault) => {
          throw fault;
        },
        ...more,
      });
      open.add(archive);
      return archive;
    },
    async close(archive) {
      open.delete(archive);
      await archive.close();
    },
    asOwner: (practice, statement) => askAsOwner(database.addresses.vetware_owner, practice, statement),
  };
}

let counter = 0;

/** What may differ between datasets; the UID is a new one when not said. */
export type DatasetFacts = {
  readonly uid?: string;
  readonly study?: string;
  readonly more?: readonly WritableElement[];
};

/** A small dataset without a picture. */
export function dataset({ uid = `1.2.826.${++counter}`, study = "1.2.3.4", more = [] }: DatasetFacts = {}) {
  const bytes = writeDataset([
    element(tags.SOPClassUID, digitalXray),
    element(tags.SOPInstanceUID, uid),
    element(tags.StudyInstanceUID, study),
    element(tags.SeriesInstanceUID, `${study}.1`),
    element(tags.Modality, "DX"),
    element(tags.PatientName, "Müller^Bello"),
    element(tags.PatientID, "P-17"),
    ...more,
  ]);
  return { uid, bytes };
}

/** A dataset on its way from the practice's peer. */
export function arrival(
  house: House,
  uid: string,
  bytes: Uint8Array,
  transferSyntaxUID = explicitLittleEndian,
): Arrival {
  return {
    kind: "dataset",
    practice: house.practice.id,
    source: { kind: "dimse", actor: "dicom_peer", id: house.practice.peer },
    sopClassUID: digitalXray,
    sopInstanceUID: uid,
    transferSyntaxUID,
    bytes: slicesOf(bytes),
  };
}

/** A file on its way from someone's browser. */
export function upload(house: House, file: Uint8Array): Arrival {
  return {
    kind: "file",
    practice: house.practice.id,
    source: { kind: "upload", actor: "account", id: null },
    bytes: slicesOf(file, 1000),
  };
}

async function* slicesOf(bytes: Uint8Array, size = 100): AsyncGenerator<Uint8Array[]> {
  for (let at = 0; at < bytes.length; at += 2 * size) {
    yield [bytes.subarray(at, at + size), bytes.subarray(at + size, at + 2 * size)];
  }
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Waits until everything received is in rows and object store. */
export const settled = (archive: Archive) => eventually(() => Promise.resolve(archive.settled), (is) => is);

/** Names in the incoming folder. */
export const incomingOf = (house: House) => readdir(join(house.folder, "archive/incoming"));

/** The bytes of a stored object. */
export async function storedBytes(objects: Objects, key: string): Promise<Buffer> {
  const opened = await objects.get(key);
  if (!opened) throw new Error("not in the store");
  return Buffer.from(await new Response(opened.stream).arrayBuffer());
}

/** Keys of all objects of the practice. */
export async function keysOf({ objects, practice }: House): Promise<string[]> {
  const keys = [];
  for await (const { key } of objects.list(`practice/${practice.id}/`)) keys.push(key);
  return keys;
}
