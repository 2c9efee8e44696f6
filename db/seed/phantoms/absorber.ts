// A plane of absorption: how much of the beam each point takes away. Tissue, bone and air are drawn as the depth
// that a ray passes through solid shapes, so that overlaps add up as on a radiograph.

export type Point = readonly [x: number, y: number];

/** Absorption by pixel; coordinates are in units of the plane's width. */
export type Absorber = {
  readonly columns: number;
  readonly rows: number;
  readonly depth: Float32Array;
};

export function absorber(columns: number, rows: number): Absorber {
  return { columns, rows, depth: new Float32Array(columns * rows) };
}

type Box = { left: number; right: number; top: number; bottom: number };

function visit(plane: Absorber, box: Box, paint: (index: number, x: number, y: number) => void): void {
  const { columns, rows } = plane;
  const [first, last] = [
    Math.max(0, Math.floor(box.left * columns)),
    Math.min(columns - 1, Math.ceil(box.right * columns)),
  ];
  const [top, end] = [
    Math.max(0, Math.floor(box.top * columns)),
    Math.min(rows - 1, Math.ceil(box.bottom * columns)),
  ];
  for (let row = top; row <= end; row++) {
    for (let column = first; column <= last; column++) {
      paint(row * columns + column, column / columns, row / columns);
    }
  }
}

/** An ellipsoid, turned by `angle`; `density` is the absorption at its middle, negative for air. */
export function ellipsoid(
  plane: Absorber,
  { at: [x, y], radii: [across, along], angle = 0, density }: {
    at: Point;
    radii: Point;
    angle?: number;
    density: number;
  },
): void {
  const reach = Math.max(across, along);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  visit(plane, { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }, (index, px, py) => {
    const u = ((px - x) * cos + (py - y) * sin) / across;
    const v = ((py - y) * cos - (px - x) * sin) / along;
    const rest = 1 - u * u - v * v;
    if (rest > 0) plane.depth[index] = (plane.depth[index] ?? 0) + density * Math.sqrt(rest);
  });
}

/** A region given by a function of place; `value` is added where it is not 0. */
export function region(plane: Absorber, value: (x: number, y: number) => number): void {
  visit(plane, { left: 0, right: 1, top: 0, bottom: plane.rows / plane.columns }, (index, x, y) => {
    plane.depth[index] = (plane.depth[index] ?? 0) + value(x, y);
  });
}

export type Tube = {
  readonly path: readonly Point[];
  /** Radius at the beginning and at the end of the path. */
  readonly radius: number | Point;
  readonly density: number;
  /** Share of the radius that is marrow or lumen: its wall then shows brighter than its middle. */
  readonly hollow?: number;
};

/** A tube along a line of points: ribs, long bones, vessels, the trachea. */
export function tube(plane: Absorber, { path, radius, density, hollow = 0 }: Tube): void {
  const [begin, finish] = typeof radius === "number" ? [radius, radius] : radius;
  const nearest = new Map<number, number>();
  for (let segment = 0; segment + 1 < path.length; segment++) {
    const [from, to] = [path[segment], path[segment + 1]];
    if (!from || !to) continue;
    const width = begin + (finish - begin) * (segment / Math.max(1, path.length - 2));
    near(plane, { from, to, width }, nearest);
  }
  for (const [index, share] of nearest) {
    const wall = Math.sqrt(1 - share * share);
    const inside = share < hollow ? Math.sqrt(hollow * hollow - share * share) : 0;
    plane.depth[index] = (plane.depth[index] ?? 0) + density * (wall - 0.75 * inside);
  }
}

/** For each pixel within `width` of a segment: its distance as a share of the width, the least of all segments. */
function near(
  plane: Absorber,
  { from, to, width }: { from: Point; to: Point; width: number },
  nearest: Map<number, number>,
) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy || 1e-12;
  const box = {
    left: Math.min(from[0], to[0]) - width,
    right: Math.max(from[0], to[0]) + width,
    top: Math.min(from[1], to[1]) - width,
    bottom: Math.max(from[1], to[1]) + width,
  };
  visit(plane, box, (index, x, y) => {
    const along = Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / length));
    const share = Math.hypot(x - from[0] - along * dx, y - from[1] - along * dy) / width;
    if (share < 1 && share < (nearest.get(index) ?? 1)) nearest.set(index, share);
  });
}

/** Points along a quadratic curve. */
export function curve(from: Point, over: Point, to: Point, steps = 14): Point[] {
  return Array.from({ length: steps + 1 }, (_, index) => {
    const t = index / steps;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
    return [a * from[0] + b * over[0] + c * to[0], a * from[1] + b * over[1] + c * to[1]] as const;
  });
}

/** A smooth step from 0 at `from` to 1 at `to`. */
export function smooth(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
