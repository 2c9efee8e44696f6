// A lateral thorax with a known vertebral heart score: vertebrae of unequal length, a heart with two axes, all turned by a
// seeded angle. Three bright squares of known places tell a test where the picture lies on the screen, without asking
// the viewer.
import type { Page } from "playwright-core";
import { type Seen, stageSeen } from "./seen.ts";
import type { Phantom } from "./phantoms.ts";
import { noise } from "./phantoms.ts";

export type Place = { readonly x: number; readonly y: number };

export type HeartPhantom = {
  readonly phantom: Phantom;
  /** The angle by which the animal is turned, in radians. */
  readonly turn: number;
  readonly carina: Place;
  readonly apex: Place;
  readonly shortAxis: readonly [Place, Place];
  /** Cranial edges of T4 and the vertebrae after it. */
  readonly edges: readonly Place[];
  /** The true score in vertebrae. */
  readonly score: number;
  /** Centers of the squares, the smallest first. */
  readonly squares: readonly [Place, Place, Place];
};

const size = 1600;
const squareSides = [20, 30, 42] as const;

/** A seeded row of numbers from 0 to 1. */
function seeded(seed: number): () => number {
  let count = 0;
  return () => noise(count++, 7, seed);
}

/** A phantom of 1600 × 1600 samples, 16 bits; the same seed makes the same animal. */
export function heartPhantom(seed: number): HeartPhantom {
  const random = seeded(seed);
  const turn = random() * 2 * Math.PI;
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const middle = size / 2;
  const placed = (x: number, y: number): Place => ({
    x: middle + x * cosine - y * sine,
    y: middle + x * sine + y * cosine,
  });
  const lengths = Array.from({ length: 8 }, () => 62 + 22 * random());
  const starts = lengths.reduce<number[]>((all, length) => [...all, (all.at(-1) ?? 0) + length], [-270]);
  const spine = -190;
  const spans = [4.6 + random(), 3.6 + random()] as const;
  const inSamples = (span: number) => {
    const whole = Math.floor(span);
    return lengths.slice(0, whole).reduce((sum, length) => sum + length, 0) +
      (span - whole) * (lengths[whole] ?? 0);
  };
  const [long, short] = [inSamples(spans[0]), inSamples(spans[1])];
  const tilt = 0.5 + 0.5 * random();
  const axis = { x: Math.cos(tilt), y: Math.sin(tilt) };
  const heart = { x: 0, y: 60 };
  const along = (part: number, across: number) =>
    placed(heart.x + axis.x * part - axis.y * across, heart.y + axis.y * part + axis.x * across);
  const squares = [placed(-330, 250), placed(330, 250), placed(330, -250)] as const;

  const value = (x: number, y: number) => {
    for (const [index, square] of squares.entries()) {
      const half = (squareSides[index] ?? 0) / 2;
      if (Math.abs(x + 0.5 - square.x) <= half && Math.abs(y + 0.5 - square.y) <= half) return 65_535;
    }
    const [dx, dy] = [x + 0.5 - middle, y + 0.5 - middle];
    const [u, v] = [dx * cosine + dy * sine, -dx * sine + dy * cosine];
    const body = Math.hypot(u / 560, v / 380) < 1 ? 9000 : 1500;
    const [p, q] = [
      ((u - heart.x) * axis.x + (v - heart.y) * axis.y) / (long / 2),
      (-(u - heart.x) * axis.y + (v - heart.y) * axis.x) / (short / 2),
    ];
    const inHeart = p * p + q * q < 1 ? 9000 : 0;
    const vertebra = starts.findIndex((start, index) =>
      u >= start + 3 && u < (starts[index + 1] ?? start) - 3
    );
    const bone = vertebra >= 0 && Math.abs(v - spine) < 30 ? 16_000 : 0;
    return body + inHeart + bone + Math.round(noise(x, y, seed) * 300);
  };
  return {
    phantom: { columns: size, rows: size, window: { center: 25_000, width: 50_000 }, value },
    turn,
    carina: along(-long / 2, 0),
    apex: along(long / 2, 0),
    shortAxis: [along(0, -short / 2), along(0, short / 2)],
    edges: starts.map((start) => placed(start, spine)),
    score: spans[0] + spans[1],
    squares,
  };
}

/** Where the squares lie on the stage, in its device pixels, found by their brightness; the smallest first. */
function squaresSeen(seen: Seen): [Place, Place, Place] {
  const bright: Place[] = [];
  for (let y = 0; y < seen.height; y++) {
    for (let x = 0; x < seen.width; x++) {
      if (seen.at(x, y).every((channel) => channel >= 250)) bright.push({ x, y });
    }
  }
  const clusters: Place[][] = [];
  for (const point of bright) {
    const near = clusters.find((cluster) => {
      const [first] = cluster;
      return first && Math.hypot(first.x - point.x, first.y - point.y) < 90;
    });
    if (near) near.push(point);
    else clusters.push([point]);
  }
  const [one, two, three, ...more] = clusters.toSorted((a, b) => a.length - b.length).map(centerOf);
  if (!one || !two || !three || more.length > 0) {
    throw new Error(`${clusters.length} squares were seen, not three`);
  }
  return [one, two, three];
}

function centerOf(cluster: readonly Place[]): Place {
  const sum = cluster.reduce((all, { x, y }) => ({ x: all.x + x + 0.5, y: all.y + y + 0.5 }), { x: 0, y: 0 });
  return { x: sum.x / cluster.length, y: sum.y / cluster.length };
}

/** From places in the picture to places on the stage, by where the three squares are. */
function placer(known: readonly Place[], seen: readonly Place[]): (place: Place) => Place {
  const [a, b, c] = known;
  const [p, q, r] = seen;
  if (!a || !b || !c || !p || !q || !r) throw new Error("three places are needed");
  const determinant = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  return ({ x, y }) => {
    const s = ((x - a.x) * (c.y - a.y) - (c.x - a.x) * (y - a.y)) / determinant;
    const t = ((b.x - a.x) * (y - a.y) - (x - a.x) * (b.y - a.y)) / determinant;
    return { x: p.x + s * (q.x - p.x) + t * (r.x - p.x), y: p.y + s * (q.y - p.y) + t * (r.y - p.y) };
  };
}

/** Where places of the phantom are on a page that shows it, in CSS pixels, found by the squares in what is seen. */
export async function placesOn(page: Page, heart: HeartPhantom, places: readonly Place[]): Promise<Place[]> {
  const seen = await stageSeen(page);
  const box = await page.locator(".stage-host").boundingBox();
  if (!box) throw new Error("there is no stage");
  const onStage = placer(heart.squares, squaresSeen(seen));
  return places.map((place) => {
    const { x, y } = onStage(place);
    return { x: box.x + x * box.width / seen.width, y: box.y + y * box.height / seen.height };
  });
}
