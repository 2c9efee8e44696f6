import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bytesSource,
  type Dataset,
  describeInstance,
  element,
  fileSource,
  itemsOf,
  numberOf,
  readHeader,
  readPart10,
  tags,
  textOf,
  writeDataset,
  writePart10,
} from "#core/dicom/mod.ts";
import { testData } from "#tests/make/data.ts";
import { dicomDataset, dicomFile, joined, ramp, temporaryFolder, written } from "#tests/make/dicom.ts";
import { data, needs, program } from "#tests/make/needs.ts";

const folder = temporaryFolder();
const identity = { sopClassUID: "1.2.840.10008.5.1.4.1.1.7", sopInstanceUID: "2.25.1" };

describe("PA-2 reading Part 10", () => {
  const file = dicomFile({ ...ramp(8), bitsStored: 8 });

  it("reads what the writer wrote, with and without preamble", () => {
    for (const bytes of [file, file.subarray(132), file.subarray(128)]) {
      const read = readPart10(bytes);
      expect(read.fault).toBeUndefined();
      expect(read.transferSyntaxUID).toBe("1.2.840.10008.1.2.1");
      expect(textOf(read.dataset, tags.PatientName)).toBe("Tester^Rex");
      expect(read.pixelData).toMatchObject({ encapsulated: false, length: 512, vr: "OW" });
    }
  });

  it("reads a bare dataset in the syntax of its association", () => {
    const dataset = dicomDataset({ ...ramp(8), bitsStored: 8 });
    const read = readPart10(dataset, { transferSyntaxUID: "1.2.840.10008.1.2.1" });
    expect(read.fault).toBeUndefined();
    expect(read.datasetOffset).toBe(0);
    expect(numberOf(read.dataset, tags.Columns)).toBe(256);
  });

  it("reads a bare dataset of unknown syntax by what its first element looks like", () => {
    const implicit = Uint8Array.of(0x08, 0, 0x60, 0, 2, 0, 0, 0, 0x43, 0x54);
    const big = Uint8Array.of(0, 0x08, 0, 0x60, 0x43, 0x53, 0, 2, 0x43, 0x54);
    expect(readPart10(implicit).transferSyntaxUID).toBe("1.2.840.10008.1.2");
    expect(readPart10(big).transferSyntaxUID).toBe("1.2.840.10008.1.2.2");
    expect(textOf(readPart10(big).dataset, tags.Modality)).toBe("CT");
  });

  it("reads the header from the first bytes of a file", () => {
    const header = readPart10(file.subarray(0, file.length - 500), { until: tags.PixelData });
    expect(header.fault).toBeUndefined();
    expect(header.pixelData?.length).toBe(512);
    expect(describeInstance(header).image).toMatchObject({ rows: 1, columns: 256, bitsStored: 8 });
  });

  it("keeps the longest readable prefix of a file cut anywhere, with the reason", () => {
    for (let length = 200; length < file.length; length += 7) {
      const read = readPart10(file.subarray(0, length));
      const ends = [...read.dataset.elements.values()].map((found) => found.offset + found.length);
      const between = ends.at(-1) === length;
      expect(read.fault?.kind, `cut at ${length}`).toBe(between ? undefined : "truncated");
      for (const found of read.dataset.elements.values()) {
        expect(found.offset + found.length).toBeLessThanOrEqual(length);
      }
    }
  });

  it("stops at nesting beyond its limit, and does not recurse on 100,000 levels", () => {
    const open = Uint8Array.of(
      0x40,
      0,
      0x30,
      0xa7,
      0x53,
      0x51,
      0,
      0,
      0xff,
      0xff,
      0xff,
      0xff,
      0xfe,
      0xff,
      0,
      0xe0,
      0xff,
      0xff,
      0xff,
      0xff,
    );
    const nested = joined(...Array.from({ length: 100_000 }, () => open));
    const read = readPart10(nested, { transferSyntaxUID: "1.2.840.10008.1.2.1" });
    expect(read.fault).toMatchObject({ kind: "limit", reason: "nested too deeply" });
  });

  it("survives a missing item delimiter and keeps what follows the sequence", () => {
    const sequence = joined(
      Uint8Array.of(
        0x08,
        0,
        0x40,
        0x11,
        0x53,
        0x51,
        0,
        0,
        0xff,
        0xff,
        0xff,
        0xff,
        0xfe,
        0xff,
        0,
        0xe0,
        0xff,
        0xff,
        0xff,
        0xff,
      ),
      writeDataset([element(tags.PatientID, "inner")]),
      Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
      writeDataset([element(tags.PatientSex, "F")]),
    );
    const read = readPart10(sequence, { transferSyntaxUID: "1.2.840.10008.1.2.1" });
    expect(read.fault).toBeUndefined();
    expect(textOf(read.dataset, tags.PatientSex)).toBe("F");
    expect(itemsOf(read.dataset, 0x00081140)).toHaveLength(1);
  });

  it("refuses a deflated dataset that grows too large, and reads an honest one", () => {
    const deflated = "1.2.840.10008.1.2.1.99";
    const honest = deflateRawSync(dicomDataset({ ...ramp(8), bitsStored: 8 }));
    expect(readPart10(honest, { transferSyntaxUID: deflated }).pixelData?.length).toBe(512);
    const bomb = deflateRawSync(new Uint8Array(80 * 1024 * 1024));
    const read = readPart10(bomb, { transferSyntaxUID: deflated });
    expect(read.fault).toMatchObject({ kind: "limit" });
  }, 30_000);

  it("never throws and stays within the bytes, whatever they are", () => {
    const start = fc.constantFrom(
      new Uint8Array(0),
      file.subarray(0, 400),
      dicomDataset({ ...ramp(8) }).subarray(0, 200),
    );
    fc.assert(fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const bytes = joined(head, tail);
      const described = describeInstance(readPart10(bytes));
      expect(described.sopInstanceUID === null || described.sopInstanceUID.length <= 64).toBe(true);
      for (const syntax of ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2"]) {
        readPart10(bytes, { transferSyntaxUID: syntax });
      }
    }));
  });

  it("never throws on a good file with bytes changed", () => {
    const positions = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(fc.property(positions, (changes) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at] = value;
      describeInstance(readPart10(bytes));
    }));
  });
});

describe("describing an instance", () => {
  it("gives the veterinary facts of an animal", () => {
    const bytes = writePart10([
      element(tags.SpecificCharacterSet, "ISO_IR 192"),
      element(tags.PatientName, "Größe^Rex"),
      element(tags.PatientSpeciesDescription, "Canine"),
      element(tags.PatientSexNeutered, "ALTERED"),
      element(tags.PatientBreedCodeSequence, [[element(tags.CodeMeaning, "Beagle")]]),
      element(tags.OtherPatientIDsSequence, [[
        element(tags.PatientID, "276098"),
        element(tags.TypeOfPatientID, "RFID"),
      ]]),
      element(tags.ResponsiblePerson, "Größe^Anna"),
      element(tags.StudyDate, "20240229"),
      element(tags.StudyTime, "101530.5"),
    ], identity);
    expect(describeInstance(readPart10(bytes))).toMatchObject({
      patientName: { alphabetic: "Größe^Rex", ideographic: null },
      patientSpecies: "Canine",
      patientSexNeutered: "ALTERED",
      patientBreed: "Beagle",
      otherPatientIDs: [{ id: "276098", type: "RFID" }],
      responsiblePerson: { alphabetic: "Größe^Anna" },
      studyDate: "2024-02-29",
      studyTime: "10:15:30.5",
      image: null,
    });
  });

  it("makes null of garbage, caps text and refuses UIDs that are paths", () => {
    const bytes = writePart10([
      element(tags.SOPInstanceUID, "../../etc/passwd"),
      element(tags.StudyInstanceUID, "1.2.03"),
      element(tags.SeriesInstanceUID, "1.2.3"),
      element(tags.StudyDate, "20230230"),
      element(tags.StudyTime, "991530"),
      element(tags.PatientSex, "<script>"),
      element(tags.PatientWeight, "heavy"),
      element(tags.SeriesNumber, "1e99"),
      element(tags.StudyDescription, `a\u0000b\u0007${"x".repeat(5000)}`),
    ], { ...identity, sopInstanceUID: "2.25.0007" });
    const described = describeInstance(readPart10(bytes));
    expect(described).toMatchObject({
      sopInstanceUID: null,
      studyInstanceUID: null,
      seriesInstanceUID: "1.2.3",
      studyDate: null,
      studyTime: null,
      patientSex: null,
      patientWeight: null,
      seriesNumber: null,
    });
    expect(described.studyDescription).toMatch(/^a b x+$/);
    expect(described.studyDescription).toHaveLength(256);
  });
});

function listed(dataset: Dataset, depth = 0): string[] {
  return [...dataset.elements.values()].flatMap(({ tag, items = [] }) => [
    `${depth}:${tag.toString(16).padStart(8, "0")}`,
    ...items.flatMap((item) => listed(item, depth + 1)),
  ]);
}

function dumped(path: string): string[] {
  const { stdout } = spawnSync("dcmdump", ["-q", "+L", path], { encoding: "latin1", maxBuffer: 2 ** 28 });
  return stdout.split("\n").flatMap((line) => {
    const found = /^( *)\(([0-9a-f]{4}),([0-9a-f]{4})\)/.exec(line);
    return found && found[2] !== "fffe" ? [`${(found[1] ?? "").length / 4}:${found[2]}${found[3]}`] : [];
  });
}

describe("real files", () => {
  needs(data("dicom"), program("dcmdump")).it(
    "have the elements that dcmdump lists, where dcmdump reads them",
    () => {
      const different: string[] = [];
      const names = readdirSync(testData("dicom")).filter((name) => name.endsWith(".dcm"));
      for (const name of names) {
        const theirs = dumped(testData(`dicom/${name}`));
        const read = readPart10(readFileSync(testData(`dicom/${name}`)));
        const ours = [...(read.fileMeta ? listed(read.fileMeta) : []), ...listed(read.dataset)];
        if (theirs.length > 0 && ours.join() !== theirs.join()) different.push(name);
      }
      // A private sequence of defined length in implicit VR: DCMTK's private dictionary knows it, the bytes do not say.
      expect(different).toEqual(["dcmjs-dimse__ele.dcm"]);
    },
    60_000,
  );

  needs(data("dicom")).it("give the same header from their first bytes as from the whole file", () => {
    for (const name of readdirSync(testData("dicom")).filter((name) => name.endsWith(".dcm"))) {
      const source = fileSource(testData(`dicom/${name}`));
      const short = describeInstance(readHeader(source));
      source.close();
      const whole = describeInstance(
        readPart10(readFileSync(testData(`dicom/${name}`)), { until: tags.PixelData }),
      );
      expect(short, name).toEqual(whole);
    }
  });

  needs(program("dcmdump")).it(
    "made of our meta information and a peer's bytes are Part 10 for DCMTK",
    () => {
      const path = written(folder, "made.dcm", dicomFile({ ...ramp(8), bitsStored: 8 }));
      const { stdout, status } = spawnSync("dcmdump", [path], { encoding: "utf8" });
      expect(status).toBe(0);
      expect(stdout).toContain("2.25.196487262033547892305171806310298403117");
    },
  );
});

describe("reading a header by pieces", () => {
  it("goes on when a piece ends just between two elements", () => {
    const padding = element(0x00091001, new Uint8Array(1), "OB");
    const before = dicomFile({ ...ramp(8), bitsStored: 8 });
    const upTo = readPart10(before).pixelData?.offset ?? 0;
    const room = 65536 - (upTo - 12) - 12;
    const file = dicomFile({
      ...ramp(8),
      bitsStored: 8,
      more: [{ ...padding, value: new Uint8Array(room) }],
    });
    expect(readPart10(file.subarray(0, 65536), { until: tags.PixelData })).toMatchObject({
      fault: undefined,
      pixelData: undefined,
    });
    expect(readHeader(bytesSource(file)).pixelData?.length).toBe(512);
  });
});
