// ZIP uploads by strangers (PA-1): each file is received like one that came alone, what is not taken is told, and no
// ZIP takes more than the limits name, writes where it likes, or leaves anything behind.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Archive } from "#core/archive/mod.ts";
import { type ZipLimits, zipLimits } from "#core/archive/unpack/limits.ts";
import { receiveZip } from "#core/archive/unpack/receiveZip.ts";
import type { ZipOutcome } from "#core/contract/studies.ts";
import { type DirectoryFile, writeDirectory } from "#core/dicom/mod.ts";
import { type House, incomingOf, openHouses, settled } from "#tests/make/archive.ts";
import { keptInstances } from "#tests/make/core.ts";
import { dicomFile, noise } from "#tests/make/dicom.ts";
import { centralLine, type FileToZip, renamed, zipMade } from "#tests/make/zipMade.ts";

const { db, newHouse, archiveIn } = openHouses();

const uidOf = (number: number) => `2.25.88${number}`;
function picture(number: number, name = `IMAGES/IM${number}`): FileToZip {
  const bytes = dicomFile({
    rows: 32,
    columns: 32,
    pixels: noise(2048, number),
    sopInstanceUID: uidOf(number),
  });
  return { name, bytes };
}

type Opened = { readonly house: House; readonly archive: Archive };

async function opened(more: Parameters<typeof archiveIn>[1] = {}): Promise<Opened> {
  const house = await newHouse();
  return { house, archive: await archiveIn(house, more) };
}

async function* inPieces(bytes: Uint8Array, fault?: Error): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
  if (fault) throw fault;
}

const of = (house: House, bytes: Uint8Array, fault?: Error) => ({
  practice: house.practice.id,
  source: { kind: "upload", actor: "account", id: null } as const,
  bytes: inPieces(bytes, fault),
  signal: new AbortController().signal,
});

async function sent({ house, archive }: Opened, zip: Uint8Array): Promise<ZipOutcome> {
  const outcome = await archive.receiveZip(of(house, zip));
  if ("refusal" in outcome) throw new Error(`${outcome.refusal}: ${outcome.words}`);
  return outcome;
}

/** The words of a refusal, after making sure that nothing of the ZIP is left or shown anywhere. */
async function refused(where: Opened, zip: Uint8Array, limits: Partial<ZipLimits> = {}): Promise<string> {
  const { house, archive } = where;
  const receiving = {
    folder: join(house.folder, "archive/work/zip"),
    room: { refusal: () => Promise.resolve(undefined), refusalNow: () => Promise.resolve(undefined) },
    receive: archive.receive,
    fileBytes: 2 ** 26,
    limits: { ...zipLimits, ...limits },
    log: () => undefined,
  };
  const outcome = await receiveZip(receiving, of(house, zip));
  await nothingLeft(where, 0);
  return "refusal" in outcome ? `${outcome.refusal}: ${outcome.words}` : "taken";
}

async function nothingLeft({ house, archive }: Opened, instances: number): Promise<void> {
  await settled(archive);
  expect(await keptInstances(db(), house.practice.id)).toHaveLength(instances);
  expect(await incomingOf(house)).toEqual([]);
  const work = await readdir(join(house.folder, "archive/work"), { recursive: true }).catch(() => []);
  expect(work.filter((name) => name !== "zip")).toEqual([]);
}

const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);

describe("PA-1 a ZIP of DICOM files", () => {
  it("gives each of its files to the archive as it is, deflated or stored, and tells what it left out", async () => {
    const where = await opened();
    const files = [picture(1), { ...picture(2), compress: false }];
    const others = [
      { name: "README.TXT", bytes: Buffer.from("Hello. This is the disc of your animal. ".repeat(20)) },
      { name: "inner.zip", bytes: await zipMade([picture(3)]) },
      { name: "photo.jpg", bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, ...noise(500)) },
      { name: "empty", bytes: new Uint8Array(0) },
    ];
    const outcome = await sent(where, await zipMade([...files, ...others]));
    expect(outcome.taken).toEqual(files.map(({ name, bytes }, at) => ({
      name,
      sopInstanceUid: uidOf(at + 1),
      studyInstanceUid: "2.25.1002",
      bytes: bytes.length,
    })));
    expect(outcome.refused).toEqual([]);
    expect(outcome.skipped).toEqual([
      {
        name: "README.TXT",
        reason: "This is not a DICOM file, or it lacks its SOP Class or SOP Instance UID.",
      },
      { name: "inner.zip", reason: "This is a ZIP in the ZIP; those are not opened." },
      { name: "photo.jpg", reason: "This is a JPEG picture, not a DICOM file." },
      { name: "empty", reason: "The file is empty." },
    ]);
    await nothingLeft(where, 2);
  });

  it("with a DICOMDIR is compared with it, and no path of it is followed", async () => {
    const where = await opened();
    const listed = [1, 2, 3].map((number): DirectoryFile => ({
      fileID: ["IMAGES", `IM${number}`],
      type: "IMAGE",
      sopClassUID: "1.2.840.10008.5.1.4.1.1.7",
      sopInstanceUID: uidOf(number),
      transferSyntaxUID: "1.2.840.10008.1.2.1",
      patientID: "P",
      patientName: null,
      studyInstanceUID: "2.25.1002",
      studyDate: null,
      studyTime: null,
      studyDescription: null,
      studyID: null,
      accessionNumber: null,
      seriesInstanceUID: "2.25.1003",
      modality: null,
      seriesNumber: 1,
      instanceNumber: number,
    }));
    const hostile = renamed(Buffer.from(writeDirectory(listed, "2.25.9")), "IMAGES\\IM3", "..\\..\\\\ETC");
    const zip = await zipMade([{ name: "DISC/DICOMDIR", bytes: hostile }, picture(1), picture(2)]);
    const outcome = await sent(where, zip);
    expect(names(outcome.taken)).toEqual(["IMAGES/IM1", "IMAGES/IM2"]);
    const reason = "This is a DICOMDIR, a table of contents. 1 of the 3 files that it lists did not come.";
    expect(outcome.skipped).toEqual([{ name: "DISC/DICOMDIR", reason }]);
  });

  it("sent twice is kept once", async () => {
    const where = await opened();
    const zip = await zipMade([picture(1), picture(2)]);
    expect(await sent(where, zip)).toEqual(await sent(where, zip));
    await nothingLeft(where, 2);
  });
});

describe("a hostile ZIP", () => {
  it("writes nowhere but where we say: names with dots, roots, drives and markup are words", async () => {
    const where = await opened();
    const evil = [
      "../../evil1.dcm",
      "/etc/evil/2.dcm",
      "C:\\evil\\\\3.dcm",
      "<b>evil</b>4.dc",
      "a\u0000b\u001b[31m/5.d",
    ];
    let zip: Buffer = await zipMade(evil.map((_, at) => picture(at, `PLAIN/NAME/${at}.dcm`)));
    for (const [at, name] of evil.entries()) {
      zip = renamed(zip, `PLAIN/NAME/${at}.dcm`, name.slice(0, 16).padEnd(16, "x"));
    }
    const outcome = await sent(where, zip);
    expect(outcome.taken).toHaveLength(5);
    expect(names(outcome.taken)[4]).toMatch(/^a\ufffdb\ufffd\[31m/);
    await nothingLeft(where, 5);
    const everything = await readdir(where.house.folder, { recursive: true });
    expect(everything.filter((name) => name.includes("evil"))).toEqual([]);
  });

  it("of more than it says is refused by the named limit: entries, table, total, ratio", async () => {
    const where = await opened();
    const zip = await zipMade([picture(1), picture(2), picture(3)]);
    expect(await refused(where, zip, { entries: 2 })).toBe("large: The ZIP lists more than 2 files.");
    expect(await refused(where, zip, { directoryBytes: 100 })).toBe(
      "large: The ZIP's table of contents is larger than 100 bytes.",
    );
    expect(await refused(where, zip, { unpackedBytes: 5000 })).toBe(
      "large: Unpacked, the ZIP would be larger than 5000 bytes.",
    );
    const bomb = await zipMade([picture(1), { name: "zeros", bytes: Buffer.alloc(70 * 2 ** 20) }]);
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refused(where, bomb)).toBe(
      "large: Unpacked, the ZIP would be more than 200 times its size.",
    );
  });

  it("whose file is longer, shorter or other than the table says loses that file alone", async () => {
    const whole = await zipMade([picture(1), picture(2)]);
    const changed = (offset: number, by: number) => {
      const zip = Buffer.from(whole);
      const at = centralLine(zip, 1) + offset;
      zip.writeUInt32LE(zip.readUInt32LE(at) + by, at);
      return zip;
    };
    const cases: [Buffer, string][] = [
      [changed(24, -100), "It is damaged: it is longer than the ZIP says."],
      [changed(24, 100), "It is damaged: it is shorter than the ZIP says."],
      [changed(16, 1), "It is damaged: its checksum (CRC-32) is wrong."],
      [changed(42, 4), "It is damaged: it is not where the ZIP says."],
    ];
    for (const [zip, reason] of cases) {
      const where = await opened();
      const outcome = await sent(where, zip);
      expect([names(outcome.taken), outcome.refused]).toEqual([["IMAGES/IM1"], [{
        name: "IMAGES/IM2",
        reason,
      }]]);
      await nothingLeft(where, 1);
    }
  });

  it("with encrypted files, links and unknown compression is told which and why", async () => {
    const where = await opened();
    const link = { name: "link", bytes: Buffer.from("/etc/passwd"), mode: 0o120777 };
    const zip = await zipMade([picture(1, "locked"), link, picture(2, "strange"), picture(3)]);
    zip.writeUInt16LE(zip.readUInt16LE(centralLine(zip, 0) + 8) | 1, centralLine(zip, 0) + 8);
    zip.writeUInt16LE(14, centralLine(zip, 2) + 10);
    const outcome = await sent(where, zip);
    expect(outcome.refused).toEqual([
      { name: "locked", reason: "It is encrypted." },
      { name: "link", reason: "It is a link to another file, and links are not followed." },
      { name: "strange", reason: "It is compressed in a way (14) that is not read here." },
    ]);
    expect(names(outcome.taken)).toEqual(["IMAGES/IM3"]);
  });

  it("whose files lie in each other is refused whole", async () => {
    const where = await opened();
    const zip = await zipMade([picture(1), picture(2)]);
    zip.writeUInt32LE(zip.readUInt32LE(centralLine(zip, 0) + 42) + 10, centralLine(zip, 1) + 42);
    expect(await refused(where, zip)).toBe("content: The ZIP is damaged: files in it lie in each other.");
  });

  it("that is cut, garbage, empty or lies about its table is refused whole", async () => {
    const where = await opened();
    const zip = await zipMade([picture(1), picture(2)]);
    for (const bytes of [zip.subarray(0, zip.length - 30), noise(5000), new Uint8Array(0)]) {
      expect(await refused(where, bytes)).toMatch(/^content: The ZIP is damaged/);
    }
    const lying = Buffer.from(zip);
    lying.writeUInt16LE(5000, lying.length - 22 + 10);
    expect(await refused(where, lying)).toMatch(/^content: The ZIP is damaged/);
    const none = await sent(where, await zipMade([]));
    expect(none).toEqual({ taken: [], skipped: [], refused: [] });
  });

  it("whose sender goes away in the middle leaves nothing", async () => {
    const where = await opened();
    const zip = await zipMade([picture(1), picture(2)]);
    const gone = new Error("the sender went away");
    await expect(where.archive.receiveZip(of(where.house, zip, gone))).rejects.toThrow("went away");
    await nothingLeft(where, 0);
  });

  it("is not taken where the disk has no room for what it would come to", async () => {
    const where = await opened({ bounds: { records: 100, bytes: 1e9, freeBytes: Number.MAX_SAFE_INTEGER } });
    const outcome = await where.archive.receiveZip(of(where.house, await zipMade([picture(1)])));
    expect(outcome).toMatchObject({ refusal: "space" });
    await nothingLeft(where, 0);
  });

  it("called off while its files are taken keeps what it answered for, and says what it did not reach", async () => {
    const where = await opened();
    const files = Array.from({ length: 40 }, (_, at) => picture(at));
    const off = new AbortController();
    let taken = 0;
    const receive: Archive["receive"] = (arrival) => {
      if (++taken === 5) off.abort();
      return where.archive.receive(arrival);
    };
    const receiving = {
      folder: join(where.house.folder, "archive/work/zip"),
      room: { refusal: () => Promise.resolve(undefined), refusalNow: () => Promise.resolve(undefined) },
      receive,
      fileBytes: 2 ** 26,
      log: () => undefined,
    };
    const outcome = await receiveZip(receiving, {
      ...of(where.house, await zipMade(files)),
      signal: off.signal,
    });
    if ("refusal" in outcome) throw new Error(outcome.words);
    expect(outcome.taken.length).toBeLessThan(12);
    expect(outcome.taken.length + outcome.refused.length).toBe(40);
    await nothingLeft(where, outcome.taken.length);
  });
});
