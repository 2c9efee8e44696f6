import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { decodeHTJ2K } from "#core/dicom/pixels/codecs/htj2k.ts";
import { deriveInstance } from "#core/dicom/derive/derive.ts";
import {
  type DerivedInstance,
  element,
  isUndecodable,
  openDecoders,
  tags,
  type WritableElement,
} from "#core/dicom/mod.ts";
import { testData } from "#tests/make/data.ts";
import {
  dicomFile,
  encapsulated,
  finePhantom,
  noise,
  type Picture,
  ramp,
  temporaryFolder,
  written,
} from "#tests/make/dicom.ts";
import { data, needs } from "#tests/make/needs.ts";

const folder = temporaryFolder();
let count = 0;

async function derived(file: Uint8Array): Promise<DerivedInstance> {
  const name = `${count++}`;
  const result = await deriveInstance(written(folder, `${name}.dcm`, file), join(folder, name));
  if (isUndecodable(result)) throw new Error(result.undecodable);
  return result;
}

async function samplesOf(instance: DerivedInstance, index = 0): Promise<Uint8Array> {
  const frame = instance.frames[index];
  if (!frame || isUndecodable(frame)) throw new Error("no frame");
  const bytes = readFileSync(instance.codestreams.path).subarray(frame.offset, frame.offset + frame.length);
  return (await decodeHTJ2K(bytes)).pixels;
}

describe("PA-4 derivatives", () => {
  it.each<[string, Picture]>([
    ["16-bit unsigned grey", { rows: 100, columns: 70, pixels: noise(14_000) }],
    ["16-bit signed grey", { rows: 100, columns: 70, signed: true, pixels: noise(14_000) }],
    ["8-bit grey of odd size", { rows: 33, columns: 31, bitsAllocated: 8, pixels: noise(1023) }],
    ["8-bit signed grey", { rows: 33, columns: 31, bitsAllocated: 8, signed: true, pixels: noise(1023) }],
    ["one pixel", { rows: 1, columns: 1, pixels: Uint8Array.of(7, 8) }],
    ["RGB", {
      rows: 40,
      columns: 50,
      bitsAllocated: 8,
      samplesPerPixel: 3,
      photometricInterpretation: "RGB",
      pixels: noise(6000),
    }],
  ])("keep every sample of %s", async (_, picture) => {
    const instance = await derived(dicomFile(picture));
    expect(Buffer.compare(await samplesOf(instance), picture.pixels)).toBe(0);
    const [frame] = instance.frames;
    const ends = frame && "tilePartEnds" in frame ? frame.tilePartEnds : [];
    expect(ends).toHaveLength(6);
    expect(ends.at(-1)).toBe(frame && "length" in frame ? frame.length - 2 : 0);
  });

  it.each([9, 10, 12, 14, 15])("keep every value of %d bits, signed and unsigned", async (bitsStored) => {
    for (const signed of [false, true]) {
      const picture = ramp(bitsStored, signed);
      const instance = await derived(dicomFile({ ...picture, bitsStored, signed }));
      expect(Buffer.compare(await samplesOf(instance), picture.pixels)).toBe(0);
      const least = signed ? -(2 ** (bitsStored - 1)) : 0;
      expect(instance.pixels).toMatchObject({
        smallest: least,
        largest: least + 2 ** bitsStored - 1,
        bitsStored,
        signed,
      });
    }
  });

  it("drop bits above the stored ones, which are overlays and no pixels", async () => {
    const pixels = new Uint8Array(Uint16Array.from({ length: 256 }, (_, index) => 0xf000 | index).buffer);
    const instance = await derived(dicomFile({ pixels, bitsStored: 12 }));
    expect(instance.pixels).toMatchObject({ smallest: 0, largest: 255 });
  });

  it("put all frames into one object, a bad one with its reason and no bytes", async () => {
    const good = (seed: number) => {
      const header = new Uint32Array(16);
      header.set([1, 64]);
      const runs = [0, 128].flatMap((at) => [127, ...noise(256, seed).subarray(at, at + 128)]);
      return Uint8Array.from([...new Uint8Array(header.buffer), ...runs]);
    };
    const pixels = encapsulated([good(1), Uint8Array.of(1, 2, 3, 4), good(3)]);
    const instance = await derived(
      dicomFile({ bitsAllocated: 8, frames: 3, transferSyntaxUID: "1.2.840.10008.1.2.5", pixels }),
    );
    expect(instance.frames[1]).toEqual({ undecodable: "the RLE header is cut off" });
    expect(await samplesOf(instance, 2)).toEqual(noise(256, 3));
    const [first, , third] = instance.frames;
    expect(first).toMatchObject({ offset: 0 });
    expect(third && "offset" in third && third.offset).toBe(first && "length" in first && first.length);
  });

  it("expand a palette to RGB", async () => {
    const entries = Uint8Array.from({ length: 512 }, (_, index) => index % 2 ? index >> 1 : 0);
    const palette = [0x00281101, 0x00281102, 0x00281103].flatMap((descriptor, channel) => [
      element(descriptor, [256, 0, 16], "US"),
      element(0x00281201 + channel, channel === 1 ? new Uint8Array(512) : entries, "OW"),
    ]);
    const instance = await derived(dicomFile({
      bitsAllocated: 8,
      photometricInterpretation: "PALETTE COLOR",
      pixels: Uint8Array.from({ length: 256 }, (_, index) => index),
      more: palette,
    }));
    expect(instance.pixels).toMatchObject({ photometricInterpretation: "RGB", samplesPerPixel: 3 });
    const samples = await samplesOf(instance);
    expect([...samples.subarray(300, 303)]).toEqual([100, 0, 100]);
  });

  it("give a prefix for each resolution", async () => {
    const { HTJ2KDecoder } = await openJPH();
    const instance = await derived(finePhantom());
    const [frame] = instance.frames;
    if (!frame || isUndecodable(frame)) throw new Error("no frame");
    const bytes = readFileSync(instance.codestreams.path);
    const at = (end: number, level: number) => {
      const decoder = new HTJ2KDecoder();
      decoder.getEncodedBuffer(end).set(bytes.subarray(0, end));
      decoder.decodeSubResolution(level);
      return Buffer.from(decoder.getDecodedBuffer());
    };
    for (const [resolution, end] of frame.tilePartEnds.entries()) {
      expect(Buffer.compare(at(end, 5 - resolution), at(frame.length, 5 - resolution))).toBe(0);
    }
  });

  it("show the stored window in the preview and never enlarge", async () => {
    const instance = await derived(finePhantom());
    expect(instance.preview).toMatchObject({ columns: 512, rows: 512 });
    expect(instance.thumbnail).toMatchObject({ columns: 256, rows: 256 });
    const { data: levels, info } = await sharp(instance.preview.path).raw().toBuffer({
      resolveWithObject: true,
    });
    const level = (square: number) => {
      const [x, y] = [(square % 4 + 0.5) * 128, (Math.floor(square / 4) + 0.5) * 128];
      return levels[(y * 512 + x) * info.channels] ?? 0;
    };
    // Stored 12 and 192 above the ground, at a window of 256 that begins 32 below it: 44 and 224 of 255.
    expect(Math.abs(level(0) - 44)).toBeLessThan(6);
    expect(Math.abs(level(15) - 224)).toBeLessThan(6);
  });

  it("say distances on the patient where they are calibrated, else at the detector, else none", async () => {
    const spacing = async (...more: WritableElement[]) =>
      (await derived(dicomFile({ pixels: noise(512), bitsStored: 16, more }))).pixels.spacing;
    const atDetector = element(tags.ImagerPixelSpacing, [0.2, 0.1]);
    const onPatient = element(tags.PixelSpacing, [0.15, 0.14]);
    expect(await spacing()).toBeNull();
    expect(await spacing(atDetector)).toEqual({ row: 0.2, column: 0.1, at: "detector" });
    expect(await spacing(atDetector, onPatient)).toEqual({ row: 0.15, column: 0.14, at: "patient" });
  });

  it("invert MONOCHROME1 in the preview and keep it as stored in the object", async () => {
    const pixels = new Uint8Array(256).fill(200);
    const more = [element(tags.WindowCenter, 128), element(tags.WindowWidth, 256)];
    const instance = await derived(
      dicomFile({ bitsAllocated: 8, pixels, more, photometricInterpretation: "MONOCHROME1" }),
    );
    expect(instance.pixels.photometricInterpretation).toBe("MONOCHROME1");
    expect((await samplesOf(instance))[0]).toBe(200);
    const levels = await sharp(instance.preview.path).raw().toBuffer();
    expect(Math.abs((levels[0] ?? 0) - 55)).toBeLessThan(4);
  });
});

type Decoder = {
  getEncodedBuffer(size: number): Uint8Array;
  decodeSubResolution(level: number): void;
  getDecodedBuffer(): Uint8Array;
};

async function openJPH(): Promise<{ HTJ2KDecoder: new () => Decoder }> {
  const { default: load } = await import("@cornerstonejs/codec-openjph");
  return await (load as unknown as () => Promise<{ HTJ2KDecoder: new () => Decoder }>)();
}

describe("PL-13 the decoders", () => {
  const decoders = openDecoders({ workers: 2, deadlineMilliseconds: 20_000, memoryMegabytes: 1000 });
  afterAll(() => decoders.close());

  it("derive and hash in processes of their own", async () => {
    const path = written(folder, "pool.dcm", finePhantom(64));
    const result = await decoders.derive(path, join(folder, "pool"));
    expect(result).toMatchObject({ pixels: { rows: 64, smallest: 32900 } });
    expect(await decoders.digest(path)).toMatchObject({ bytes: 8192 });
  });

  it("reject what the system fails at, apart from what a file is to blame for", async () => {
    await expect(decoders.digest(join(folder, "absent.dcm"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await decoders.digest(written(folder, "garbage.dcm", noise(5000)))).toHaveProperty("undecodable");
  });

  needs(data("dicom")).it("go on after every damaged file", async () => {
    const names = [
      "malformed__RG2_JPLL_truncated60",
      "malformed__CT1_RLE_segment_offset_out_of_range",
      "pydicom__JPEG2000-embedded-sequence-delimiter",
    ];
    const path = written(folder, "good.dcm", finePhantom(64));
    const jobs = names.flatMap((name) => [
      decoders.derive(testData(`dicom/${name}.dcm`), join(folder, name)),
      decoders.derive(path, join(folder, `${name}-good`)),
    ]);
    const results = await Promise.all(jobs);
    for (const good of results.filter((_, index) => index % 2 === 1)) expect(good).toHaveProperty("pixels");
  }, 60_000);

  needs(data("dicom")).it(
    "throw a codec away that trapped: good JPEG-LS frames follow sixty damaged ones",
    async () => {
      const damaged = readFileSync(testData("dicom/wg04__CT1_JLSL.dcm"));
      const results: Promise<object>[] = [];
      for (let seed = 0; seed < 60; seed++) {
        const bytes = damaged.slice();
        for (let at = 0; at < 40; at++) {
          bytes[2000 + (seed * 977 + at * 4099) % (bytes.length - 2100)] = seed ^ at;
        }
        results.push(decoders.digest(written(folder, `jls${seed}.dcm`, bytes)));
      }
      await Promise.all(results);
      const one = await decoders.digest(testData("dicom/wg04__CT1_JLSL.dcm"));
      const other = await decoders.digest(testData("dicom/wg04__CT1_RLE.dcm"));
      expect(one).toEqual(other);
    },
    60_000,
  );

  it("kill a process past its deadline or its memory, and give the reason", async () => {
    const large = dicomFile({ rows: 4000, columns: 4000, pixels: noise(32_000_000) });
    const path = written(folder, "large.dcm", large);
    const hasty = openDecoders({ workers: 1, deadlineMilliseconds: 300, memoryMegabytes: 4000 });
    const jobs = await Promise.all([
      hasty.derive(path, join(folder, "late")),
      hasty.derive(path, join(folder, "later")),
    ]);
    expect(jobs).toEqual(
      Array.from({ length: 2 }, () => ({ undecodable: "decoding took longer than 0.3 s" })),
    );
    await hasty.close();
    await expect(hasty.digest(path)).rejects.toThrow("closed");
  }, 60_000);

  it.runIf(process.platform === "linux")("kill a process that takes too much memory", async () => {
    const path = written(
      folder,
      "large.dcm",
      dicomFile({ rows: 4000, columns: 4000, pixels: noise(32_000_000) }),
    );
    const small = openDecoders({ workers: 1, deadlineMilliseconds: 60_000, memoryMegabytes: 120 });
    expect(await small.derive(path, join(folder, "fat"))).toEqual({
      undecodable: "decoding took more than 120 MB of memory",
    });
    await small.close();
  }, 60_000);
});
