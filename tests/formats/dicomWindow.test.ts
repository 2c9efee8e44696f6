import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeInstance, element, readPart10, tags } from "#core/dicom/mod.ts";
import { displayTable, leastStored, minMaxWindow, type Window } from "#core/domain/window.ts";
import { dicomFile, finePhantom, ramp, temporaryFolder, written } from "#tests/make/dicom.ts";
import { needs, program } from "#tests/make/needs.ts";
import { readNetpbm } from "#tests/make/netpbm.ts";

const identity = { slope: 1, intercept: 0 };

function table(window: Window, rule: Partial<Parameters<typeof displayTable>[0]> = {}) {
  return displayTable({ bitsStored: 16, signed: false, rescale: identity, invert: false, ...rule, window });
}

describe("PA-5 the display table", () => {
  it("has the values that PS3.3 C.11.2.1.2 gives for LINEAR", () => {
    const eight = table({ center: 128, width: 256 }, { bitsStored: 8 });
    expect([...eight]).toEqual(Array.from({ length: 256 }, (_, value) => value));
    const narrow = table({ center: 32864, width: 256 });
    expect([narrow[32735], narrow[32736], narrow[32737], narrow[32864], narrow[32991], narrow[32992]])
      .toEqual([0, 0, 1, 128, 255, 255]);
  });

  it("is a threshold for LINEAR with a width of 1", () => {
    const threshold = table({ center: 100, width: 1 }, { bitsStored: 8 });
    expect([threshold[99], threshold[100]]).toEqual([0, 255]);
  });

  it("begins and ends half a value later for LINEAR_EXACT", () => {
    const exact = table({ center: 100, width: 100, function: "LINEAR_EXACT" }, { bitsStored: 8 });
    expect([exact[50], exact[51], exact[100], exact[150], exact[151]]).toEqual([0, 2, 127, 255, 255]);
  });

  it("rises slowly at the ends for SIGMOID", () => {
    const sigmoid = table({ center: 128, width: 128, function: "SIGMOID" }, { bitsStored: 8 });
    expect([sigmoid[0], sigmoid[64], sigmoid[128], sigmoid[192], sigmoid[255]]).toEqual([
      4,
      30,
      127,
      224,
      250,
    ]);
  });

  it("of a CT takes stored values below zero and the rescale", () => {
    const soft = table({ center: 40, width: 400 }, { signed: true, rescale: { slope: 1, intercept: -1024 } });
    const least = leastStored({ bitsStored: 16, signed: true });
    expect([904, 1064, 1263].map((stored) => soft[stored - least])).toEqual([25, 127, 255]);
  });

  it("inverts MONOCHROME1, and inverting twice is not inverting", () => {
    const inverted = table({ center: 128, width: 256 }, { bitsStored: 8, invert: true });
    expect([inverted[0], inverted[1], inverted[255]]).toEqual([255, 254, 0]);
  });

  it("shows apart sixteen structures that eight bits of the whole range cannot", () => {
    const whole = table({ center: 32768, width: 65536 });
    const narrow = table({ center: 32996, width: 256 });
    const levels = Array.from({ length: 17 }, (_, step) => 32900 + 12 * step);
    expect(new Set(levels.map((level) => whole[level])).size).toBe(1);
    expect(new Set(levels.map((level) => narrow[level])).size).toBe(17);
  });
});

const folder = temporaryFolder();

/** The levels that dcm2pnm gives to every stored value of a ramp. */
function rendered(file: Uint8Array, ...options: string[]): Uint8Array {
  const path = written(folder, "ramp.dcm", file);
  const { status, stderr } = spawnSync("dcm2pnm", ["+op", ...options, path, `${folder}/ramp.pgm`], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return readNetpbm(readFileSync(`${folder}/ramp.pgm`)).data;
}

const depths = [[16, false], [16, true], [12, true]] as const;
const rescales = [identity, { slope: 1, intercept: -1024 }, { slope: 1.7, intercept: -100.25 }, {
  slope: -2,
  intercept: 500,
}];
const windows: Window[] = [
  { center: 40, width: 400 },
  { center: 300.5, width: 77.3 },
  { center: 1000, width: 1 },
  { center: 32768, width: 65536 },
  { center: 0, width: 300, function: "SIGMOID" },
];

describe("PA-5 the display table against DCMTK", () => {
  needs(program("dcm2pnm")).it(
    "equals dcm2pnm value by value, in every depth, rescale, window and inversion",
    () => {
      for (const [bitsStored, signed] of depths) {
        for (const rescale of rescales) {
          for (const photometricInterpretation of ["MONOCHROME1", "MONOCHROME2"]) {
            const more = [
              element(tags.RescaleIntercept, rescale.intercept),
              element(tags.RescaleSlope, rescale.slope),
            ];
            const file = dicomFile({
              ...ramp(bitsStored, signed),
              bitsStored,
              signed,
              photometricInterpretation,
              more,
            });
            const invert = photometricInterpretation === "MONOCHROME1";
            const rule = { bitsStored, signed, rescale, invert };
            for (const window of windows) {
              const shape = window.function === "SIGMOID" ? ["+Wfs"] : [];
              const theirs = rendered(file, ...shape, "+Ww", String(window.center), String(window.width));
              const same = Buffer.compare(displayTable({ ...rule, window }), theirs) === 0;
              expect(same, JSON.stringify({ ...rule, window })).toBe(true);
            }
            const minimum = leastStored(rule);
            const window = minMaxWindow({ minimum, maximum: minimum + 2 ** bitsStored - 1 }, rescale);
            const same = Buffer.compare(displayTable({ ...rule, window }), rendered(file, "+Wm")) === 0;
            expect(same, `min-max ${JSON.stringify(rule)}`).toBe(true);
          }
        }
      }
    },
    120_000,
  );

  needs(program("dcm2pnm")).it("equals dcm2pnm by the VOI LUT of a file, within one level", () => {
    const tables = [
      { entries: 4096, first: 0, bits: 12, value: (x: number) => Math.round(4095 * (x / 4095) ** 0.5) },
      { entries: 1000, first: 600, bits: 16, value: (x: number) => Math.round(65_535 * (1 - x / 999)) },
      { entries: 256, first: 1000, bits: 8, value: (x: number) => 255 - Math.abs(255 - 2 * x) },
    ];
    for (const { entries, first, bits, value } of tables) {
      const data = Uint16Array.from({ length: entries }, (_, index) => value(index));
      const item = [
        element(tags.LUTDescriptor, [entries, first, bits], "US"),
        element(tags.LUTExplanation, "Bone"),
        element(tags.LUTData, new Uint8Array(data.buffer), "OW"),
      ];
      for (const photometricInterpretation of ["MONOCHROME1", "MONOCHROME2"]) {
        const more = [element(tags.VOILUTSequence, [item])];
        const picture = { ...ramp(12, false), bitsStored: 12, photometricInterpretation, more };
        const file = dicomFile(picture);
        const [window] = describeInstance(readPart10(file)).image?.windows ?? [];
        if (!window) throw new Error("the table was not read");
        expect(window).toMatchObject({ function: "LUT", explanation: "Bone", width: entries });
        const invert = photometricInterpretation === "MONOCHROME1";
        const ours = displayTable({ bitsStored: 12, signed: false, rescale: identity, invert, window });
        const theirs = rendered(file, "+Wl", "1");
        const most = ours.reduce((far, level, at) => Math.max(far, Math.abs(level - (theirs[at] ?? -99))), 0);
        expect([bits, photometricInterpretation, most <= 1]).toEqual([bits, photometricInterpretation, true]);
      }
    }
  });

  needs(program("dcm2pnm")).it(
    "shows the fine phantom's sixteen squares as DCMTK does at its stored window",
    () => {
      const levels = rendered(finePhantom(128), "+Wi", "1");
      expect(new Set(levels).size).toBe(17);
    },
  );
});

describe("PA-5 a VOI LUT that is not whole", () => {
  it.each([
    ["without its data", [element(tags.LUTDescriptor, [10, 0, 8], "US")]],
    ["with fewer values than it says", [
      element(tags.LUTDescriptor, [1000, 0, 16], "US"),
      element(tags.LUTData, new Uint8Array(100), "OW"),
    ]],
    ["of no depth there is", [
      element(tags.LUTDescriptor, [10, 0, 40], "US"),
      element(tags.LUTData, new Uint8Array(20), "OW"),
    ]],
    ["of noise", [
      element(tags.LUTDescriptor, [0, 0, 16], "US"),
      element(tags.LUTData, new Uint8Array(131_072).map((_, index) => index * 7919 >> 3), "OW"),
    ]],
  ])("%s is left out, and the picture shown without it", (_what, item) => {
    const file = dicomFile({
      ...ramp(12, false),
      bitsStored: 12,
      more: [element(tags.VOILUTSequence, [item])],
    });
    expect(describeInstance(readPart10(file)).image?.windows).toEqual([]);
  });
});
