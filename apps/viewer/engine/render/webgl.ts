// Drawing with WebGL2. Holds the textures of the scene's resolutions; a new window uploads the table alone.
import { type Affine, compose, inverse } from "../affine.ts";
import type { Size } from "../geometry.ts";
import { levelFor, type Samples } from "../samples.ts";
import { type Filter, filterFor, type Renderer, type Scene, zoomOf } from "./port.ts";
import { linked, type Program } from "./program.ts";
import { fragmentShader, vertexShader } from "./shaders.ts";
import { fillTable, type SampleTexture, sampleTexture, tableTexture } from "./textures.ts";

const filters: Record<Filter, number> = { nearest: 0, linear: 1, box: 2 };

export type WebGLOptions = {
  readonly canvas: HTMLCanvasElement;
  /** Called when the context came back: what was drawn is gone. */
  readonly onRestored: () => void;
};

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

class WebGLRenderer implements Renderer {
  readonly kind = "webgl";
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #largest: number;
  readonly #listening = new AbortController();
  #program: Program;
  #table: WebGLTexture;
  #filled: Uint8Array | undefined;
  #textures: SampleTexture[] = [];

  constructor(gl: WebGL2RenderingContext, { canvas, onRestored }: WebGLOptions) {
    this.canvas = canvas;
    this.#gl = gl;
    this.#largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    this.#program = linked(gl, vertexShader, fragmentShader);
    this.#table = tableTexture(gl);
    const { signal } = this.#listening;
    // Without preventDefault the browser never gives the context back.
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault(), { signal });
    canvas.addEventListener("webglcontextrestored", () => {
      this.#textures = [];
      this.#filled = undefined;
      this.#program = linked(gl, vertexShader, fragmentShader);
      this.#table = tableTexture(gl);
      onRestored();
    }, { signal });
  }

  draw(scene: Scene): void {
    const gl = this.#gl;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    this.#keep(scene.resolutions);
    const footprint = 1 / Math.max(zoomOf(scene.toDevice), 1e-9);
    const level = levelFor(scene.resolutions.map((samples) => samples.level), footprint);
    const samples = scene.resolutions.find((candidate) => candidate.level === level);
    if (!samples) {
      gl.clearColor(0, 0, 0, 1);
      return gl.clear(gl.COLOR_BUFFER_BIT);
    }
    this.#fill(scene.table);
    this.#paint(scene, this.#textureOf(samples));
  }

  release(): void {
    this.#listening.abort();
    this.#keep([]);
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #keep(resolutions: readonly Samples[]): void {
    const gone = this.#textures.filter((held) => !resolutions.includes(held.samples));
    for (const { texture } of gone) this.#gl.deleteTexture(texture);
    this.#textures = this.#textures.filter((held) => !gone.includes(held));
  }

  #textureOf(samples: Samples): SampleTexture {
    const held = this.#textures.find((texture) => texture.samples === samples);
    if (held) return held;
    const made = sampleTexture(this.#gl, samples, this.#largest);
    this.#textures.push(made);
    return made;
  }

  #fill(table: Uint8Array): void {
    if (table === this.#filled) return;
    fillTable(this.#gl, this.#table, table);
    this.#filled = table;
  }

  #paint(scene: Scene, { samples, texture, tiling }: SampleTexture): void {
    const gl = this.#gl;
    const { program, at } = this.#program;
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#table);
    gl.uniform1i(at("samples"), 0);
    gl.uniform1i(at("table"), 1);
    gl.uniform2i(at("size"), samples.columns, samples.rows);
    gl.uniform2i(at("tile"), tiling.tile.width, tiling.tile.height);
    gl.uniform1i(at("tileColumns"), tiling.columns * tiling.rows === 1 ? 0 : tiling.columns);
    gl.uniform1i(at("channels"), samples.channels);
    const mask = samples.channels === 1 ? 2 ** scene.bitsStored - 1 : 255;
    gl.uniform1i(at("mask"), mask);
    gl.uniform1i(at("signBit"), scene.signed && samples.channels === 1 ? (mask + 1) / 2 : mask + 1);
    gl.uniform1f(at("canvasHeight"), this.canvas.height);
    this.#place(scene, samples);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #place({ toDevice, full }: Scene, samples: Samples): void {
    const gl = this.#gl;
    const { at } = this.#program;
    const m = deviceToTexel(toDevice, samples, full);
    const { x, y, border } = layout(samples, full);
    gl.uniform1i(at("filterKind"), filters[filterFor(samples, toDevice)]);
    gl.uniformMatrix2fv(at("linear"), false, [m.a, m.b, m.c, m.d]);
    gl.uniform2f(at("shift"), m.e, m.f);
    gl.uniform2f(at("footprint"), Math.abs(m.a) + Math.abs(m.c), Math.abs(m.b) + Math.abs(m.d));
    gl.uniform1f(at("lowest"), border);
    gl.uniform2f(at("highest"), full.width * x + border, full.height * y + border);
  }
}

/** A WebGL2 renderer, or undefined where the browser has none. */
export function webglRenderer(options: WebGLOptions): Renderer | undefined {
  const gl = options.canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    powerPreference: "default",
  });
  if (!gl) return undefined;
  return new WebGLRenderer(gl, options);
}
