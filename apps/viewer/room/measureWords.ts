// What the viewer says about measurements: names, what to press next, figures.
import type { MeasurementKind } from "#core/contract/measurements.ts";
import { type Figure, figuresOf, plateauRotation, type Scale } from "#core/domain/measure.ts";
import type { Mark } from "../engine/mod.ts";

export const kindWords: Record<MeasurementKind, string> = {
  length: "Length",
  angle: "Angle",
  cobbAngle: "Angle of two lines (Cobb)",
  area: "Area",
  vertebralHeartScore: "Vertebral heart score",
  norbergAngle: "Norberg angle",
  tibialPlateauAngle: "Tibial plateau angle (TPLO)",
  arrow: "Arrow with words",
  calibration: "Calibrate by a ball or ruler",
};

const prompts: Record<MeasurementKind, readonly string[]> = {
  length: ["one end", "the other end"],
  angle: ["a point on one leg", "the vertex", "a point on the other leg"],
  cobbAngle: [
    "one end of the first line",
    "its other end",
    "one end of the second line",
    "its other end",
  ],
  area: ["the first corner", "the next corner", "the next corner; press twice to close"],
  vertebralHeartScore: [
    "the long axis: the ventral border of the carina",
    "the long axis: the apex of the heart",
    "the short axis: one border, where the heart is widest",
    "the short axis: the opposite border",
    "the spine: the cranial edge of T4",
    "the spine: the cranial edge of the next vertebra",
    "the cranial edge of the next vertebra; press twice when both axes are covered",
  ],
  norbergAngle: [
    "the center of one femoral head",
    "its rim",
    "the center of the other femoral head",
    "its rim",
    "the craniolateral rim of the first acetabulum",
    "the craniolateral rim of the other acetabulum",
  ],
  tibialPlateauAngle: [
    "the tibial axis: between the intercondylar eminences",
    "the tibial axis: the center of the talus",
    "the cranial end of the medial tibial plateau",
    "the caudal end of the medial tibial plateau",
  ],
  arrow: ["what the arrow points at", "where its words stand"],
  calibration: ["one edge of the ball or one end of the ruler", "the opposite edge or the other end"],
};

/** What to press next. */
export function promptOf(kind: MeasurementKind, placed: number): string {
  const steps = prompts[kind];
  return steps[Math.min(placed, steps.length - 1)] ?? "";
}

const figureNames: Partial<Record<Figure["name"], string>> = {
  vertebralHeartScore: "VHS",
  longAxis: "long axis",
  shortAxis: "short axis",
  perimeter: "perimeter",
  norbergAngleFirst: "Norberg, first hip",
  norbergAngleSecond: "Norberg, other hip",
  tibialPlateauAngle: "TPA",
};

const digits: Record<Figure["unit"], number> = { mm: 1, px: 0, "mm²": 0, "px²": 0, "°": 1, v: 1 };

/** A figure with its unit, e.g. `42.3 mm`. */
export function figureWords({ value, unit }: Figure): string {
  const text = value.toLocaleString(undefined, {
    minimumFractionDigits: digits[unit],
    maximumFractionDigits: digits[unit],
  });
  return unit === "°" ? `${text}°` : `${text} ${unit}`;
}

const basisWords: Record<Scale["basis"], string> = {
  patient: "",
  detector: " at the detector",
  reader: " (calibrated)",
  none: " (not calibrated)",
};

/** Whether a length stands on a calibration is said with it; angles and vertebrae need none. */
function withBasis(figure: Figure, { basis }: Scale): string {
  const isLength = figure.unit !== "°" && figure.unit !== "v";
  return `${figureWords(figure)}${isLength ? basisWords[basis] : ""}`;
}

/** The lines that stand beside a measurement. */
export function figureLines(mark: Pick<Mark, "kind" | "points">, scale: Scale): readonly string[] {
  return figuresOf(mark.kind, mark.points, scale).map((figure) => {
    const name = figureNames[figure.name];
    const words = withBasis(figure, scale);
    return name ? `${name} ${words}` : words;
  });
}

/** Radii of TPLO saw blades in millimetres. */
const blades = [12, 15, 18, 21, 24, 27, 30] as const;

/** How far a cut is turned to bring the plateau to 5°, for each blade; none when nothing is to be turned. */
export function rotationLines(angle: number): readonly string[] {
  if (angle <= 5) return [];
  return blades.map((radius) => `${radius} mm blade: ${plateauRotation(angle, radius).toFixed(1)} mm`);
}

/** One measurement in one line, for lists, screen readers and the clipboard. */
export function markWords(mark: Mark, scale: Scale): string {
  if (mark.kind === "arrow") return mark.text || "Arrow";
  if (mark.kind === "calibration") {
    return mark.millimetres === null ? "Calibration" : `Calibrated: ${mark.millimetres} mm`;
  }
  const lines = figureLines(mark, scale);
  return lines.length > 1 ? lines.join(", ") : `${kindWords[mark.kind]}: ${lines[0] ?? ""}`;
}
