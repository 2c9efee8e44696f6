// PA-9 measurements as a structured report: what is written is a valid Comprehensive SR by independent readers, says the
// animal and the study as the picture does, and reads back as it was drawn.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Measurement } from "#core/contract/measurements.ts";
import {
  element,
  readMeasurementReport,
  readPart10,
  type ReportFacts,
  tags,
  textOf,
  writeMeasurementReport,
} from "#core/dicom/mod.ts";
import { needs, program } from "#tests/make/needs.ts";
import { radiograph } from "#tests/make/radiograph.ts";

const picture = "018f0000-0000-7000-8000-000000000001";
const cine = "018f0000-0000-7000-8000-000000000002";
const point = (x: number, y: number) => ({ x, y });
const one = (more: Partial<Measurement>): Measurement => ({
  instanceId: picture,
  frame: 0,
  kind: "length",
  points: [point(10, 20), point(40, 60)],
  text: "",
  millimetres: null,
  ...more,
});

const measurements: Measurement[] = [
  one({}),
  one({ kind: "calibration", points: [point(0, 0), point(100, 0)], millimetres: 25.4 }),
  one({ kind: "angle", points: [point(10, 0), point(0, 0), point(0.5, 7.25)] }),
  one({ kind: "area", points: [point(0, 0), point(30, 0), point(30, 20), point(0, 20)] }),
  one({
    kind: "vertebralHeartScore",
    points: [[0, 50], [0, 100], [0, 70], [30, 70], [0, 0], [20, 0], [41, 1]].map(([x = 0, y = 0]) =>
      point(x, y)
    ),
  }),
  one({
    kind: "norbergAngle",
    points: [[0, 0], [8, 0], [60, 0], [68, 0], [-4, -10], [64, -10]].map(([x = 0, y = 0]) => point(x, y)),
  }),
  one({ kind: "tibialPlateauAngle", points: [point(0, 0), point(0, 100), point(-10, -2), point(10, 7)] }),
  one({ kind: "cobbAngle", points: [point(0, 0), point(10, 0), point(0, 20), point(-10, 25)] }),
  one({ kind: "arrow", text: "Größere Verschattung <hier>" }),
  one({ instanceId: cine, frame: 6, points: [point(1.5, 2.5), point(3, 4)] }),
];

const source = readPart10(radiograph({
  uid: "1.2.3.7.1",
  more: [
    element(tags.SpecificCharacterSet, "ISO_IR 192"),
    element(tags.PatientBreedDescription, "Labrador retriever"),
    element(tags.ResponsiblePerson, "Müller^Anna"),
    element(tags.ResponsiblePersonRole, "OWNER"),
    element(tags.PatientSexNeutered, "ALTERED"),
  ],
}));

/** As little as a picture may say: no animal, no names. */
const bare = readPart10(radiograph({ uid: "1.2.3.7.1", patientID: "" }));
bare.dataset.elements.delete(tags.PatientSpeciesDescription);

let number = 0;
const facts = (more: Partial<ReportFacts> = {}): ReportFacts => ({
  sopInstanceUID: "2.25.77",
  seriesInstanceUID: "2.25.78",
  at: new Date("2026-11-27T10:11:12Z"),
  author: "Dr Ana^Vet",
  header: source.dataset,
  pictures: new Map([
    [picture, {
      sopClassUID: "1.2.840.10008.5.1.4.1.1.1.1",
      sopInstanceUID: "1.2.3.7.1",
      seriesInstanceUID: "1.2.3.7.1",
      frames: 1,
      spacing: { row: 0.1, column: 0.1, at: "detector" as const },
    }],
    [cine, {
      sopClassUID: "1.2.840.10008.5.1.4.1.1.3.1",
      sopInstanceUID: "1.2.3.7.2",
      seriesInstanceUID: "1.2.3.7.1",
      frames: 8,
      spacing: null,
    }],
  ]),
  measurements,
  predecessor: { sopInstanceUID: "2.25.70", seriesInstanceUID: "2.25.78" },
  newUID: () => `2.25.9${number++}`,
  ...more,
});

describe("PA-9 a measurement report", () => {
  it("reads back as it was drawn", () => {
    const { dataset } = readPart10(writeMeasurementReport(facts()));
    const report = readMeasurementReport(dataset);
    expect(report?.author).toBe("Dr Ana Vet");
    expect(report?.measurements).toEqual(measurements.map(({ instanceId, ...rest }) => ({
      ...rest,
      sopInstanceUid: instanceId === picture ? "1.2.3.7.1" : "1.2.3.7.2",
    })));
    expect(textOf(dataset, tags.PatientName)).toBe("Smith^Bella");
    expect(textOf(dataset, tags.ResponsiblePerson)).toBe("Müller^Anna");
    expect(textOf(dataset, tags.StudyInstanceUID)).toBe("1.2.3.7");
  });

  it("may say that there are no measurements any more", () => {
    const { dataset } = readPart10(writeMeasurementReport(facts({ measurements: [] })));
    expect(readMeasurementReport(dataset)).toEqual({ author: "Dr Ana Vet", measurements: [] });
  });

  it("is not taken from what is none of ours, or broken", () => {
    expect(readMeasurementReport(source.dataset)).toBeUndefined();
    const whole = writeMeasurementReport(facts());
    for (let end = 400; end < whole.length; end += 97) {
      const report = readMeasurementReport(readPart10(whole.subarray(0, end)).dataset);
      expect(report?.measurements.length ?? 0).toBeLessThanOrEqual(measurements.length);
    }
  });

  it("refuses a picture that it does not know", () => {
    expect(() => writeMeasurementReport(facts({ pictures: new Map() }))).toThrow(RangeError);
  });
});

describe("PA-9 a measurement report read by others", () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
    file = join(folder, "report.dcm");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  needs(program("dciodvfy")).it("has no error for dciodvfy", () => {
    for (const header of [source.dataset, bare.dataset]) {
      writeFileSync(file, writeMeasurementReport(facts({ header })));
      const { stderr } = spawnSync("dciodvfy", [file], { encoding: "utf8" });
      expect(stderr.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
    }
  });

  needs(program("dsrdump")).it("is shown by DCMTK with its figures and units", () => {
    writeFileSync(file, writeMeasurementReport(facts()));
    const shown = execFileSync("dsrdump", ["+Pc", file], { encoding: "utf8" });
    expect(shown).toContain("Comprehensive SR");
    expect(shown).toMatch(/NUM:\(.*"Length"\)="12\.7" .*"mm"/);
    expect(shown).toMatch(/NUM:\(.*"Vertebral heart score"\)="3\.9\d*" /);
    expect(shown).toMatch(/NUM:\(.*"Angle"\)/);
    expect(shown).toContain("Dr Ana Vet");
  });
});
