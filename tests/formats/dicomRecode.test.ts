// A dataset written again without compression, in explicit or implicit little endian: DCMTK reads the same elements in
// it, and the pixels are the same.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  explicitVRLittleEndian,
  fileMetaInformation,
  implicitVRLittleEndian,
  readPart10,
} from "#core/dicom/mod.ts";
import { pixelDigest } from "#core/dicom/pixels/pixelDigest.ts";
import { recodeFile } from "#core/dicom/recode/recode.ts";
import { fileSource, readForFrames } from "#core/dicom/read/source.ts";
import { testData } from "#tests/make/data.ts";
import { dicomFile, joined, noise, temporaryFolder, written } from "#tests/make/dicom.ts";
import { data, needs, program } from "#tests/make/needs.ts";

const folder = temporaryFolder();

/** The recoded dataset as a file, and the path of it. */
async function recoded(path: string, syntax: string): Promise<string> {
  const target = join(folder, "target");
  const made = await recodeFile(path, target, syntax);
  expect(made).toHaveProperty("bytes");
  const dataset = readFileSync(target);
  expect(dataset.length).toBe("bytes" in made ? made.bytes : 0);
  const meta = fileMetaInformation({
    sopClassUID: "1.2.3",
    sopInstanceUID: "1.2.4",
    transferSyntaxUID: syntax,
  });
  return written(folder, "recoded.dcm", joined(meta, dataset));
}

async function digestOf(path: string) {
  const source = fileSource(path);
  const digest = await pixelDigest(readForFrames(source), source);
  source.close();
  return "sha256" in digest ? digest.sha256 : digest.undecodable;
}

/** Elements as DCMTK prints them, without lengths, VRs, file meta information, pixels and what stands behind them. */
function dumped(path: string): string[] {
  const text = execFileSync("dcmdump", ["-q", "+L", "-Un", path], { encoding: "latin1", maxBuffer: 1e9 });
  return text.split("\n").filter((line) => /^\s*\([0-9a-f]{4},[0-9a-f]{4}\)/.test(line))
    .filter((line) => !/\((0002|7fe0|fffe|fffc|....,0000)/.test(line))
    .map((line) =>
      line.replace(/^(\s*\(....,....\)) ../, "$1").replace(/ *#.*$/, "").replace(/ \(Sequence .*$/, "")
    );
}

const files = [
  "pydicom__CT_small",
  "pydicom__MR_small_implicit",
  "pydicom__MR_small_RLE",
  "pydicom__MR_small_jp2klossless",
  "pydicom__MR_small_jpeg_ls_lossless",
  "pydicom__UN_sequence",
  "pydicom-data__JLSL_RGB_ILV2",
  "dicomParser__CT0012.fragmented_no_bot_jpeg_lossless.70",
  "dicomParser__report_dfl",
  "dcmjs__sample-sr",
  "dtf__US1_UNCR",
  "highdicom__dx_image",
  "highdicom__sm_image",
];

needs(data("dicom"), program("dcmdump")).describe("PA-3 a dataset without compression", () => {
  for (const name of files) {
    for (const syntax of [explicitVRLittleEndian, implicitVRLittleEndian]) {
      it(`${name} in ${syntax} has the same elements and pixels`, async () => {
        const path = testData(`dicom/${name}.dcm`);
        const made = await recoded(path, syntax);
        expect(await digestOf(made)).toBe(await digestOf(path));
        expect(dumped(made)).toEqual(dumped(path));
      });
    }
  }
});

needs().describe("PA-3 a dataset is not rewritten", () => {
  it("when it is lossy, says why", async () => {
    const path = written(
      folder,
      "lossy.dcm",
      dicomFile({ transferSyntaxUID: "1.2.840.10008.1.2.4.50", pixels: noise(100) }),
    );
    expect(await recodeFile(path, join(folder, "target"), explicitVRLittleEndian)).toMatchObject({
      undecodable: expect.stringContaining("lossy"),
    });
  });

  it("when it is cut off, and never throws on garbage", async () => {
    const whole = dicomFile({ rows: 16, columns: 16, pixels: noise(512) });
    const cut = written(folder, "cut.dcm", whole.subarray(0, whole.length - 100));
    expect(await recodeFile(cut, join(folder, "target"), implicitVRLittleEndian)).toHaveProperty(
      "undecodable",
    );
    const garbage = written(folder, "garbage.dcm", noise(5000));
    expect(await recodeFile(garbage, join(folder, "target"), implicitVRLittleEndian)).toHaveProperty(
      "undecodable",
    );
    expect(readPart10(whole).fault).toBeUndefined();
  });
});
