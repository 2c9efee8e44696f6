import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodedFramesOf } from "#core/dicom/pixels/decode.ts";
import { pixelDigest } from "#core/dicom/pixels/pixelDigest.ts";
import { fileSource, isUndecodable, readForFrames, readPart10 } from "#core/dicom/mod.ts";
import { testData } from "#tests/make/data.ts";
import { dicomFile, encapsulated, joined, noise, type Picture } from "#tests/make/dicom.ts";
import { data, needs } from "#tests/make/needs.ts";
import { type Reference, references } from "#tests/make/references.ts";

/** The hash that counts: DCMTK's, else GDCM's, else the third source's; pixel data that ended short has none. */
function wanted(row: Reference): string | undefined {
  const hash = row.dcmtk_sha256 || row.gdcm_sha256 || row.other_sha256;
  const empty = row.dcmtk_bytes === "0";
  return row.transfer_syntax && !empty ? hash : undefined;
}

async function digestOf(name: string): Promise<string> {
  const source = fileSource(testData(`dicom/${name}`));
  const digest = await pixelDigest(readForFrames(source), source);
  source.close();
  return isUndecodable(digest) ? digest.undecodable : digest.sha256;
}

describe("PA-2 pixels of real files", () => {
  const lossless = references().filter((row) => row.lossless === "1" && wanted(row));
  needs(data("dicom/reference.tsv")).it(
    "are exact for every lossless file that DCMTK or GDCM decode",
    async () => {
      const wrong: string[] = [];
      for (const row of lossless) {
        const ours = await digestOf(row.file ?? "");
        if (ours !== wanted(row)) wrong.push(`${row.file}: ${ours}`);
      }
      expect(wrong).toEqual([]);
      expect(lossless.length).toBeGreaterThan(95);
    },
    120_000,
  );

  needs(data("dicom/reference.tsv")).it(
    "equal DCMTK's or GDCM's for every lossy file they decode",
    async () => {
      const wrong: string[] = [];
      const lossy = references().filter((row) =>
        row.lossless === "0" && (row.dcmtk_sha256 || row.gdcm_sha256)
      );
      for (const row of lossy.filter((row) => wanted(row))) {
        const ours = await digestOf(row.file ?? "");
        if (![row.dcmtk_sha256, row.gdcm_sha256].includes(ours)) wrong.push(`${row.file}: ${ours}`);
      }
      expect(wrong).toEqual([]);
      expect(lossy.length).toBeGreaterThan(30);
    },
    120_000,
  );

  needs(data("dicom")).it("are the same picture in six encodings of one radiograph", async () => {
    const names = [
      "wg04__RG2_RLE",
      "wg04__RG2_JPLL",
      "wg04__RG2_JLSL",
      "wg04__RG2_J2KR",
      "derived__RG2_htj2k_lossless_rpcl",
    ];
    const digests = new Set<string>();
    for (const name of names) digests.add(await digestOf(`${name}.dcm`));
    expect(digests.size).toBe(1);
  }, 60_000);

  needs(data("dicom")).it("say why they cannot be decoded when they are damaged", async () => {
    expect(await digestOf("malformed__CT1_RLE_segment_offset_out_of_range.dcm")).toBe(
      "an RLE segment lies outside the frame",
    );
    expect(await digestOf("malformed__CT1_UNC_short_pixeldata.dcm")).toBe(
      "the pixel data ends before this frame",
    );
  });
});

async function frame(picture: Picture, index = 0) {
  const decoded = decodedFramesOf(readPart10(dicomFile(picture)));
  return isUndecodable(decoded) ? decoded : await decoded.decode(index);
}

const RLE = "1.2.840.10008.1.2.5";
const JPEG = "1.2.840.10008.1.2.4.50";
const J2K = "1.2.840.10008.1.2.4.90";

/** One RLE segment of literal runs. */
function literal(bytes: Uint8Array): Uint8Array {
  const runs: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 128) {
    const run = bytes.subarray(at, at + 128);
    runs.push(Uint8Array.of(run.length - 1), run);
  }
  return joined(...runs);
}

function rleFrame(...segments: Uint8Array[]): Uint8Array {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  let offset = 64;
  for (const [index, segment] of segments.entries()) {
    header[index + 1] = offset;
    offset += segment.length;
  }
  return joined(new Uint8Array(header.buffer), ...segments);
}

describe("frames", () => {
  it("of planar RGB come out by pixel", async () => {
    const planes = joined(
      new Uint8Array(256).fill(1),
      new Uint8Array(256).fill(2),
      new Uint8Array(256).fill(3),
    );
    const picture = {
      bitsAllocated: 8,
      samplesPerPixel: 3,
      photometricInterpretation: "RGB",
      pixels: planes,
    };
    const decoded = await frame({ ...picture, more: [{ tag: 0x00280006, value: 1 }] });
    expect(decoded).toMatchObject({ samplesPerPixel: 3 });
    expect("pixels" in decoded && [...decoded.pixels.subarray(0, 6)]).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it("of one bit follow each other without padding", async () => {
    const picture = {
      rows: 3,
      columns: 3,
      frames: 2,
      bitsAllocated: 1,
      pixels: Uint8Array.of(0b01010101, 0b11111110, 0b11, 0),
    };
    const decoded = await frame(picture, 1);
    expect("pixels" in decoded && [...decoded.pixels]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it("are found by the offset table, by the fragments, or by the codestreams' first bytes", async () => {
    const frames = [1, 2, 3].map((seed) => rleFrame(literal(noise(256, seed))));
    const picture = { bitsAllocated: 8, frames: 3, transferSyntaxUID: RLE };
    const step = (frames[0]?.length ?? 0) + 8;
    const wrongTable = encapsulated(frames, [0, 4, 8]);
    for (const pixels of [encapsulated(frames), encapsulated(frames, [0, step, 2 * step]), wrongTable]) {
      const decoded = await frame({ ...picture, pixels }, 2);
      expect("pixels" in decoded && decoded.pixels).toEqual(noise(256, 3));
    }
  });

  it("in several fragments are joined", async () => {
    const whole = rleFrame(literal(noise(256)));
    const pixels = encapsulated([whole.subarray(0, 100), whole.subarray(100, 200), whole.subarray(200)]);
    const decoded = await frame({ bitsAllocated: 8, transferSyntaxUID: RLE, pixels });
    expect("pixels" in decoded && decoded.pixels).toEqual(noise(256));
  });

  it("under deflate are inflated one by one, and no further than their size", async () => {
    const deflated = "1.2.840.10008.1.2.8.1";
    const pixels = encapsulated([deflateRawSync(noise(512))]);
    const decoded = await frame({ transferSyntaxUID: deflated, pixels });
    expect("pixels" in decoded && decoded.pixels).toEqual(noise(512));
    const bomb = encapsulated([deflateRawSync(new Uint8Array(50_000_000))]);
    expect(await frame({ transferSyntaxUID: deflated, pixels: bomb })).toEqual({
      undecodable: "the deflated frame is damaged",
    });
  });

  it("of RLE with runs past the end, short planes or too few segments are refused", async () => {
    const refused = [
      rleFrame(Uint8Array.of(127, 1, 2)),
      rleFrame(),
      rleFrame(Uint8Array.of(0x81, 5)),
      noise(30),
      noise(300),
    ];
    for (const fragment of refused) {
      const decoded = await frame({
        bitsAllocated: 8,
        transferSyntaxUID: RLE,
        pixels: encapsulated([fragment]),
      });
      expect(isUndecodable(decoded)).toBe(true);
    }
  });

  it("whose codestream has another size than the header never reach a codec", async () => {
    const huge = Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0, 0);
    const decoded = await frame({ bitsAllocated: 8, transferSyntaxUID: JPEG, pixels: encapsulated([huge]) });
    expect(decoded).toEqual({ undecodable: "the codestream is 65535 × 65535, the header says 16 × 16" });
    const none = await frame({
      bitsAllocated: 8,
      transferSyntaxUID: J2K,
      pixels: encapsulated([noise(100)]),
    });
    expect(none).toEqual({ undecodable: "the frame is no codestream of its transfer syntax" });
  });

  it("beyond the pixel cap are not decoded", async () => {
    const decoded = await frame({ rows: 46341, columns: 46341, pixels: new Uint8Array(2) });
    expect(decoded).toEqual({ undecodable: "46341 × 46341 pixels are more than we decode" });
  });

  it("of a syntax without codec are kept and say so", async () => {
    const decoded = await frame({
      transferSyntaxUID: "1.2.840.10008.1.2.4.102",
      pixels: encapsulated([noise(10)]),
    });
    expect(decoded).toEqual({
      undecodable: "transfer syntax MPEG-4 AVC/H.264 High Profile is kept but not decoded yet",
    });
  });
});
