import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeInstance, isUID, readPart10 } from "#core/dicom/mod.ts";
import { phantomStudies } from "#db/seed/phantoms/mod.ts";
import { temporaryFolder, written } from "#tests/make/dicom.ts";
import { needs, program } from "#tests/make/needs.ts";

const now = new Date("2026-01-10T09:30:00Z");
const folder = temporaryFolder();
const files = [...phantomStudies(1, now)];
const described = files.map(({ bytes }) => describeInstance(readPart10(bytes)));

describe("the demo studies", () => {
  it("are four studies of a dog and a cat, below 60 MB", () => {
    expect(new Set(described.map(({ studyInstanceUID }) => studyInstanceUID)).size).toBe(4);
    expect(new Set(described.map(({ patientSpecies }) => patientSpecies))).toEqual(
      new Set(["Canis lupus familiaris", "Felis catus"]),
    );
    expect(described.map(({ modality }) => modality)).toEqual([
      "DX",
      "DX",
      "DX",
      "US",
      ...Array(24).fill("CT"),
    ]);
    expect(files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(60e6);
  });

  it("have UIDs of their own under 2.25 and the tags of animals", () => {
    const uids = described.map(({ sopInstanceUID }) => sopInstanceUID ?? "");
    expect(new Set(uids).size).toBe(files.length);
    for (const uid of uids) expect(isUID(uid) && uid.startsWith("2.25.")).toBe(true);
    for (const instance of described) {
      expect(instance).toMatchObject({ patientSexNeutered: "ALTERED", responsiblePersonRole: "OWNER" });
      expect(instance.otherPatientIDs[0]?.type).toBe("RFID");
      expect(instance.image).not.toBeNull();
    }
  });

  it("are the same bytes for the same seed, and others for another", () => {
    const first = (seed: number) => {
      for (const { bytes } of phantomStudies(seed, now)) {
        return createHash("sha256").update(bytes).digest("hex");
      }
    };
    const made = createHash("sha256").update(files[0]?.bytes ?? "").digest("hex");
    expect(first(1)).toBe(made);
    expect(first(2)).not.toBe(made);
  });

  needs(program("dciodvfy")).it("have no errors for dciodvfy", () => {
    const checked = files.filter(({ fileName }) => !/axial-(?!01|24)/.test(fileName));
    for (const { fileName, bytes } of checked) {
      const { stderr } = spawnSync("dciodvfy", [written(folder, fileName, bytes)], { encoding: "utf8" });
      expect(stderr.split("\n").filter((line) => line.startsWith("Error")), fileName).toEqual([]);
    }
  });
});
