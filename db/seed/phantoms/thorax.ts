// Phantom thoraxes of a dog or cat, drawn from simple solids: not an animal's anatomy, but with the things that a
// viewer is judged by: fine ribs over soft tissue, air, dense bone, a collimated border and a lead marker.
import { type Absorber, absorber, curve, ellipsoid, type Point, region, smooth, tube } from "./absorber.ts";
import type { Random } from "./random.ts";
import { grainy, soften } from "./texture.ts";

/** Proportions that differ between animals. */
export type Build = {
  /** Depth of the chest as a share of the picture's width. */
  readonly chest: number;
  /** Size of the heart against the dog's. */
  readonly heart: number;
  /** Thickness of bone against the dog's. */
  readonly bone: number;
};

export const dogBuild: Build = { chest: 0.46, heart: 1, bone: 1 };
export const catBuild: Build = { chest: 0.36, heart: 0.8, bone: 0.72 };

/** Lateral view: head to the left, back up. The picture is 6 wide to 5 high. */
export function lateralThorax(columns: number, build: Build, random: Random): Absorber {
  const plane = absorber(columns, Math.round(columns * 5 / 6));
  const back = (x: number) => 0.155 + 0.05 * (x - 0.45) ** 2;
  const belly = (x: number) =>
    0.2 + build.chest * (0.62 + 0.5 * smooth(-0.1, 0.42, x) - 0.22 * smooth(0.6, 1.15, x));
  body(plane, back, belly, 1.5);
  lungs(plane, { build, back, belly });
  heartAndVessels(plane, build, random);
  lateralSpine(plane, { build, back });
  lateralRibs(plane, { build, back, belly, random });
  foreleg(plane, build);
  gasInStomach(plane, [0.93, 0.2 + build.chest * 0.52], random);
  finish(plane, random);
  marker(plane, [0.06, 0.72]);
  return plane;
}

/** Ventrodorsal view: head up, the animal's right on the left. The picture is 5 wide to 6 high. */
export function ventrodorsalThorax(columns: number, build: Build, random: Random): Absorber {
  const plane = absorber(columns, Math.round(columns * 6 / 5));
  const half = (y: number) => build.chest * (0.42 + 0.42 * smooth(0.05, 0.62, y) - 0.1 * smooth(0.8, 1.2, y));
  region(plane, (x, y) => round((x - 0.5) / (half(y) * 1.08)) * 1.5);
  const dome = (x: number) => 0.82 + 0.8 * (x - 0.53) ** 2;
  region(plane, (x, y) => {
    const wall = round((x - 0.5) / (half(y) * 0.9));
    return -1.15 * wall ** 0.7 * smooth(0.16, 0.34, y) * (1 - smooth(-0.012, 0.012, y - dome(x)));
  });
  ellipsoid(plane, {
    at: [0.525, 0.585],
    radii: [0.125 * build.heart, 0.165 * build.heart],
    angle: -0.25,
    density: 0.8,
  });
  ellipsoid(plane, { at: [0.49, 0.4], radii: [0.07, 0.13], density: 0.35 });
  ventrodorsalSpine(plane, build);
  ventrodorsalRibs(plane, { build, half });
  bronchi(plane, [0.5, 0.5], random);
  for (const side of [-1, 1]) {
    const shoulder: Point = [0.5 + side * 0.3, 0.2];
    tube(plane, { path: [[0.5 + side * 0.2, 0.34], shoulder], radius: [0.02, 0.045], density: 0.35 });
    tube(plane, {
      path: [shoulder, [0.5 + side * 0.4, -0.02]],
      radius: 0.028 * build.bone,
      density: 0.75,
      hollow: 0.55,
    });
  }
  gasInStomach(plane, [0.62, 0.98], random);
  finish(plane, random);
  marker(plane, [0.88, 0.1]);
  return plane;
}

/** The half circle's height at a place from -1 to 1, 0 outside. */
function round(place: number): number {
  return Math.abs(place) < 1 ? Math.sqrt(1 - place * place) : 0;
}

type Line = (x: number) => number;

function body(plane: Absorber, back: Line, belly: Line, density: number): void {
  region(plane, (x, y) => {
    const [top, bottom] = [back(x) - 0.095, belly(x)];
    return density * round((2 * y - top - bottom) / (bottom - top)) ** 0.8;
  });
}

/** The diaphragm's line: it bulges to the head in the middle. */
function diaphragm(y: number, depth: number): number {
  return 0.62 + 0.42 * ((y - 0.25 - depth * 0.55) / depth) ** 2 + 0.14 * smooth(0.5, 0.1, y);
}

type Chest = { build: Build; back: Line; belly: Line };

function lungs(plane: Absorber, { build, back, belly }: Chest): void {
  region(plane, (x, y) => {
    const [top, bottom] = [back(x) + 0.075, belly(x) - 0.045];
    const within = round((2 * y - top - bottom) / (bottom - top)) ** 0.55;
    const front = smooth(0.2, 0.3, x - 0.08 * (y - 0.3));
    return -1.1 * within * front * (1 - smooth(-0.008, 0.008, x - diaphragm(y, build.chest)));
  });
}

function heartAndVessels(plane: Absorber, build: Build, random: Random): void {
  const middle: Point = [0.44, 0.2 + build.chest * 0.62];
  const size = build.heart * (build.chest / 0.46);
  ellipsoid(plane, { at: middle, radii: [0.105 * size, 0.145 * size], angle: 0.35, density: 0.72 });
  ellipsoid(plane, {
    at: [middle[0] + 0.03, middle[1] - 0.07 * size],
    radii: [0.09 * size, 0.07 * size],
    density: 0.25,
  });
  const hilus: Point = [middle[0] + 0.045, middle[1] - 0.11 * size];
  tube(plane, {
    path: curve([hilus[0] - 0.05, hilus[1] - 0.01], [hilus[0] + 0.02, hilus[1] - 0.1], [
      0.95,
      hilus[1] - 0.075,
    ]),
    radius: 0.022 * size,
    density: 0.28,
  });
  tube(plane, {
    path: [[hilus[0] + 0.06, middle[1] - 0.02], [0.66, middle[1] - 0.015]],
    radius: 0.016 * size,
    density: 0.25,
  });
  tube(plane, {
    path: curve([-0.02, 0.17 + build.chest * 0.24], [0.2, 0.17 + build.chest * 0.3], hilus),
    radius: 0.019 * size,
    density: -0.42,
  });
  bronchi(plane, hilus, random);
}

/** Vessels that leave the hilus, fork and thin out. */
function bronchi(plane: Absorber, hilus: Point, random: Random): void {
  const grow = (from: Point, angle: number, length: number, radius: number) => {
    if (radius < 0.0014) return;
    const bend = angle + (random() - 0.5) * 0.5;
    const over: Point = [from[0] + Math.cos(angle) * length / 2, from[1] + Math.sin(angle) * length / 2];
    const to: Point = [over[0] + Math.cos(bend) * length / 2, over[1] + Math.sin(bend) * length / 2];
    tube(plane, {
      path: curve(from, over, to, 5),
      radius: [radius, radius * 0.7],
      density: 3 * radius ** 0.75,
    });
    grow(to, bend + 0.25 + random() * 0.3, length * 0.75, radius * 0.66);
    grow(to, bend - 0.25 - random() * 0.3, length * 0.75, radius * 0.66);
  };
  const root = (angle: number, length: number, radius: number) =>
    grow([hilus[0] + 0.02 * Math.cos(angle), hilus[1] + 0.02 * Math.sin(angle)], angle, length, radius);
  for (let index = 0; index < 7; index++) root(-0.8 + index * 0.38 + random() * 0.2, 0.1, 0.0075);
  for (let index = 0; index < 4; index++) root(2.2 + index * 0.45, 0.07, 0.006);
}

function lateralSpine(plane: Absorber, { build, back }: { build: Build; back: Line }): void {
  const step = 0.062;
  for (let x = -0.03; x < 1.05; x += step) {
    const y = back(x) + 0.03;
    const bone = build.bone;
    block(plane, [x, y], [step * 0.43, 0.023 * bone], 0.8);
    tube(plane, {
      path: [[x - 0.4 * step, y - 0.028], [x + 0.45 * step, y - 0.03]],
      radius: 0.006 * bone,
      density: 0.35,
    });
    const lean = x < 0.66 ? 0.045 : -0.012;
    const reach = x < 0.66 ? 0.07 - 0.035 * smooth(0.2, 0.66, x) : 0.04;
    tube(plane, {
      path: [[x, y - 0.03], [x + lean, y - 0.03 - reach]],
      radius: [0.011 * bone, 0.008 * bone],
      density: 0.42,
      hollow: 0.6,
    });
  }
}

/** A vertebral body: a soft-edged block whose end plates are denser than its middle. */
function block(plane: Absorber, [x, y]: Point, [half, height]: Point, density: number): void {
  for (const end of [-1, 1]) {
    tube(plane, {
      path: [[x + end * half, y - height], [x + end * half, y + height]],
      radius: 0.0045,
      density: density * 0.28,
    });
    tube(plane, {
      path: [[x - half, y + end * height], [x + half, y + end * height * 0.94]],
      radius: 0.004,
      density: density * 0.24,
    });
  }
  for (let slice = -3; slice <= 3; slice++) {
    const at = y + (slice / 3.5) * height;
    tube(plane, { path: [[x - half, at], [x + half, at]], radius: height * 0.34, density: density * 0.26 });
  }
}

function lateralRibs(plane: Absorber, { build, back, belly, random }: Chest & { random: Random }): void {
  for (let side = 0; side < 2; side++) {
    for (let rib = 0; rib < 13; rib++) {
      const x = 0.2 + rib * 0.0475 + side * 0.012;
      const top: Point = [x, back(x) + 0.035];
      const spread = 0.045 + rib * 0.0085;
      const fall = build.chest * (0.86 - 0.014 * Math.abs(rib - 6) - 0.05 * smooth(8, 13, rib));
      const to: Point = [x + spread * 0.6 + random() * 0.006, Math.min(top[1] + fall, belly(x) - 0.035)];
      const over: Point = [x + spread * 1.25, top[1] + fall * 0.35];
      tube(plane, {
        path: curve(top, over, to),
        radius: [0.0068 * build.bone, 0.0082 * build.bone],
        density: side === 0 ? 0.3 : 0.22,
        hollow: 0.62,
      });
      const cartilage: Point = [to[0] - 0.035, to[1] + 0.022];
      tube(plane, {
        path: curve(to, [to[0] - 0.004, to[1] + 0.02], cartilage, 5),
        radius: 0.005,
        density: 0.08,
      });
    }
  }
  for (let sternebra = 0; sternebra < 8; sternebra++) {
    const x = 0.21 + sternebra * 0.052;
    block(plane, [x, belly(x) - 0.022], [0.019, 0.008 * build.bone], 0.42);
  }
}

function foreleg(plane: Absorber, build: Build): void {
  const elbow: Point = [0.15, 0.2 + build.chest * 1.02];
  const shoulder: Point = [0.1, 0.2 + build.chest * 0.66];
  ellipsoid(plane, { at: [0.13, 0.2 + build.chest * 0.68], radii: [0.12, 0.17], angle: -0.3, density: 0.45 });
  tube(plane, { path: [[0.2, 0.2], shoulder], radius: [0.05, 0.022], density: 0.2, hollow: 0.85 });
  tube(plane, { path: [shoulder, elbow], radius: 0.023 * build.bone, density: 0.7, hollow: 0.6 });
  tube(plane, { path: [elbow, [0.06, 0.9]], radius: 0.017 * build.bone, density: 0.65, hollow: 0.6 });
  ellipsoid(plane, { at: shoulder, radii: [0.03 * build.bone, 0.028 * build.bone], density: 0.4 });
}

function ventrodorsalSpine(plane: Absorber, build: Build): void {
  for (let y = -0.02; y < 1.22; y += 0.068) {
    block(plane, [0.5, y], [0.024 * build.bone, 0.027], 0.62);
    tube(plane, { path: [[0.5, y - 0.012], [0.5, y + 0.02]], radius: 0.008 * build.bone, density: 0.4 });
    for (const side of [-1, 1]) {
      tube(plane, {
        path: [[0.5, y], [0.5 + side * 0.055, y + 0.012]],
        radius: 0.007 * build.bone,
        density: 0.25,
      });
    }
  }
}

function ventrodorsalRibs(plane: Absorber, { build, half }: { build: Build; half: Line }): void {
  for (let rib = 0; rib < 13; rib++) {
    const y = 0.2 + rib * 0.062;
    for (const side of [-1, 1]) {
      const out = half(y + 0.05) * (rib < 2 ? 0.75 : 0.98);
      const edge: Point = [0.5 + side * out, y + 0.075];
      const tip: Point = [0.5 + side * out * 0.62, y + 0.19 + rib * 0.004];
      const path = [
        ...curve([0.5 + side * 0.03, y], [0.5 + side * out * 0.75, y - 0.03], edge),
        ...curve(edge, [0.5 + side * out * 1.03, y + 0.13], tip).slice(1),
      ];
      tube(plane, { path, radius: 0.0078 * build.bone, density: 0.27, hollow: 0.62 });
    }
  }
}

function gasInStomach(plane: Absorber, at: Point, random: Random): void {
  for (let bubble = 0; bubble < 6; bubble++) {
    const place: Point = [at[0] + (random() - 0.5) * 0.09, at[1] + (random() - 0.5) * 0.06];
    ellipsoid(plane, { at: place, radii: [0.035 + random() * 0.03, 0.02 + random() * 0.02], density: -0.16 });
  }
}

function finish(plane: Absorber, random: Random): void {
  grainy(plane, 0.05, random);
  soften(plane, 2);
}

/** A lead letter L beside the animal. */
function marker(plane: Absorber, [x, y]: Point): void {
  tube(plane, { path: [[x, y], [x, y + 0.05], [x + 0.03, y + 0.05]], radius: 0.0045, density: 2.6 });
}
