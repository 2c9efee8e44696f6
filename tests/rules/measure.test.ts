// PA-9 what measurements amount to: figures against a known truth, however the animal lies on the picture and whatever
// the shape of its samples.
import { describe, expect, it } from "vitest";
import {
  calibrated,
  figuresOf,
  placeAlong,
  plateauRotation,
  scaleOf,
  squaredOff,
} from "#core/domain/measure.ts";
import type { FramePoint, MeasurementKind } from "#core/contract/measurements.ts";
import { promptOf, rotationLines } from "#apps/viewer/room/measureWords.ts";

const square = scaleOf({ row: 0.1, column: 0.1, at: "patient" });

/** A seeded row of numbers from 0 to 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Millimetres turned by an angle and laid down in samples of a scale. */
function laid(
  points: readonly (readonly [number, number])[],
  turn: number,
  { row, column }: typeof square,
): FramePoint[] {
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  return points.map(([x, y]) => ({
    x: 900 + (x * cosine - y * sine) / column,
    y: 700 + (x * sine + y * cosine) / row,
  }));
}

const chief = (kind: MeasurementKind, points: readonly FramePoint[], scale = square) =>
  figuresOf(kind, points, scale)[0]?.value ?? NaN;

describe("PA-9 measurements", () => {
  const scales = [square, scaleOf({ row: 0.2, column: 0.1, at: "detector" })];
  const turns = [0, 0.4, 1.9, -2.6];

  it.each(turns)(
    "are the same however the animal lies (turned by %d rad), also where samples are not square",
    (turn) => {
      for (const scale of scales) {
        const of = (...points: [number, number][]) => laid(points, turn, scale);
        expect(chief("length", of([0, 0], [30, 40]), scale)).toBeCloseTo(50, 9);
        expect(chief("angle", of([10, 0], [0, 0], [0, 7]), scale)).toBeCloseTo(90, 9);
        expect(chief("angle", of([10, 0], [0, 0], [-5, 5]), scale)).toBeCloseTo(135, 9);
        expect(chief("cobbAngle", of([0, 0], [10, 0], [0, 20], [-10, 20 + 10 * Math.tan(0.5)]), scale))
          .toBeCloseTo(0.5 * 180 / Math.PI, 9);
        expect(figuresOf("area", of([0, 0], [30, 0], [30, 20], [0, 20]), scale).map(({ value }) => value))
          .toEqual([expect.closeTo(600, 6), expect.closeTo(100, 6)]);
        const [first, second] = figuresOf(
          "norbergAngle",
          of([0, 0], [8, 0], [60, 0], [68, 0], [-3.64, -10], [63.64, -10]),
          scale,
        );
        expect(first?.value).toBeCloseTo(90 + Math.atan2(3.64, 10) * 180 / Math.PI, 6);
        expect(second?.value).toBeCloseTo(first?.value ?? NaN, 6);
        expect(
          chief("tibialPlateauAngle", of([0, 0], [0, 100], [-10, -2], [10, -2 + 20 * Math.tan(0.42)]), scale),
        )
          .toBeCloseTo(0.42 * 180 / Math.PI, 9);
      }
    },
  );

  it("count vertebrae of unequal length from T4, over twenty seeded animals", () => {
    const random = seeded(20261127);
    for (let animal = 0; animal < 20; animal++) {
      const edges: [number, number][] = [[0, 0]];
      const lengths = Array.from({ length: 8 }, () => 15 + 6 * random());
      for (const length of lengths) {
        const [x, y] = edges.at(-1) ?? [0, 0];
        const bend = 0.3 * random();
        edges.push([x + length * Math.cos(bend), y + length * Math.sin(bend)]);
      }
      const spans = [3 + 3 * random(), 2 + 3 * random()];
      const millimetres = spans.map((span) => {
        const whole = Math.floor(span);
        const sum = lengths.slice(0, whole).reduce((total, length) => total + length, 0);
        return sum + (span - whole) * (lengths[whole] ?? 0);
      });
      const [long = 0, short = 0] = millimetres;
      const points = laid(
        [[10, 80], [10, 80 + long], [-20, 110], [-20 + short, 110], ...edges],
        random() * 6,
        square,
      );
      const figures = figuresOf("vertebralHeartScore", points, square);
      expect(figures.map(({ name }) => name)).toEqual(["vertebralHeartScore", "longAxis", "shortAxis"]);
      expect(figures[0]?.value).toBeCloseTo((spans[0] ?? 0) + (spans[1] ?? 0), 6);
      expect(figures[1]?.value).toBeCloseTo(spans[0] ?? 0, 6);
    }
  });

  it("go on with the last vertebra's length beyond the last edge", () => {
    const points = laid([[0, 50], [0, 100], [0, 70], [30, 70], [0, 0], [20, 0]], 0, square);
    expect(figuresOf("vertebralHeartScore", points, square).map(({ value }) => value)).toEqual(
      [4, 2.5, 1.5].map((value) => expect.closeTo(value, 9)),
    );
    expect(placeAlong(points.slice(4), 2.5)).toEqual({ x: expect.closeTo(900 + 500), y: 700 });
  });

  it("say nothing while points are missing, and never more than was measured", () => {
    expect(figuresOf("norbergAngle", laid([[0, 0], [1, 1]], 0, square), square)).toEqual([]);
    expect(figuresOf("arrow", laid([[0, 0], [1, 1]], 0, square), square)).toEqual([]);
    const still = laid([[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0]], 0, square);
    for (const kind of ["length", "angle", "area", "vertebralHeartScore"] as const) {
      expect(figuresOf(kind, still, square).every(({ value }) => Number.isFinite(value))).toBe(true);
    }
  });

  it("tell samples, the detector, the animal and the reader's calibration apart", () => {
    const line = [{ x: 0, y: 0 }, { x: 300, y: 400 }];
    const unit = (scale: typeof square) => figuresOf("length", line, scale)[0];
    expect(unit(scaleOf(null))).toEqual({ name: "length", value: 500, unit: "px" });
    expect(unit(square)).toEqual({ name: "length", value: expect.closeTo(50), unit: "mm" });
    const ball = calibrated(scaleOf(null), [{ x: 10, y: 0 }, { x: 110, y: 0 }], 25);
    expect(ball.basis).toBe("reader");
    expect(unit(ball)).toEqual({ name: "length", value: 125, unit: "mm" });
    expect(calibrated(square, [{ x: 1, y: 1 }, { x: 1, y: 1 }], 25)).toBe(square);
    const tall = calibrated(
      scaleOf({ row: 2, column: 1, at: "detector" }),
      [{ x: 0, y: 0 }, { x: 0, y: 10 }],
      10,
    );
    expect([tall.row, tall.column]).toEqual([1, 0.5]);
  });

  it("keep the short axis of a heart at right angles to the long one", () => {
    const scale = scaleOf({ row: 0.2, column: 0.1, at: "patient" });
    const [a, b, from, at] = laid([[0, 0], [20, 60], [-10, 30], [25, 34]], 0.7, scale);
    if (!a || !b || !from || !at) throw new Error("no points");
    const end = squaredOff(from, at, [a, b], scale);
    const dot = (b.x - a.x) * (end.x - from.x) * 0.01 + (b.y - a.y) * (end.y - from.y) * 0.04;
    expect(dot).toBeCloseTo(0, 6);
  });

  it("turn a tibial plateau by the chord of the blade", () => {
    // From 25° to 5° the blade turns by 20°: a chord of 2 · 24 mm · sin 10°.
    expect(plateauRotation(25, 24)).toBeCloseTo(8.335, 3);
    expect(plateauRotation(4, 24)).toBe(0);
    expect(rotationLines(25)).toContain("24 mm blade: 8.3 mm");
    expect(rotationLines(5)).toEqual([]);
  });

  it("ask for one point after another", () => {
    expect(promptOf("vertebralHeartScore", 0)).toContain("carina");
    expect(promptOf("vertebralHeartScore", 4)).toContain("T4");
    expect(promptOf("vertebralHeartScore", 40)).toBe(promptOf("vertebralHeartScore", 6));
  });
});
