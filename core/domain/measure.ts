// What drawn points amount to. Pure: points in samples and the size of a sample in, figures with units out. The same
// figures are shown on the picture and written into the structured report.
import type { FramePoint, MeasurementKind } from "#core/contract/measurements.ts";

/**
 * The size of a sample. `patient`: the modality says it is true in the animal; `detector`: at the detector, where the
 * animal's shadow is larger than the animal (PS3.3 C.8.11.7); `reader`: from a ball or ruler on the picture; `none`:
 * not known, `row` and `column` are in samples and only their ratio counts.
 */
export type Scale = {
  readonly column: number;
  readonly row: number;
  readonly basis: "patient" | "detector" | "reader" | "none";
};

export type Unit = "mm" | "px" | "mm²" | "px²" | "°" | "v";

/** One figure of a measurement. */
export type Figure = { readonly name: FigureName; readonly value: number; readonly unit: Unit };

export type FigureName =
  | "length"
  | "angle"
  | "cobbAngle"
  | "area"
  | "perimeter"
  | "longAxis"
  | "shortAxis"
  | "vertebralHeartScore"
  | "norbergAngleFirst"
  | "norbergAngleSecond"
  | "tibialPlateauAngle";

/** How many points a measurement has; `most` greater than `least` is ended by the reader. */
export const pointCounts: Record<MeasurementKind, { readonly least: number; readonly most: number }> = {
  length: { least: 2, most: 2 },
  angle: { least: 3, most: 3 },
  cobbAngle: { least: 4, most: 4 },
  area: { least: 3, most: 64 },
  vertebralHeartScore: { least: 6, most: 64 },
  norbergAngle: { least: 6, most: 6 },
  tibialPlateauAngle: { least: 4, most: 4 },
  arrow: { least: 2, most: 2 },
  calibration: { least: 2, most: 2 },
};

/** The scale that the file gives, or a `none` of square samples. */
export function scaleOf(
  spacing: { readonly row: number; readonly column: number; readonly at: "patient" | "detector" } | null,
): Scale {
  if (!spacing) return { row: 1, column: 1, basis: "none" };
  return { row: spacing.row, column: spacing.column, basis: spacing.at };
}

/** The scale by which `points` are `millimetres` apart; the shape of a sample stays. */
export function calibrated(scale: Scale, points: readonly FramePoint[], millimetres: number): Scale {
  const found = distance(at(points, 0, scale), at(points, 1, scale));
  if (!(found > 0) || !(millimetres > 0)) return scale;
  const factor = millimetres / found;
  return { row: scale.row * factor, column: scale.column * factor, basis: "reader" };
}

/**
 * The figures of a measurement, the chief one first; none while points are missing.
 *
 * - length: two ends. Angle: arm, vertex, arm (0 to 180°). Cobb: two lines of two points (0 to 90°).
 * - area: the corners of a polygon.
 * - vertebralHeartScore: long axis (carina, apex), short axis (two borders), then the cranial edges of T4 and of each
 *   vertebra after it. Both axes are laid along these edges from T4; beyond the last edge the last vertebra's
 *   length goes on. Figures in vertebrae (v), to be told to one decimal.
 * - norbergAngle: center and rim of one femoral head, center and rim of the other, then the craniolateral
 *   acetabular rim of the first and of the second.
 * - tibialPlateauAngle: intercondylar eminences, center of the talus, then the cranial and the caudal end of
 *   the medial tibial plateau: the plateau against the perpendicular to the axis (0 to 90°).
 */
export function figuresOf(kind: MeasurementKind, points: readonly FramePoint[], scale: Scale): Figure[] {
  if (points.length < pointCounts[kind].least) return [];
  const placed = points.map((_, index) => at(points, index, scale));
  return measures[kind](placed, scale);
}

type Plane = { readonly x: number; readonly y: number };
type Measure = (points: readonly Plane[], scale: Scale) => Figure[];

const length: Measure = ([one = origin, other = origin], scale) => [
  { name: "length", value: distance(one, other), unit: lengthUnit(scale) },
];

const measures: Record<MeasurementKind, Measure> = {
  length,
  calibration: length,
  arrow: () => [],
  angle: ([arm = origin, vertex = origin, other = origin]) => [
    { name: "angle", value: angleAt(vertex, arm, other), unit: "°" },
  ],
  cobbAngle: ([a = origin, b = origin, c = origin, d = origin]) => [
    { name: "cobbAngle", value: betweenLines(way(a, b), way(c, d)), unit: "°" },
  ],
  area: (corners, scale) => [
    { name: "area", value: polygonArea(corners), unit: scale.basis === "none" ? "px²" : "mm²" },
    { name: "perimeter", value: perimeter(corners), unit: lengthUnit(scale) },
  ],
  vertebralHeartScore: ([carina = origin, apex = origin, one = origin, other = origin, ...edges]) => {
    const long = vertebraeIn(distance(carina, apex), edges);
    const short = vertebraeIn(distance(one, other), edges);
    return [
      { name: "vertebralHeartScore", value: long + short, unit: "v" },
      { name: "longAxis", value: long, unit: "v" },
      { name: "shortAxis", value: short, unit: "v" },
    ];
  },
  norbergAngle: ([first = origin, , second = origin, , rimOne = origin, rimTwo = origin]) => [
    { name: "norbergAngleFirst", value: angleAt(first, second, rimOne), unit: "°" },
    { name: "norbergAngleSecond", value: angleAt(second, first, rimTwo), unit: "°" },
  ],
  tibialPlateauAngle: ([eminence = origin, talus = origin, cranial = origin, caudal = origin]) => [
    {
      name: "tibialPlateauAngle",
      value: 90 - betweenLines(way(eminence, talus), way(cranial, caudal)),
      unit: "°",
    },
  ],
};

/** How many vertebrae a length spans along their edges, from the first edge on. */
export function vertebraeIn(span: number, edges: readonly Plane[]): number {
  let left = span;
  for (let index = 0; index + 1 < edges.length; index++) {
    const vertebra = distance(edges[index] ?? origin, edges[index + 1] ?? origin);
    if (vertebra <= 0) continue;
    if (left <= vertebra || index + 2 === edges.length) return index + left / vertebra;
    left -= vertebra;
  }
  return 0;
}

/** The place that lies `vertebrae` along the edges, in samples: where a transferred axis ends. */
export function placeAlong(edges: readonly FramePoint[], vertebrae: number): FramePoint | undefined {
  const index = Math.min(Math.max(Math.floor(vertebrae), 0), edges.length - 2);
  const [from, to] = [edges[index], edges[index + 1]];
  if (!from || !to) return undefined;
  const part = vertebrae - index;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/**
 * How far a TPLO saw's cut is turned along its edge, in millimetres, to bring a tibial plateau angle to `target`
 * degrees: the chord of the turn on a blade of this radius.
 */
export function plateauRotation(angle: number, radius: number, target = 5): number {
  const turn = Math.max(angle - target, 0) * Math.PI / 180;
  return 2 * radius * Math.sin(turn / 2);
}

/** The point nearest to `at` on the line through `from` at right angles to the line `a`–`b`, all in samples. */
export function squaredOff(
  from: FramePoint,
  at: FramePoint,
  [a, b]: readonly [FramePoint, FramePoint],
  scale: Scale,
): FramePoint {
  const axis = { x: (b.x - a.x) * scale.column, y: (b.y - a.y) * scale.row };
  const size = Math.hypot(axis.x, axis.y);
  if (size === 0) return at;
  const across = { x: -axis.y / size, y: axis.x / size };
  const along = (at.x - from.x) * scale.column * across.x + (at.y - from.y) * scale.row * across.y;
  return { x: from.x + along * across.x / scale.column, y: from.y + along * across.y / scale.row };
}

const origin: Plane = { x: 0, y: 0 };

function lengthUnit({ basis }: Scale): "mm" | "px" {
  return basis === "none" ? "px" : "mm";
}

/** A point in units of the scale, where both directions are equal. */
function at(points: readonly FramePoint[], index: number, { column, row }: Scale): Plane {
  const { x, y } = points[index] ?? origin;
  return { x: x * column, y: y * row };
}

function distance(one: Plane, other: Plane): number {
  return Math.hypot(other.x - one.x, other.y - one.y);
}

function way(from: Plane, to: Plane): Plane {
  return { x: to.x - from.x, y: to.y - from.y };
}

/** The angle at `vertex`, 0 to 180 degrees. */
function angleAt(vertex: Plane, one: Plane, other: Plane): number {
  return betweenWays(way(vertex, one), way(vertex, other));
}

function betweenWays(one: Plane, other: Plane): number {
  const cross = one.x * other.y - one.y * other.x;
  return Math.atan2(Math.abs(cross), one.x * other.x + one.y * other.y) * 180 / Math.PI;
}

/** The angle between two lines, whichever way they were drawn: 0 to 90 degrees. */
function betweenLines(one: Plane, other: Plane): number {
  const angle = betweenWays(one, other);
  return Math.min(angle, 180 - angle);
}

/** The shoelace formula. */
function polygonArea(corners: readonly Plane[]): number {
  const twice = corners.reduce((sum, { x, y }, index) => {
    const next = corners[(index + 1) % corners.length] ?? origin;
    return sum + x * next.y - next.x * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function perimeter(corners: readonly Plane[]): number {
  return corners.reduce(
    (sum, corner, index) => sum + distance(corner, corners[(index + 1) % corners.length] ?? origin),
    0,
  );
}
