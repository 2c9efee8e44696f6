// A phantom heart ultrasound: a sector of speckle with two chambers that beat once over the loop.
import { normalTable, type Random } from "./random.ts";

export type Cine = {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number;
  readonly pixels: Uint8Array;
};

type Echo = {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly gain: number;
  readonly grain: number;
  /** Distance from the heart's middle, 1 at its rim. */
  readonly muscle: number;
};

/** `frames` grey pictures of `side` × `side`, eight bits, one heartbeat long. */
export function beatingHeart(side: number, frames: number, random: Random): Cine {
  const pixels = new Uint8Array(side * side * frames);
  const still = new Uint8ClampedArray(side * side);
  const echoes = sector(side, random);
  for (const echo of echoes) still[echo.index] = tissue(echo);
  const moving = echoes.filter(({ muscle }) => muscle < 1);
  for (let frame = 0; frame < frames; frame++) {
    const squeeze = 1 - 0.24 * Math.max(0, Math.sin((2 * Math.PI * frame) / frames)) ** 1.5;
    const picture = still.slice();
    for (const echo of moving) picture[echo.index] = chambers(echo, squeeze);
    pixels.set(picture, frame * side * side);
  }
  return { columns: side, rows: side, frames, pixels };
}

/** The pixels within the probe's fan, with speckle that is fine along the beam and wide across it. */
function sector(side: number, random: Random): Echo[] {
  const noise = normalTable(random);
  const echoes: Echo[] = [];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [(column - side / 2) / side, row / side - 0.04];
      const depth = Math.hypot(x, y);
      const angle = Math.atan2(x, y);
      if (depth < 0.05 || depth > 0.92 || Math.abs(angle) > 0.66) continue;
      const beam = Math.floor(angle * 150);
      const coarse = noise[(Math.floor(depth * 210) * 397 + beam * 7919) & 0xffff] ?? 0;
      const fine = noise[(row * 8191 + column * 131) & 0xffff] ?? 0;
      const muscle = distance((x - 0.015) / 0.25, (y - 0.5) / 0.36);
      const gain = 1.1 - 0.55 * depth;
      echoes.push({ index: row * side + column, grain: 0.75 * coarse + 0.4 * fine, x, y, gain, muscle });
    }
  }
  return echoes;
}

function distance(across: number, along: number): number {
  return Math.sqrt(across * across + along * along);
}

function tissue({ grain, gain, muscle }: Echo, wall = 0): number {
  const rim = Math.abs(muscle - 1) < 0.035 ? 70 : 0;
  return ((muscle < 1 ? 82 : 46) + wall + rim) * gain * Math.max(0.15, 1 + 0.42 * grain);
}

function chambers(echo: Echo, squeeze: number): number {
  const { x, y, gain, grain } = echo;
  const left = distance((x + 0.075) / (0.115 * squeeze), (y - 0.46) / (0.2 * (0.6 + 0.4 * squeeze)));
  const right = distance((x - 0.125) / (0.07 * squeeze), (y - 0.43) / 0.16);
  const atrium = distance((x + 0.05) / 0.1, (y - 0.74) / (0.09 * (2 - squeeze)));
  if (Math.min(left, right, atrium) < 1) return 8 + 6 * grain * gain;
  const wall = Math.min(Math.abs(left - 1.06), Math.abs(right - 1.06), Math.abs(atrium - 1.08)) < 0.05;
  return tissue(echo, wall ? 55 : 0);
}
