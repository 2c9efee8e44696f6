// The ZIP of a study (PA-3): Info-ZIP, Python and DICOM programs read it, the files in it are what came in, and it is
// made while it is sent.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { type Archive, openThing } from "#core/archive/mod.ts";
import { endOfDirectory, localHeader } from "#core/archive/export/zipFormat.ts";
import { heldFile, zipLength, type ZippedFile, zipStream } from "#core/archive/export/zipStream.ts";
import { mostPictures, picturesOf } from "#core/archive/export/pictures.ts";
import type { StudyInstance } from "#core/archive/export/rows.ts";
import { type Decoders, element, openDecoders, readDirectory, tags } from "#core/dicom/mod.ts";
import { study } from "#db/schema/mod.ts";
import { type House, openHouses, settled, upload } from "#tests/make/archive.ts";
import { dicomFile, noise, temporaryFolder } from "#tests/make/dicom.ts";
import { needs, program } from "#tests/make/needs.ts";
import { entriesByPython, told, unpack } from "#tests/make/zipped.ts";

const { db, newHouse, archiveIn } = openHouses();
const tools = [program("unzip"), program("python3")];

function picture(series: number, number: number, more: { name?: string; side?: number } = {}): Uint8Array {
  const { name, side = 8 } = more;
  return dicomFile({
    rows: side,
    columns: side,
    pixels: noise(2 * side * side, 100 * series + number),
    sopInstanceUID: `2.25.5${series}${String(number).padStart(4, "0")}`,
    studyInstanceUID: "2.25.4",
    seriesInstanceUID: `2.25.4${series}`,
    more: [
      element(tags.SeriesNumber, series),
      element(tags.InstanceNumber, number),
      ...(name ? [element(tags.StudyDescription, name)] : []),
    ],
  });
}

async function given(
  files: readonly Uint8Array[],
  decoders?: Decoders,
): Promise<{ house: House; archive: Archive; study: string }> {
  const house = await newHouse();
  const archive = await archiveIn(house, {
    bounds: { records: 10_000, bytes: 1e9, freeBytes: 0 },
    ...(decoders ? { decoders } : {}),
  });
  const received = await Promise.all(files.map((file) => archive.receive(upload(house, file))));
  expect(received.filter((one) => "refusal" in one)).toEqual([]);
  await settled(archive);
  const [row] = await db().readAs(house.practice.id, (q) => q.select({ id: study.id }).from(study));
  return { house, archive, study: row?.id ?? "" };
}

async function saved(archive: Archive, house: House, zip: string): Promise<{ path: string; size: number }> {
  const opened = await archive.openZip(house.practice.id, { zip });
  if (!opened || "refused" in opened) throw new Error("there is no ZIP");
  const path = join(temporaryFolder(), "study.zip");
  writeFileSync(path, new Uint8Array(await new Response(opened.read()).arrayBuffer()));
  return { path, size: opened.size ?? NaN };
}

async function filesBelow(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) =>
    readFileSync(join(entry.parentPath, entry.name))
  );
}

const sorted = (files: readonly Uint8Array[]) =>
  files.map((file) => Buffer.from(file).toString("base64")).sort();

describe("PA-3 the ZIP of a study", () => {
  needs(...tools, program("dcmdump")).it(
    "holds every file byte for byte under the name that its DICOMDIR says",
    async () => {
      const files = [picture(2, 1), picture(1, 2), picture(1, 1, { side: 1500 })];
      const { house, archive, study } = await given(files);
      const { path, size } = await saved(archive, house, study);
      expect(readFileSync(path).length).toBe(size);
      const entries = entriesByPython(path);
      expect(entries.map(({ name }) => name)).toEqual([
        "DICOMDIR",
        "README.TXT",
        "DICOM/SE000001/IM000001",
        "DICOM/SE000001/IM000002",
        "DICOM/SE000002/IM000001",
      ]);
      // stored, names in UTF-8, and no data descriptor: readers that stream can take it
      expect(entries.every(({ method, flags }) => method === 0 && flags === 0x800)).toBe(true);

      const folder = temporaryFolder();
      unpack(path, folder);
      expect(sorted(await filesBelow(join(folder, "DICOM")))).toEqual(sorted(files));
      for (const { fileID, sopInstanceUID } of readDirectory(readFileSync(join(folder, "DICOMDIR"))) ?? []) {
        const { said } = told("dcmdump", ["-q", "+P", "SOPInstanceUID", join(folder, ...fileID)]);
        expect(said).toContain(`[${sopInstanceUID}]`);
      }
      expect(told("dcmdump", ["-q", join(folder, "DICOMDIR")]).status).toBe(0);
    },
  );

  needs(...tools).it("of 600 small files lists and holds 600", async () => {
    const files = Array.from({ length: 600 }, (_, at) => picture(1 + at % 3, at));
    const { house, archive, study } = await given(files);
    const { path } = await saved(archive, house, study);
    expect(entriesByPython(path)).toHaveLength(602);
    const folder = temporaryFolder();
    unpack(path, folder);
    expect(readDirectory(readFileSync(join(folder, "DICOMDIR")))).toHaveLength(600);
    expect(sorted(await filesBelow(join(folder, "DICOM")))).toEqual(sorted(files));
  }, 60_000);

  it("is of the practice that asks alone, and of nothing there is none", async () => {
    const { house, archive, study } = await given([picture(1, 1)]);
    const other = await newHouse();
    const open = openThing(archive);
    const who = (practice: string) => ({ system: true, practice, permission: "study:read" }) as const;
    const signal = AbortSignal.timeout(1000);
    const answers = await Promise.all([
      open({ zip: study }, who(other.practice.id), signal),
      open({ zip: "0198b2f0-0000-7000-8000-000000000000" }, who(house.practice.id), signal),
      open({ zip: study, seriesIds: [study] }, who(house.practice.id), signal),
    ]);
    expect(answers.map((answer) => "refused" in answer && answer.refused.status)).toEqual([404, 404, 404]);
    const own = await open({ zip: study }, who(house.practice.id), signal);
    expect(own).toMatchObject({ mediaType: "application/zip", ranges: false });
  });
});

describe("PA-3 a JPEG of each picture of a study", () => {
  const decoders = openDecoders({ workers: 1, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
  afterAll(() => decoders.close());

  needs(...tools).it(
    "comes in the order people see, made one by one, with what could not be made named",
    async () => {
      const broken = picture(3, 1).subarray(0, -40);
      const { house, archive, study } = await given([
        picture(2, 1, { side: 64 }),
        picture(1, 1, { side: 48 }),
        broken,
      ], decoders);
      const opened = await archive.openZip(house.practice.id, { zip: study, as: "jpeg" });
      if (!opened || "refused" in opened) throw new Error("there is no ZIP");
      expect(opened.size).toBeUndefined();
      const path = join(temporaryFolder(), "pictures.zip");
      writeFileSync(path, new Uint8Array(await new Response(opened.read()).arrayBuffer()));
      expect(told("unzip", ["-tq", path]).said).toContain("No errors");
      const folder = temporaryFolder();
      unpack(path, folder);
      const names = (await readdir(folder)).sort();
      expect(names).toEqual(["1-OT.jpg", "2-OT.jpg", "README.TXT"]);
      const sizes = await Promise.all(names.slice(0, 2).map((name) => sharp(join(folder, name)).metadata()));
      expect(sizes.map(({ format, width }) => [format, width])).toEqual([["jpeg", 48], ["jpeg", 64]]);
      expect(readFileSync(join(folder, "README.TXT"), "utf8")).toContain("3-OT.jpg");
    },
  );

  it("is refused of more pictures than people look at one by one", () => {
    const one = { hasPixels: true } as StudyInstance;
    const many = picturesOf(
      Array.from({ length: mostPictures + 1 }, () => one),
      () => Promise.reject(new Error()),
      new Date(),
    );
    expect(many).toMatchObject({ refused: { status: 413 } });
    expect(picturesOf([{ ...one, hasPixels: false }], () => Promise.reject(new Error()), new Date()))
      .toBeUndefined();
  });
});

describe("a ZIP that is made while it is sent", () => {
  const modified = new Date("2026-05-03T10:11:12Z");

  needs(...tools).it(
    "keeps names with markup, slashes and other scripts, and has the length it says",
    async () => {
      const names = ["a b.txt", "<img src=x>.txt", "Łukasz/山田 太郎.txt", "..\\up.txt"];
      const files = names.map((name, at) => heldFile(name, Uint8Array.from(noise(at * 1000)), modified));
      const bytes = new Uint8Array(await new Response(zipStream(files)).arrayBuffer());
      expect(bytes.length).toBe(zipLength(files));
      const path = join(temporaryFolder(), "names.zip");
      writeFileSync(path, bytes);
      expect(entriesByPython(path).map(({ name }) => name)).toEqual(names);
      expect(told("unzip", ["-tq", path]).status).toBe(0);
    },
  );

  it("draws nothing that is not wanted, and lets go of the file when its reader goes away", async () => {
    let drawn = 0;
    let cancelled = false;
    const big: ZippedFile = {
      name: "big",
      bytes: 64 * 2 ** 20,
      modified,
      open: () =>
        Promise.resolve(
          new ReadableStream({
            cancel: () => void (cancelled = true),
            pull: (controller) => {
              if (++drawn % 64 === 0) controller.enqueue(new Uint8Array(2 ** 20)), controller.close();
              else controller.enqueue(new Uint8Array(2 ** 20));
            },
          }, { highWaterMark: 0 }),
        ),
    };
    const reader = zipStream([big]).getReader();
    for (let pieces = 0; pieces < 5; pieces++) await reader.read();
    expect(drawn).toBeLessThan(64 + 7);
    await reader.cancel();
    expect(cancelled).toBe(true);
  });

  it("breaks off where a file is not what it was said to be", async () => {
    const short: ZippedFile = { ...heldFile("a", new Uint8Array(10), modified), bytes: 11 };
    await expect(new Response(zipStream([short])).arrayBuffer()).rejects.toThrow("not as long");
    let turn = 0;
    const changing: ZippedFile = {
      name: "a",
      bytes: 5 * 2 ** 20,
      modified,
      open: () => Promise.resolve(new Blob([new Uint8Array(5 * 2 ** 20).fill(turn++)]).stream()),
    };
    await expect(new Response(zipStream([changing])).arrayBuffer()).rejects.toThrow("changed");
  });

  needs(program("python3")).it("turns to ZIP64 where a number does not fit", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "many"));
    const files = Array.from({ length: 66_000 }, (_, at) => heldFile(`f${at}`, new Uint8Array(0), modified));
    const path = join(folder, "many.zip");
    const bytes = new Uint8Array(await new Response(zipStream(files)).arrayBuffer());
    expect(bytes.length).toBe(zipLength(files));
    writeFileSync(path, bytes);
    const count = "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))";
    expect(told("python3", ["-c", count, path]).said.trim()).toBe("66000");
    // sizes past 4 GiB stand in the extra field, the 32-bit fields are all ones (APPNOTE 4.5.3)
    const large = { name: "x", bytes: 5 * 2 ** 30, crc32: 1, modified, offset: 0 };
    const local = localHeader(large);
    expect([local.readUInt32LE(18), local.readBigUInt64LE(30 + 1 + 4)]).toEqual([
      0xffffffff,
      BigInt(large.bytes),
    ]);
    expect(endOfDirectory({ entries: 1, bytes: 50, offset: 5 * 2 ** 30 }).length).toBe(22 + 76);
  }, 30_000);

  needs(program("python3")).it("is read by Python where a file has more than 4 GiB", async () => {
    // the file itself is a hole on the disk: headers and directory are ours, the zeros are nobody's
    const script = `
import sys, os, zipfile
head, tail, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
path = sys.argv[4]
with open(path, "wb") as f:
    f.write(bytes.fromhex(head)); f.seek(size, 1); f.write(bytes.fromhex(tail))
z = zipfile.ZipFile(path)
print([(i.filename, i.file_size, i.header_offset) for i in z.infolist()])
`;
    const { centralHeader } = await import("#core/archive/export/zipFormat.ts");
    const size = 5 * 2 ** 30;
    const first = { name: "x", bytes: size, crc32: 0, modified, offset: 0 };
    const local = localHeader(first);
    const second = { name: "y", bytes: 0, crc32: 0, modified, offset: local.length + size };
    const lines = Buffer.concat([centralHeader(first), centralHeader(second)]);
    const offset = second.offset + localHeader(second).length;
    const tail = Buffer.concat([
      localHeader(second),
      lines,
      endOfDirectory({ entries: 2, bytes: lines.length, offset }),
    ]);
    const path = join(temporaryFolder(), "large.zip");
    const words = ["-c", script, local.toString("hex"), tail.toString("hex"), String(size), path];
    expect(told("python3", words).said.trim()).toBe(`[('x', ${size}, 0), ('y', 0, ${second.offset})]`);
  });
});
