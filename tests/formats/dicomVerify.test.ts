// `deno task dicom:verify` as a person runs it: over the real files against the reference hashes, and over copies that
// the tools of others have made here of random pixels.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeHTJ2K, encodeHTJ2K } from "#core/dicom/pixels/codecs/htj2k.ts";
import { element, tags } from "#core/dicom/mod.ts";
import { testData } from "#tests/make/data.ts";
import { dicomFile, encapsulated, noise, type Picture, temporaryFolder } from "#tests/make/dicom.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { references } from "#tests/make/references.ts";
import { rounds } from "#tests/make/soak.ts";

type Line = { file: string; readable: boolean; size: number; sha256?: string; error?: string };

const folder = temporaryFolder();

/** Runs the task's program; its lines by file name. */
function verify(...paths: string[]): Map<string, Line> {
  const words = ["core/dicom/verify/main.ts", ...paths];
  const said = execFileSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 26 });
  const lines = said.trimEnd().split("\n").map((line): Line => JSON.parse(line));
  return new Map(lines.map((line) => [basename(line.file), line]));
}

const real = needs(data("dicom/reference.tsv"));

real.describe("PA-2 dicom:verify over real files", () => {
  const lines = () => verify(testData("dicom"));
  let found: Map<string, Line>;

  it("answers every file, those that are no DICOM too", () => {
    found = lines();
    for (const { file = "" } of references()) expect(found.has(file), file).toBe(true);
    for (const line of found.values()) {
      expect(line.sha256 !== undefined || line.error !== undefined, line.file).toBe(true);
    }
    expect(found.get("MANIFEST.tsv")).toMatchObject({ readable: false });
  });

  it("equals the reference on 101 of 101 lossless files", () => {
    const lossless = references().filter((row) =>
      row.lossless === "1" && (row.dcmtk_sha256 || row.gdcm_sha256 || row.other_sha256)
    );
    const wrong = lossless.filter((row) =>
      found.get(row.file ?? "")?.sha256 !== (row.dcmtk_sha256 || row.gdcm_sha256 || row.other_sha256)
    );
    expect(wrong.map((row) => row.file)).toEqual([]);
    expect(lossless).toHaveLength(101);
  });

  it("equals DCMTK or GDCM on every lossy file on which they agree", () => {
    const lossy = references().filter((row) => row.lossless === "0" && row.agree === "yes");
    const wrong = lossy.filter((row) => found.get(row.file ?? "")?.sha256 !== row.dcmtk_sha256);
    expect(wrong.map((row) => row.file)).toEqual([]);
    expect(lossy.length).toBeGreaterThan(5);
  });
});

type Kind = { readonly name: string; readonly picture: Omit<Picture, "pixels"> };

const shape = { rows: 37, columns: 53 };
const kinds: readonly Kind[] = [
  ...[8, 10, 12, 14, 16].map((bits): Kind => ({
    name: `grey${bits}`,
    picture: { ...shape, bitsAllocated: bits > 8 ? 16 : 8, bitsStored: bits },
  })),
  { name: "signed12", picture: { ...shape, bitsAllocated: 16, bitsStored: 12, signed: true } },
  { name: "signed16", picture: { ...shape, bitsAllocated: 16, bitsStored: 16, signed: true } },
  { name: "frames", picture: { ...shape, bitsAllocated: 16, bitsStored: 12, frames: 5 } },
  {
    name: "colour",
    picture: {
      ...shape,
      bitsAllocated: 8,
      samplesPerPixel: 3,
      photometricInterpretation: "RGB",
      more: [element(tags.PlanarConfiguration, 0)],
    },
  },
];

/** Random samples within the stored bits; signed ones with their sign in all allocated bits. */
function samples({ picture }: Kind, seed: number): Uint8Array {
  const { rows = 1, columns = 1, frames = 1, samplesPerPixel = 1, bitsAllocated = 16, bitsStored = 16 } =
    picture;
  const count = rows * columns * frames * samplesPerPixel;
  const random = noise(count * bitsAllocated / 8, seed);
  if (bitsAllocated === 8) return random;
  const words = new Int16Array(random.buffer, random.byteOffset, count);
  const unused = 16 - bitsStored;
  words.forEach((word, at) => words[at] = picture.signed ? word >> unused : (word & 0xffff) >>> unused);
  return random;
}

const grey = (kind: Kind) => kind.picture.samplesPerPixel === undefined;

/** How others encode it: program and options; the kinds that the encoder does not take are left out. */
const encoders: readonly { tool: string; words: readonly string[]; takes: (kind: Kind) => boolean }[] = [
  { tool: "dcmcrle", words: [], takes: () => true },
  { tool: "dcmcjpeg", words: ["+e1"], takes: (kind) => !kind.picture.signed || grey(kind) },
  { tool: "dcmcjpeg", words: ["+el", "+sv", "4"], takes: grey },
  { tool: "dcmcjpls", words: ["+el"], takes: (kind) => !kind.picture.signed },
  { tool: "dcmconv", words: ["+tb"], takes: () => true },
  { tool: "dcmconv", words: ["+ti"], takes: () => true },
  { tool: "dcmconv", words: ["+td"], takes: () => true },
  { tool: "gdcmconv", words: ["--j2k"], takes: () => true },
  { tool: "gdcmconv", words: ["--jpegls"], takes: (kind) => grey(kind) && !kind.picture.signed },
];

const dcmtkAndGdcm = needs(...[...new Set(encoders.map(({ tool }) => tool))].map((tool) => program(tool)));

describe("PA-2 dicom:verify over copies of random pixels", () => {
  dcmtkAndGdcm.it(
    "gives the hash of the uncompressed file for every lossless encoding of DCMTK and GDCM",
    () => {
      const encoded: string[] = [];
      for (let round = 0; round < rounds(20); round++) {
        for (const kind of kinds) {
          const plain = join(folder, `${kind.name}-${round}.dcm`);
          writeFileSync(plain, dicomFile({ ...kind.picture, pixels: samples(kind, 100 * round + 7) }));
          for (const [at, { tool, words, takes }] of encoders.entries()) {
            if (!takes(kind)) continue;
            const path = join(folder, `${kind.name}-${round}-${at}.dcm`);
            const { status, stderr } = spawnSync(tool, [...words, plain, path], { encoding: "utf8" });
            if (status !== 0) throw new Error(`${tool} ${words.join(" ")} ${kind.name}: ${stderr}`);
            encoded.push(path);
          }
        }
      }
      const lines = verify(folder);
      const wrong = encoded.map((path) => basename(path)).filter((name) => {
        const hash = lines.get(name.replace(/-\d+\.dcm$/, ".dcm"))?.sha256;
        return hash === undefined || lines.get(name)?.sha256 !== hash;
      });
      expect(wrong.map((name) => `${name}: ${lines.get(name)?.error}`)).toEqual([]);
      expect(encoded.length).toBeGreaterThan(70);
    },
    120_000,
  );

  it("gives it for our own HTJ2K too", async () => {
    const own = temporaryFolder();
    for (const kind of kinds.filter((one) => one.picture.frames === undefined)) {
      const pixels = samples(kind, 11);
      const { bitsStored = 8, samplesPerPixel = 1, signed = false } = kind.picture;
      const colour = samplesPerPixel === 3;
      const codestream = await encodeHTJ2K(pixels, {
        width: shape.columns,
        height: shape.rows,
        bitsPerSample: bitsStored,
        componentCount: samplesPerPixel,
        isSigned: signed,
        isUsingColorTransform: colour,
      });
      expect(Buffer.compare((await decodeHTJ2K(codestream)).pixels, pixels)).toBe(0);
      const picture = {
        ...kind.picture,
        transferSyntaxUID: "1.2.840.10008.1.2.4.202",
        ...(colour ? { photometricInterpretation: "YBR_RCT" } : {}),
      };
      writeFileSync(join(own, `${kind.name}.dcm`), dicomFile({ ...kind.picture, pixels }));
      writeFileSync(
        join(own, `${kind.name}-0.dcm`),
        dicomFile({ ...picture, pixels: encapsulated([codestream]) }),
      );
    }
    const lines = verify(own);
    for (const kind of kinds.filter((one) => one.picture.frames === undefined)) {
      expect(lines.get(`${kind.name}-0.dcm`)?.sha256, kind.name).toBe(lines.get(`${kind.name}.dcm`)?.sha256);
    }
  });

  it("ends with 1 and a word when a path is not there", () => {
    const { status, stderr } = spawnSync(process.execPath, ["core/dicom/verify/main.ts", "/nothing/here"], {
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("ENOENT");
  });
});
