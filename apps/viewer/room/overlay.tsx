// Measurements over the picture, as SVG in CSS pixels of the stage. It only draws: pointers are read by the engine. Each
// point can be reached and moved by keys.
import type { FramePoint, MeasurementKind } from "#core/contract/measurements.ts";
import { figuresOf, placeAlong } from "#core/domain/measure.ts";
import { type Affine, apply, type Mark, type Measured, type Point } from "../engine/mod.ts";
import { figureLines, kindWords } from "./measureWords.ts";

export type OverlayProps = {
  /** CSS pixels of the stage from left to right. */
  width: number;
  measured: Measured;
  /** The magnifier, in CSS pixels of the stage. */
  magnifier: { readonly x: number; readonly y: number; readonly side: number } | null;
  toHost: Affine;
  onSelect: (id: string) => void;
  /** Moves a point by samples. */
  onNudge: (mark: Mark, point: number, by: Point) => void;
  onRemove: (id: string) => void;
};

export function Overlay(props: OverlayProps) {
  const { measured, toHost, magnifier, width } = props;
  const { marks, draft, cross, scale } = measured;
  const drawn = draft && {
    kind: draft.kind,
    points: draft.next ? [...draft.points, draft.next] : draft.points,
  };
  return (
    <svg class="marks" aria-label="Measurements" role="group">
      {marks.map((mark) => <MarkDrawing key={mark.id} mark={mark} {...props} />)}
      {drawn && (
        <g class="measurement" data-state="draft">
          <Shape {...drawn} measured={measured} toHost={toHost} />
          {draft?.points.map((point, index) => <Dot key={index} at={apply(toHost, point)} />)}
          <Label at={labelAt(drawn, toHost)} lines={figureLines(drawn, scale)} width={width} />
        </g>
      )}
      {cross && <path class="mark-cross" d={crossPath(cross)} />}
      {magnifier && (
        <>
          <rect
            class="magnifier"
            x={magnifier.x}
            y={magnifier.y}
            width={magnifier.side}
            height={magnifier.side}
          />
          <path
            class="mark-cross"
            d={crossPath({ x: magnifier.x + magnifier.side / 2, y: magnifier.y + magnifier.side / 2 })}
          />
        </>
      )}
    </svg>
  );
}

function MarkDrawing(props: OverlayProps & { mark: Mark }) {
  const { mark, measured, toHost, width, onSelect, onNudge, onRemove } = props;
  const selected = mark.id === measured.selected;
  const lines = mark.kind === "arrow"
    ? mark.text.split("\n").filter(Boolean)
    : mark.kind === "calibration" && mark.millimetres !== null
    ? [`${mark.millimetres} mm (known)`]
    : figureLines(mark, measured.scale);
  const keyed = (event: KeyboardEvent, point: number) => {
    const step = event.shiftKey ? 10 : 1;
    const ways: Record<string, Point> = {
      ArrowLeft: { x: -step, y: 0 },
      ArrowRight: { x: step, y: 0 },
      ArrowUp: { x: 0, y: -step },
      ArrowDown: { x: 0, y: step },
    };
    const way = ways[event.key];
    if (way) onNudge(mark, point, way);
    else if (event.key === "Delete" || event.key === "Backspace") onRemove(mark.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <g
      class="measurement"
      data-state={selected ? "selected" : mark.fixed ? "fixed" : "done"}
      data-kind={mark.kind}
    >
      <Shape kind={mark.kind} points={mark.points} measured={measured} toHost={toHost} />
      {!mark.fixed && mark.points.map((point, index) => {
        const at = apply(toHost, point);
        return (
          <circle
            key={index}
            class="mark-grip"
            cx={at.x}
            cy={at.y}
            r={5}
            tabIndex={0}
            role="button"
            aria-label={`${kindWords[mark.kind]}, point ${index + 1} of ${mark.points.length}`}
            onFocus={() => onSelect(mark.id)}
            onKeyDown={(event) => keyed(event, index)}
          />
        );
      })}
      <Label at={labelAt(mark, toHost)} lines={lines} width={width} />
    </g>
  );
}

type ShapeProps = {
  kind: MeasurementKind;
  points: readonly FramePoint[];
  measured: Measured;
  toHost: Affine;
};

function Shape({ kind, points, measured, toHost }: ShapeProps) {
  const p = points.map((point) => apply(toHost, point));
  const line = (from: number, to: number) => segment(p[from], p[to]);
  switch (kind) {
    case "length":
    case "calibration":
      return <Line d={line(0, 1)} />;
    case "angle":
      return <Line d={line(0, 1) + line(1, 2)} />;
    case "cobbAngle":
      return <Line d={line(0, 1) + line(2, 3)} />;
    case "area":
      return <Line d={p.length > 2 ? `${path(p)}Z` : path(p)} />;
    case "arrow":
      return <Line d={line(0, 1) + arrowHead(p[0], p[1])} />;
    case "tibialPlateauAngle":
      return <Line d={line(0, 1) + line(2, 3)} />;
    case "norbergAngle":
      return <Norberg points={p} />;
    case "vertebralHeartScore":
      return <HeartScore points={points} measured={measured} toHost={toHost} />;
  }
}

function Line({ d, dashed }: { d: string; dashed?: boolean }) {
  return (
    <>
      <path class="mark-halo" d={d} />
      <path class="mark-line" data-dashed={dashed ? "true" : undefined} d={d} />
    </>
  );
}

function Norberg({ points }: { points: readonly Point[] }) {
  const [first, firstRim, second, secondRim, rimOne, rimTwo] = points;
  const circle = (center: Point | undefined, rim: Point | undefined) => {
    if (!center || !rim) return "";
    const radius = Math.hypot(rim.x - center.x, rim.y - center.y);
    return `M${center.x - radius} ${center.y}a${radius} ${radius} 0 1 0 ${2 * radius} 0` +
      `a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
  };
  const d = circle(first, firstRim) + circle(second, secondRim) + segment(first, second) +
    segment(first, rimOne) + segment(second, rimTwo);
  return <Line d={d} />;
}

/** The two axes where they were drawn, the edges of the vertebrae, and both axes laid along them. */
function HeartScore({ points, measured, toHost }: Omit<ShapeProps, "kind">) {
  const p = points.map((point) => apply(toHost, point));
  const edges = points.slice(4);
  const figures = figuresOf("vertebralHeartScore", points, measured.scale);
  const spans = figures.filter(({ name }) => name !== "vertebralHeartScore").map(({ value }) => value);
  return (
    <>
      <Line d={segment(p[0], p[1]) + segment(p[2], p[3])} />
      <Line d={path(p.slice(4))} dashed />
      {spans.map((span, index) => <Line key={index} d={alongSpine(edges, span, toHost, (index + 1) * 9)} />)}
      {edges.map((edge, index) => {
        const at = apply(toHost, edge);
        return <text key={index} class="mark-name" x={at.x} y={at.y - 8}>T{index + 4}</text>;
      })}
    </>
  );
}

/** A line beside the spine that is as long as an axis, drawn `beside` pixels away. */
function alongSpine(edges: readonly FramePoint[], span: number, toHost: Affine, beside: number): string {
  const end = placeAlong(edges, span);
  if (!end) return "";
  const within = edges.slice(0, Math.min(Math.ceil(span), edges.length - 1));
  const line = [...within, end].map((point) => apply(toHost, point));
  const [from, to] = [line[0], line.at(-1)];
  if (!from || !to) return "";
  const size = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const aside = { x: -(to.y - from.y) / size * beside, y: (to.x - from.x) / size * beside };
  return path(line.map(({ x, y }) => ({ x: x + aside.x, y: y + aside.y })));
}

function Dot({ at }: { at: Point }) {
  return <circle class="mark-dot" cx={at.x} cy={at.y} r={3} />;
}

/** Words beside a place; to its left where the right edge is near. */
function Label({ at, lines, width }: { at: Point | null; lines: readonly string[]; width: number }) {
  if (!at || lines.length === 0) return null;
  const longest = Math.max(...lines.map((line) => line.length));
  const leftwards = at.x + 10 + longest * 7.5 > width;
  const x = at.x + (leftwards ? -10 : 10);
  return (
    <text class="mark-label" x={x} y={at.y} text-anchor={leftwards ? "end" : undefined}>
      {lines.map((line, index) => <tspan key={index} x={x} dy={index === 0 ? 0 : 16}>{line}</tspan>)}
    </text>
  );
}

/** Under the lowest point on the screen, where the fewest lines are. */
function labelAt({ points }: { points: readonly FramePoint[] }, toHost: Affine): Point | null {
  const placed = points.map((point) => apply(toHost, point));
  const lowest = placed.reduce<Point | null>((low, point) => !low || point.y > low.y ? point : low, null);
  return lowest && { x: lowest.x, y: lowest.y + 18 };
}

function segment(from: Point | undefined, to: Point | undefined): string {
  return from && to ? `M${from.x} ${from.y}L${to.x} ${to.y}` : "";
}

function path(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
}

function arrowHead(tip: Point | undefined, tail: Point | undefined): string {
  if (!tip || !tail) return "";
  const way = Math.atan2(tail.y - tip.y, tail.x - tip.x);
  const barb = (turn: number) => ({
    x: tip.x + 14 * Math.cos(way + turn),
    y: tip.y + 14 * Math.sin(way + turn),
  });
  return segment(barb(0.4), tip) + segment(tip, barb(-0.4));
}

function crossPath({ x, y }: Point): string {
  return `M${x - 14} ${y}H${x - 3}M${x + 3} ${y}H${x + 14}M${x} ${y - 14}V${y - 3}M${x} ${y + 3}V${y + 14}`;
}
