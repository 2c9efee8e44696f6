// Drawing with WebGL2. Holds the textures of the scene's resolutions; a new window uploads the table alone.
import type { Affine } from "../affine.ts";
import type { Samples } from "../samples.ts";
import { Means } from "./means.ts";
import { type Filter, filterFor, type Renderer, samplesFor, type Scene } from "./port.ts";
import { linked, type Program } from "./program.ts";
import { type Reading, tellMeaning, tellPlace } from "./reading.ts";
import { fragmentShader, vertexShader } from "./shaders.ts";
import { fillTable, type SampleTexture, sampleTexture, tableTexture } from "./textures.ts";

const filters: Record<Filter, number> = { nearest: 0, linear: 1, box: 2 };

export type WebGLOptions = {
  readonly canvas: HTMLCanvasElement;
  /** Called when the context came back: what was drawn is gone. */
  readonly onRestored: () => void;
};

class WebGLRenderer implements Renderer {
  readonly kind = "webgl";
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #largest: number;
  readonly #listening = new AbortController();
  #program: Program;
  #means: Means;
  #table: WebGLTexture;
  #filled: Uint8Array | undefined;
  #textures: SampleTexture[] = [];

  constructor(gl: WebGL2RenderingContext, { canvas, onRestored }: WebGLOptions) {
    this.canvas = canvas;
    this.#gl = gl;
    this.#largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    this.#program = linked(gl, vertexShader, fragmentShader);
    this.#means = new Means(gl);
    this.#table = tableTexture(gl);
    const { signal } = this.#listening;
    // Without preventDefault the browser never gives the context back.
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault(), { signal });
    canvas.addEventListener("webglcontextrestored", () => {
      this.#textures = [];
      this.#filled = undefined;
      this.#program = linked(gl, vertexShader, fragmentShader);
      this.#means = new Means(gl);
      this.#table = tableTexture(gl);
      onRestored();
    }, { signal });
  }

  draw(scene: Scene): void {
    const gl = this.#gl;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    this.#keep(scene.resolutions);
    this.#fill(scene.table);
    this.#paint(scene, scene.toDevice);
    const { inset } = scene;
    if (!inset) return;
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(inset.x, this.canvas.height - inset.y - inset.side, inset.side, inset.side);
    this.#paint(scene, inset.toDevice);
    gl.disable(gl.SCISSOR_TEST);
  }

  release(): void {
    this.#listening.abort();
    this.#keep([]);
    this.#means.release();
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

  #paint(scene: Scene, toDevice: Affine): void {
    const gl = this.#gl;
    const samples = samplesFor(scene, toDevice);
    if (!samples) {
      gl.clearColor(0, 0, 0, 1);
      return gl.clear(gl.COLOR_BUFFER_BIT);
    }
    const reading = { scene, toDevice, held: this.#textureOf(samples) };
    const filter = filterFor(samples, toDevice);
    // The magnifier moves with the pointer: what is read for it would be read anew each time.
    if (filter !== "linear" && toDevice === scene.toDevice) {
      return this.#means.draw(reading, filters[filter], () => this.#bindTable());
    }
    this.#paintEach(reading, filter);
  }

  #bindTable(): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#table);
  }

  #paintEach(reading: Reading, filter: Filter): void {
    const gl = this.#gl;
    const { program, at } = this.#program;
    gl.useProgram(program);
    this.#bindTable();
    gl.uniform1i(at("table"), 1);
    gl.uniform1i(at("filterKind"), filters[filter]);
    tellMeaning(gl, this.#program, reading.scene, reading.held.samples);
    tellPlace(gl, this.#program, reading);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
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
