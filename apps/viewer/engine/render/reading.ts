// What the shaders are told of a resolution: where it lies, how a stored value is read, which table shades it.
import { type Affine, compose, inverse } from "../affine.ts";
import type { Size } from "../geometry.ts";
import type { Samples } from "../samples.ts";
import type { Scene } from "./port.ts";
import type { Program } from "./program.ts";
import type { SampleTexture } from "./textures.ts";

/** Where a resolution's texels lie: texel = scale · sample + border, in both directions. */
function layout(samples: Samples, full: Size): { x: number; y: number; border: number } {
  if (samples.channels === 4) {
    return { x: samples.columns / full.width, y: samples.rows / full.height, border: 0 };
  }
  const scale = 2 ** -samples.level;
  return { x: scale, y: scale, border: 0.5 - 0.5 * scale };
}

/**
 * From device pixels to texels of one resolution. A sample of level k stands for the full-resolution sample
 * 2^k·i (the low band of the 5/3 wavelet is centred on even samples), so that levels lie on one another. A
 * preview (four channels) was resized by area and fills the picture.
 */
export function deviceToTexel(toDevice: Affine, samples: Samples, full: Size): Affine {
  const { x, y, border } = layout(samples, full);
  return compose(inverse(toDevice), { a: x, b: 0, c: 0, d: y, e: border, f: border });
}

/** The least value that a sample can have: what kept means are counted from. */
export function leastOf({ signed, bitsStored }: Scene, { channels }: Samples): number {
  return signed && channels === 1 ? -(2 ** (bitsStored - 1)) : 0;
}

/** Tells a program what stored values mean. */
export function tellMeaning(
  gl: WebGL2RenderingContext,
  { at }: Program,
  scene: Scene,
  samples: Samples,
): void {
  gl.uniform1i(at("channels"), samples.channels);
  gl.uniform1i(at("mask"), maskOf(scene, samples));
}

function maskOf({ bitsStored }: Scene, { channels }: Samples): number {
  return channels === 1 ? 2 ** bitsStored - 1 : 255;
}

/** Tells a program where the picture lies under a transform, on a canvas of this height. */
export function tellPlace(
  gl: WebGL2RenderingContext,
  { at }: Program,
  { scene, toDevice, held: { samples, texture, tiling } }: Reading,
): void {
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
  gl.uniform1i(at("samples"), 0);
  gl.uniform2i(at("size"), samples.columns, samples.rows);
  gl.uniform2i(at("tile"), tiling.tile.width, tiling.tile.height);
  gl.uniform1i(at("tileColumns"), tiling.columns * tiling.rows === 1 ? 0 : tiling.columns);
  const mask = maskOf(scene, samples);
  gl.uniform1i(at("signBit"), scene.signed && samples.channels === 1 ? (mask + 1) / 2 : mask + 1);
  gl.uniform1f(at("canvasHeight"), gl.drawingBufferHeight);
  const m = deviceToTexel(toDevice, samples, scene.full);
  const { x, y, border } = layout(samples, scene.full);
  gl.uniformMatrix2fv(at("linear"), false, [m.a, m.b, m.c, m.d]);
  gl.uniform2f(at("shift"), m.e, m.f);
  gl.uniform2f(at("footprint"), Math.abs(m.a) + Math.abs(m.c), Math.abs(m.b) + Math.abs(m.d));
  gl.uniform1f(at("lowest"), border);
  gl.uniform2f(at("highest"), scene.full.width * x + border, scene.full.height * y + border);
}

/** A resolution in a texture, and the transform by which it is read. */
export type Reading = { readonly scene: Scene; readonly toDevice: Affine; readonly held: SampleTexture };
