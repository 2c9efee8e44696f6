// Samples and tables as textures. Integer formats: nothing is scaled, filtered or colour-managed on the way.
import type { Samples } from "../samples.ts";
import { tilesOf, type Tiling, tiling } from "./tiles.ts";

export type SampleTexture = {
  readonly texture: WebGLTexture;
  readonly tiling: Tiling;
  readonly samples: Samples;
};

type Format = { readonly internal: number; readonly format: number; readonly type: number };

function formatOf(gl: WebGL2RenderingContext, { channels, data }: Samples): Format {
  if (channels === 4) return { internal: gl.RGBA8UI, format: gl.RGBA_INTEGER, type: gl.UNSIGNED_BYTE };
  if (channels === 3) return { internal: gl.RGB8UI, format: gl.RGB_INTEGER, type: gl.UNSIGNED_BYTE };
  if (data instanceof Uint8Array) {
    return { internal: gl.R8UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_BYTE };
  }
  return { internal: gl.R16UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_SHORT };
}

function exact(gl: WebGL2RenderingContext, target: number): void {
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

/** Uploads samples, in tiles no larger than `largest` a side. */
export function sampleTexture(gl: WebGL2RenderingContext, samples: Samples, largest: number): SampleTexture {
  const picture = { width: samples.columns, height: samples.rows };
  const layout = tiling(picture, largest);
  const { internal, format, type } = formatOf(gl, samples);
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
  exact(gl, gl.TEXTURE_2D_ARRAY);
  const { width, height } = layout.tile;
  gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, internal, width, height, layout.columns * layout.rows);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, samples.columns);
  for (const part of tilesOf(picture, layout)) {
    const size = [part.width, part.height, 1] as const;
    // An offset into the samples, not UNPACK_SKIP_ROWS: that one is not honoured everywhere for layers.
    const from = (part.y * samples.columns + part.x) * samples.channels;
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, part.layer, ...size, format, type, samples.data, from);
  }
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  return { texture, tiling: layout, samples };
}

const side = 256;

/** A 256 × 256 texture for tables of up to 65,536 entries. */
export function tableTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE1);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  exact(gl, gl.TEXTURE_2D);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, side, side);
  return texture;
}

/** Fills the table texture. */
export function fillTable(gl: WebGL2RenderingContext, texture: WebGLTexture, table: Uint8Array): void {
  const rows = Math.ceil(table.length / side);
  const padded = table.length === rows * side ? table : new Uint8Array(rows * side);
  if (padded !== table) padded.set(table);
  gl.activeTexture(gl.TEXTURE1);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, side, rows, gl.RED, gl.UNSIGNED_BYTE, padded);
}
