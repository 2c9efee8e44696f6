// What the share page says, and how it moves from one state to the next.
import { describe, expect, it } from "vitest";
import { entryAt, railOf } from "#apps/viewer/room/rail.ts";
import { tokenOf } from "#apps/viewer/page/visit.ts";
import { dayWords, distanceWords, expiryWords, patientTitle, seriesWords } from "#apps/viewer/room/words.ts";
import type { PictureInstance, PictureSeries, PictureStudy } from "#core/contract/studies.ts";

const instance = (id: string, frames = 1): PictureInstance => ({
  id,
  instanceNumber: null,
  frames,
  state: "ready",
  reason: null,
  pixels: null,
  picture: {
    bytes: 1,
    frames: Array.from({ length: frames }, () => ({ offset: 0, length: 1, tilePartEnds: [1] })),
  },
});

const series = (
  id: string,
  instances: PictureInstance[],
  more: Partial<PictureSeries> = {},
): PictureSeries => ({
  id,
  modality: "DX",
  number: 1,
  description: null,
  bodyPart: null,
  viewPosition: null,
  laterality: null,
  instances,
  ...more,
});

describe("the words of the share page", () => {
  it("write a study's day in the reader's way without moving it over midnight", () => {
    expect(dayWords("2026-11-20", "en-GB")).toBe("20 November 2026");
    expect(dayWords("2026-11-20", "de")).toBe("20. November 2026");
    expect(dayWords("unknown", "en-GB")).toBe("unknown");
    expect(dayWords(null)).toBeNull();
  });

  it("say how long a link still opens", () => {
    const now = new Date("2026-11-23T12:00:00Z");
    expect(distanceWords(new Date("2026-12-23T12:00:00Z"), now, "en")).toBe("in 30 days");
    expect(distanceWords(new Date("2026-11-24T12:00:00Z"), now, "en")).toBe("in 24 hours");
    expect(distanceWords(new Date("2026-11-23T12:40:00Z"), now, "en")).toBe("in 40 minutes");
    expect(expiryWords("2026-12-23T12:00:00Z", now, "en-GB")).toMatch(
      /^Open until 23 December 2026 at .+ \(in 30 days\)$/,
    );
  });

  it("name the patient by what the study has", () => {
    const nobody = {
      animal: null,
      owner: null,
      patientId: null,
      species: null,
      breed: null,
      sex: null,
      neutered: null,
      birthDate: null,
    };
    expect(patientTitle({ ...nobody, animal: "Bella", owner: "Lindqvist" })).toBe("Bella");
    expect(patientTitle({ ...nobody, owner: "Lindqvist" })).toBe("Lindqvist");
    expect(patientTitle(nobody)).toBe("Unnamed patient");
    expect(seriesWords(series("a", [], { number: 4 }))).toBe("DX, series 4");
    expect(seriesWords(series("a", [], { bodyPart: "THORAX", viewPosition: "VD" }))).toBe("THORAX VD");
  });
});

describe("the token in the address", () => {
  it("is read from the fragment alone", () => {
    const token = "aZ09_-".padEnd(43, "x");
    expect(tokenOf(`#${token}`)).toBe(token);
    expect(tokenOf("")).toBeNull();
    expect(tokenOf("#short")).toBeNull();
    expect(tokenOf(`#${token}/../x`)).toBeNull();
  });
});

describe("the rail", () => {
  const study = (all: PictureSeries[]): PictureStudy => ({
    id: "study",
    patient: {
      animal: null,
      owner: null,
      patientId: null,
      species: null,
      breed: null,
      sex: null,
      neutered: null,
      birthDate: null,
    },
    description: null,
    studyDate: null,
    measurements: null,
    practice: "Practice",
    series: all,
  });

  it("shows radiographs one by one, stacks and cines as one", () => {
    const slices = Array.from({ length: 30 }, (_, index) => instance(`slice ${index}`));
    const rail = railOf(study([
      series("rays", [instance("one"), instance("two")]),
      series("stack", slices, { modality: "CT" }),
      series("cine", [instance("film", 20)], { modality: "US" }),
    ]));
    expect(rail.map(({ key, count }) => [key, count])).toEqual([["one", 1], ["two", 1], ["stack", 30], [
      "cine",
      20,
    ]]);
    expect(entryAt(rail, "rays", 1)?.key).toBe("two");
    expect(entryAt(rail, "stack", 29)?.key).toBe("stack");
    expect(entryAt(rail, "stack", 30)).toBeUndefined();
  });
});
