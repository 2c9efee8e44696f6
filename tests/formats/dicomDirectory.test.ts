// DICOMDIR (PS3.3 F, PS3.10): what we write is read by DCMTK, dicom3tools and pydicom; what others write is read here.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type DirectoryFile,
  element,
  readDirectory,
  readPart10,
  recordTypeOf,
  tags,
  writeDirectory,
  writePart10,
} from "#core/dicom/mod.ts";
import { dicomFile, noise, secondaryCapture, temporaryFolder, written } from "#tests/make/dicom.ts";
import { needs, program } from "#tests/make/needs.ts";
import { told } from "#tests/make/zipped.ts";

const explicit = "1.2.840.10008.1.2.1";

function file(place: number, more: Partial<DirectoryFile> = {}): DirectoryFile {
  return {
    fileID: ["DICOM", "SE000001", `IM${String(place).padStart(6, "0")}`],
    type: "IMAGE",
    sopClassUID: secondaryCapture,
    sopInstanceUID: `2.25.77${place}`,
    transferSyntaxUID: explicit,
    patientID: "P-17",
    patientName: { alphabetic: "Jansen^Rex", ideographic: null, phonetic: null },
    studyInstanceUID: "2.25.1002",
    studyDate: "2026-05-03",
    studyTime: "10:11:12",
    studyDescription: "Thorax",
    studyID: "S1",
    accessionNumber: "A1",
    seriesInstanceUID: "2.25.1003",
    modality: "OT",
    seriesNumber: 1,
    instanceNumber: place,
    ...more,
  };
}

/** A file set on disk whose DICOMDIR we wrote. */
function fileSet(folder: string, files: readonly DirectoryFile[]): string {
  for (const each of files) {
    const path = join(folder, ...each.fileID);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contentOf(each));
  }
  return written(folder, "DICOMDIR", writeDirectory(files, "2.25.99"));
}

function contentOf({ sopInstanceUID, studyInstanceUID, seriesInstanceUID, instanceNumber }: DirectoryFile) {
  const more = [element(tags.InstanceNumber, instanceNumber)];
  const picture = {
    rows: 4,
    columns: 4,
    pixels: noise(32),
    sopInstanceUID,
    studyInstanceUID,
    seriesInstanceUID,
  };
  return dicomFile({ ...picture, more });
}

const report = "1.2.840.10008.5.1.4.1.1.88.11";
const concept = [
  element(tags.CodeValue, "121070"),
  element(tags.CodingSchemeDesignator, "DCM"),
  element(tags.CodeMeaning, "Findings"),
];
const reportHeader = readPart10(writePart10([
  element(tags.SOPClassUID, report),
  element(tags.ContentDate, "20260503"),
  element(tags.ContentTime, "101112"),
  element(0x0040a491, "COMPLETE"),
  element(0x0040a493, "UNVERIFIED"),
  element(0x0040a043, [concept]),
], { sopClassUID: report, sopInstanceUID: "2.25.1" })).dataset;

const mixed = [
  file(1),
  file(2),
  file(3, { seriesInstanceUID: "2.25.1004", fileID: ["DICOM", "SE000002", "IM000001"], seriesNumber: 2 }),
  file(4, {
    type: "SR DOCUMENT",
    sopClassUID: report,
    seriesInstanceUID: "2.25.1005",
    fileID: ["DICOM", "SE000003", "IM000001"],
    modality: "SR",
    header: reportHeader,
  }),
];

describe("PA-3 a DICOMDIR that we write", () => {
  needs(program("dcmdump")).it("has each record where the offsets say, for DCMTK", () => {
    const path = fileSet(temporaryFolder(), mixed);
    const { status, said } = told("dcmdump", ["-q", path]);
    expect(status).toBe(0);
    const types = [...said.matchAll(/\(0004,1430\) CS \[([A-Z ]+?)\s*\]/g)].map(([, type]) => type);
    expect(types).toEqual([
      "PATIENT",
      "STUDY",
      "SERIES",
      "IMAGE",
      "IMAGE",
      "SERIES",
      "IMAGE",
      "SERIES",
      "SR DOCUMENT",
    ]);
    // DCMTK resolves an offset to the record it finds there, and marks one that hits none
    const offsets = [...said.matchAll(/\(0004,14[02]0\) (?:UL|up) (\d+)/g)].map(([, offset]) =>
      Number(offset)
    );
    expect(offsets.filter((offset) => offset > 0)).toHaveLength(8);
    expect(said).toContain("DICOM\\SE000001\\IM000002");
  });

  needs(program("dcmmkdir")).it("can be gone on with by DCMTK's own writer of directories", () => {
    const folder = temporaryFolder();
    const path = fileSet(folder, mixed.slice(0, 2));
    mkdirSync(join(folder, "MORE"));
    writeFileSync(join(folder, "MORE", "IM1"), contentOf(file(9)));
    const words = ["--append", "+id", folder, "+D", path, "-Nxc", "+I", "MORE/IM1"];
    const { status, said } = told("dcmmkdir", words);
    expect(said).not.toMatch(/error|inconsisten/i);
    expect(status).toBe(0);
    const listed = readDirectory(readFileSync(path)) ?? [];
    expect(listed.map(({ fileID }) => fileID.join("/"))).toEqual([
      "DICOM/SE000001/IM000001",
      "DICOM/SE000001/IM000002",
      "MORE/IM1",
    ]);
  });

  needs(program("dciodvfy"), program("dcentvfy")).it("has no error for dicom3tools", () => {
    const folder = temporaryFolder();
    const path = fileSet(folder, mixed);
    const { said } = told("dciodvfy", [path]);
    expect(said.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    expect(said).toContain("BasicDirectory");
  });

  needs(program("fileset.py", "/usr/lib/python3/dist-packages/pydicom/fileset.py")).it(
    "opens as a file set in pydicom, which follows its offsets",
    () => {
      const path = fileSet(temporaryFolder(), mixed);
      const script = "import sys\nfrom pydicom.fileset import FileSet\nfs=FileSet(sys.argv[1])\n" +
        "print(sorted((i.SOPInstanceUID, i.node.record_type) for i in fs))";
      const { said, status } = told("/usr/bin/python3", ["-c", script, path]);
      expect([status, said.trim().split("\n").at(-1)]).toEqual([
        0,
        "[('2.25.771', 'IMAGE'), ('2.25.772', 'IMAGE'), ('2.25.773', 'IMAGE'), ('2.25.774', 'SR DOCUMENT')]",
      ]);
    },
  );

  it("says for unknown values of type 1 what says nothing, and keeps names in UTF-8 within their length", () => {
    const bare = file(1, {
      patientID: null,
      patientName: { alphabetic: `山田^${"太".repeat(80)}`, ideographic: null, phonetic: null },
      studyDate: null,
      studyTime: null,
      studyID: null,
      modality: null,
      seriesNumber: null,
      instanceNumber: null,
      studyDescription: "a\\b <script>",
    });
    const { said } = told("dcmdump", ["-q", "+L", "+U8", fileSet(temporaryFolder(), [bare])]);
    for (const value of ["[UNKNOWN]", "[19000101]", "[000000]", "[OT]", "[a/b <script>]", "[ISO_IR 192]"]) {
      expect(said).toContain(value);
    }
    expect(said).toContain(`[山田^${"太".repeat(61)}]`);
  });

  it("of no file at all is a directory all the same", () => {
    expect(readDirectory(writeDirectory([], "2.25.99"))).toEqual([]);
  });

  it("refuses a File ID that is none", () => {
    for (
      const fileID of [
        [],
        ["lower"],
        ["NINECHARS"],
        ["..", "A"],
        ["A/B"],
        Array.from({ length: 9 }, () => "A"),
      ]
    ) {
      expect(() => writeDirectory([file(1, { fileID })], "2.25.99")).toThrow(RangeError);
    }
  });
});

describe("PA-3 the record of a SOP class", () => {
  const below = "1.2.840.10008.5.1.4.1.1.";
  it.each([
    ["1.1", true, "IMAGE"],
    ["88.11", false, "SR DOCUMENT"],
    ["88.59", false, "KEY OBJECT DOC"],
    ["11.1", false, "PRESENTATION"],
    ["104.1", false, "ENCAP DOC"],
    ["9.1.1", false, "WAVEFORM"],
    ["481.2", true, "RT DOSE"],
    ["66", false, "RAW DATA"],
    ["66.4", true, "IMAGE"],
    ["999", true, "IMAGE"],
    ["999", false, undefined],
  ])("%s (pixels: %s) is %s", (uid, hasPixels, type) => {
    expect(recordTypeOf(below + uid, hasPixels)).toBe(type);
  });
});

describe("a DICOMDIR of others", () => {
  it("is a list of words: offsets are not followed and paths lead nowhere", () => {
    const hostile = writeDirectory([file(1), file(2)], "2.25.99");
    const text = Buffer.from(hostile);
    text.write("..\\..\\ETC_", text.indexOf("DICOM\\SE000001\\IM000001"));
    // each record points at itself
    for (
      let at = text.indexOf(Buffer.from([4, 0, 0, 0x14]));
      at >= 0;
      at = text.indexOf(Buffer.from([4, 0, 0, 0x14]), at + 1)
    ) {
      text.writeUInt32LE(at - 8, at + 8);
    }
    const listed = readDirectory(text) ?? [];
    expect(listed.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(["2.25.771", "2.25.772"]);
    expect(listed[0]?.fileID.slice(0, 2)).toEqual(["..", ".."]);
  });

  it("is not seen in other bytes", () => {
    expect(readDirectory(noise(5000))).toBeUndefined();
    expect(readDirectory(new Uint8Array(0))).toBeUndefined();
  });
});
