// The viewer engine's rules that need no browser: geometry, ranges, windows, gestures, keys.
import { describe, expect, it } from "vitest";
import type { FramePixels } from "#core/contract/pixels.ts";
import { apply, compose, inverse } from "#apps/viewer/engine/affine.ts";
import { fit, fitZoom, panBy, sampleAspect, toDevice, zoomAt, zoomTo } from "#apps/viewer/engine/geometry.ts";
import { gestureOf, type Press, scrollStep } from "#apps/viewer/engine/input/gestures.ts";
import { actionOf, keyMap } from "#apps/viewer/engine/input/keys.ts";
import { neighbours } from "#apps/viewer/engine/neighbours.ts";
import { rangeHeader, refinements, stepFor, wholeAtOnce } from "#apps/viewer/engine/plan.ts";
import { tilesOf, tiling } from "#apps/viewer/engine/render/tiles.ts";
import { levelFor, sizeAt } from "#apps/viewer/engine/samples.ts";
import { slotsOf } from "#apps/viewer/engine/slots.ts";
import { draggedWindow, firstWindow, tableFor } from "#apps/viewer/engine/windowing.ts";

const picture = { width: 3000, height: 2400, aspect: 1 };
const canvas = { width: 1200, height: 800 };

describe("where a picture lies on the screen", () => {
  it("shows the whole picture, in the middle, when it is fitted", () => {
    const m = toDevice(fit(picture, canvas), picture, canvas);
    const [corner, opposite] = [apply(m, { x: 0, y: 0 }), apply(m, { x: 3000, y: 2400 })];
    expect(corner.y).toBeCloseTo(0);
    expect(opposite.y).toBeCloseTo(800);
    expect(corner.x).toBeCloseTo(canvas.width - opposite.x);
  });

  it("keeps the sample under the finger while zooming", () => {
    const at = { x: 913, y: 131 };
    const view = fit(picture, canvas);
    const sample = apply(inverse(toDevice(view, picture, canvas)), at);
    const zoomed = zoomAt(view, picture, canvas, at, 2.345);
    const after = apply(toDevice(zoomed, picture, canvas), sample);
    expect(after.x).toBeCloseTo(at.x, 6);
    expect(after.y).toBeCloseTo(at.y, 6);
    expect(zoomed.fitted).toBe(false);
  });

  it("stops at 1:1 when a step would pass it", () => {
    const before = zoomTo(fit(picture, canvas), picture, canvas, { x: 0, y: 0 }, 0.9);
    expect(zoomAt(before, picture, canvas, { x: 0, y: 0 }, 1.25).zoom).toBe(1);
    const beyond = zoomTo(before, picture, canvas, { x: 0, y: 0 }, 1.1);
    expect(zoomAt(beyond, picture, canvas, { x: 0, y: 0 }, 0.8).zoom).toBe(1);
  });

  it("starts on a whole screen pixel at whole-number zooms", () => {
    const odd = { width: 1201, height: 801 };
    for (const zoom of [1, 2, 3]) {
      const view = panBy(zoomTo(fit(picture, odd), picture, odd, { x: 7, y: 3 }, zoom), picture, odd, {
        x: 0.4,
        y: 9.7,
      });
      const { e, f } = toDevice(view, picture, odd);
      expect([Number.isInteger(e), Number.isInteger(f)]).toEqual([true, true]);
    }
  });

  it("never loses the picture out of sight", () => {
    let view = fit(picture, canvas);
    for (let step = 0; step < 40; step++) view = panBy(view, picture, canvas, { x: 500, y: -500 });
    expect(view.center).toEqual({ x: 0, y: 2400 });
    for (let step = 0; step < 80; step++) view = zoomAt(view, picture, canvas, { x: 0, y: 0 }, 0.5);
    expect(view.zoom).toBeCloseTo(fitZoom(picture, canvas) / 4);
  });

  it("takes nearly square samples for square ones, so that each is seen as it is", () => {
    expect(sampleAspect({ row: 1.2, column: 1.2012 })).toBe(1);
    expect(sampleAspect({ row: 0.3, column: 0.15 })).toBe(2);
    expect(sampleAspect(null)).toBe(1);
  });

  it("draws samples that are not square in their shape", () => {
    const tall = { width: 100, height: 100, aspect: 2 };
    const m = toDevice(fit(tall, canvas), tall, canvas);
    expect(m.d / m.a).toBeCloseTo(2);
    expect(apply(m, { x: 0, y: 100 }).y).toBeCloseTo(800);
  });

  it("composes and undoes transforms", () => {
    const one = { a: 2, b: 0.5, c: -0.25, d: 3, e: 7, f: -2 };
    const round = compose(one, inverse(one));
    for (const [key, value] of Object.entries({ a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 })) {
      expect(round[key as keyof typeof round]).toBeCloseTo(value);
    }
    expect(() => inverse({ a: 1, b: 2, c: 2, d: 4, e: 0, f: 0 })).toThrow(RangeError);
  });
});

describe("which bytes are asked for", () => {
  const frame = {
    offset: 1000,
    length: 6_783_315,
    tilePartEnds: [12_929, 30_125, 95_953, 379_346, 1_615_002, 6_783_315],
  };

  it("refines a large picture by quarter, half and full", () => {
    expect(refinements(frame)).toEqual([
      { level: 2, end: 379_346 },
      { level: 1, end: 1_615_002 },
      { level: 0, end: 6_783_315 },
    ]);
  });

  it("fetches a small picture in one go, and leaves out steps that save nothing", () => {
    expect(refinements({ ...frame, length: wholeAtOnce })).toEqual([{ level: 0, end: wholeAtOnce }]);
    const flat = { offset: 0, length: 900_000, tilePartEnds: [1, 2, 3, 500_000, 800_000, 900_000] };
    expect(refinements(flat).map((step) => step.level)).toEqual([2, 0]);
    expect(refinements({ offset: 0, length: 900_000, tilePartEnds: [900_000] })).toHaveLength(1);
  });

  it("asks for whole tile parts inside the frame's own range", () => {
    expect(rangeHeader(frame, 0, 379_346)).toBe("bytes=1000-380345");
    expect(rangeHeader(frame, 379_346, 6_783_315)).toBe("bytes=380346-6784314");
    expect(stepFor(refinements(frame), 1)?.end).toBe(1_615_002);
    expect(stepFor(refinements(frame), 0)?.end).toBe(6_783_315);
  });

  it("draws from the coarsest resolution that has a sample for every pixel", () => {
    expect(levelFor([0, 1, 2], 4.2)).toBe(2);
    expect(levelFor([0, 1, 2], 2.56)).toBe(1);
    expect(levelFor([0], 8)).toBe(0);
    expect(levelFor([2], 1)).toBe(2);
    expect(levelFor([1, 2], 1)).toBe(1);
    expect(levelFor([], 1)).toBeUndefined();
    expect(sizeAt(3001, 2)).toBe(751);
  });

  it("fetches ahead in the direction of travel, and round the end of a cine", () => {
    expect(neighbours(5, 20, 1, false)).toEqual([6, 7, 4, 8, 9]);
    expect(neighbours(5, 20, -1, false)).toEqual([4, 3, 6, 2, 1]);
    expect(neighbours(0, 1, 1, true)).toEqual([]);
    expect(neighbours(19, 20, 1, true).slice(0, 2)).toEqual([0, 1]);
  });

  it("cuts a picture larger than the largest texture into tiles that cover it once", () => {
    const size = { width: 1000, height: 701 };
    const tiles = tilesOf(size, tiling(size, 300));
    expect(tiles.every((tile) => tile.width <= 300 && tile.height <= 300)).toBe(true);
    expect(tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0)).toBe(701_000);
    expect(new Set(tiles.map((tile) => tile.layer)).size).toBe(tiles.length);
  });
});

const pixels: FramePixels = {
  rows: 10,
  columns: 10,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  signed: true,
  photometricInterpretation: "MONOCHROME2",
  rescaleSlope: 1,
  rescaleIntercept: 0,
  windows: [],
  smallest: -1000,
  largest: 999,
  spacing: null,
  orientation: null,
  frameTime: null,
};

describe("the window", () => {
  it("begins with the file's first one, else from the smallest to the largest value", () => {
    const bone = { center: 300, width: 2000, explanation: "BONE", function: "LINEAR" as const };
    expect(firstWindow({ ...pixels, windows: [bone] })).toEqual(bone);
    expect(firstWindow(pixels)).toMatchObject({ center: 0, width: 2000 });
  });

  it("puts negative values where the shader's mask finds them", () => {
    const table = tableFor(pixels, firstWindow(pixels), false);
    expect(table).toHaveLength(4096);
    expect(table[-1000 & 4095]).toBe(0);
    expect(table[999]).toBe(255);
    expect(table[-1 & 4095]).toBeLessThanOrEqual(table[0] ?? 0);
  });

  it("leaves colour as it is until it is turned", () => {
    const colour = { ...pixels, samplesPerPixel: 3 as const, bitsStored: 8, signed: false };
    expect([...tableFor(colour, firstWindow(colour), false)]).toEqual(
      Array.from({ length: 256 }, (_, value) => value),
    );
    expect(tableFor(colour, firstWindow(colour), true)[0]).toBe(255);
  });

  it("gets brighter upwards whichever way the picture is inverted", () => {
    const start = firstWindow(pixels);
    const up = { x: 0, y: -50 };
    const grey = (dark: boolean) => tableFor({ ...pixels }, draggedWindow(start, up, dark), dark)[100] ?? 0;
    expect(grey(false)).toBeGreaterThan(tableFor(pixels, start, false)[100] ?? 0);
    expect(grey(true)).toBeGreaterThan(tableFor(pixels, start, true)[100] ?? 0);
  });

  it("never gets narrower than its function allows", () => {
    expect(draggedWindow(firstWindow(pixels), { x: -9999, y: 0 }, false).width).toBe(1);
  });
});

describe("what a press means", () => {
  const press: Press = {
    pointerType: "mouse",
    button: 0,
    fingers: 1,
    tool: "window",
    spaceHeld: false,
    overflowing: false,
    many: true,
    onMark: false,
  };

  it.each(
    [
      ["the left button windows", {}, "window"],
      ["the left button pans with space held", { spaceHeld: true }, "pan"],
      ["on a point of a measurement the point is taken", { onMark: true }, "measure"],
      ["a measuring tool measures", { tool: "measure" }, "measure"],
      ["the magnifier magnifies", { tool: "magnify", pointerType: "touch" }, "magnify"],
      [
        "two fingers pinch whatever the tool is",
        { tool: "measure", pointerType: "touch", fingers: 2 },
        "pinch",
      ],
      ["the right button pans", { button: 2 }, "pan"],
      ["the middle button pans", { button: 1 }, "pan"],
      ["the left button pans with the hand", { tool: "move" }, "pan"],
      ["one finger scrolls a series that is seen whole", { pointerType: "touch", tool: "move" }, "scroll"],
      [
        "one finger pans a picture that is larger",
        { pointerType: "touch", tool: "move", overflowing: true },
        "pan",
      ],
      ["one finger windows in window mode", { pointerType: "touch" }, "window"],
      ["two fingers pinch in every mode", { pointerType: "touch", fingers: 2 }, "pinch"],
    ] as const,
  )("%s", (_words, change, gesture) => {
    expect(gestureOf({ ...press, ...change })).toBe(gesture);
  });

  it("lets a sweep over the screen reach the end of a long series", () => {
    expect(scrollStep(100, 600)).toBe(6);
    expect(scrollStep(3, 600)).toBe(40);
  });
});

describe("the keyboard", () => {
  const key = (name: string, more = {}) => ({
    key: name,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    ...more,
  });

  it("leaves the browser its own keys", () => {
    expect(actionOf(key("0"))).toBe("fit");
    expect(actionOf(key("0", { ctrlKey: true }))).toBeUndefined();
    expect(actionOf(key("r", { metaKey: true }))).toBeUndefined();
  });

  it("has every key once", () => {
    const keys = keyMap.flatMap((line) => line.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("PA-9 a cine with a frame that cannot be decoded", () => {
  it("says why in the place of that frame, and shows the others", () => {
    const range = { offset: 0, length: 10, tilePartEnds: [10] };
    const pixels: FramePixels = {
      rows: 8,
      columns: 8,
      samplesPerPixel: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      signed: false,
      photometricInterpretation: "MONOCHROME2",
      rescaleSlope: 1,
      rescaleIntercept: 0,
      windows: [],
      smallest: 0,
      largest: 255,
      spacing: null,
      orientation: null,
      frameTime: null,
    };
    const frames = [range, { undecodable: "the RLE header is cut off" }, range];
    const instance = {
      id: "one",
      instanceNumber: 1,
      frames: 3,
      state: "ready" as const,
      reason: null,
      pixels,
      picture: { bytes: 20, frames },
    };
    const words = {
      modality: null,
      number: null,
      description: null,
      bodyPart: null,
      viewPosition: null,
      laterality: null,
    };
    const slots = slotsOf({ id: "series", ...words, instances: [instance] }, (id, part) => `/${id}/${part}`);
    expect(slots.map(({ state, reason }) => [state, reason])).toEqual([
      ["ready", null],
      ["failed", "This frame cannot be shown: the RLE header is cut off."],
      ["ready", null],
    ]);
    expect(slots.map(({ frame }) => frame !== null)).toEqual([true, false, true]);
  });
});
