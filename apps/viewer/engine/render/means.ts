// What is read for each screen pixel, kept from one drawing to the next: while a reader drags the window, each is one
// look-up, and not up to 225 samples. Holds for all but mixing between samples, where greys are mixed and not values.
import type { Affine } from "../affine.ts";
import { linked, type Program } from "./program.ts";
import { leastOf, type Reading, tellMeaning, tellPlace } from "./reading.ts";
import { meanShader, meanShadingShader, vertexShader } from "./shaders.ts";
import type { SampleTexture } from "./textures.ts";

type Kept = { readonly held: SampleTexture; readonly toDevice: Affine };

/** Draws a picture at 1:1 or smaller; made anew when the context was lost. */
export class Means {
  readonly #gl: WebGL2RenderingContext;
  readonly #averaging: Program;
  readonly #shading: Program;
  readonly #frame: WebGLFramebuffer;
  #texture: WebGLTexture | undefined;
  #size = { width: 0, height: 0 };
  #kept: Kept | undefined;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#averaging = linked(gl, vertexShader, meanShader);
    this.#shading = linked(gl, vertexShader, meanShadingShader);
    this.#frame = gl.createFramebuffer();
  }

  /** Draws; `bindTable` binds the table to texture unit 1. */
  draw(reading: Reading, filterKind: number, bindTable: () => void): void {
    const gl = this.#gl;
    if (!this.#has(reading)) this.#read(reading, filterKind);
    gl.useProgram(this.#shading.program);
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture ?? null);
    bindTable();
    const { at } = this.#shading;
    gl.uniform1i(at("means"), 2);
    gl.uniform1i(at("table"), 1);
    const { scene, held } = reading;
    gl.uniform1f(at("least"), leastOf(scene, held.samples));
    tellMeaning(gl, this.#shading, scene, held.samples);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Forgets what was kept, and gives its memory back. */
  release(): void {
    if (this.#texture) this.#gl.deleteTexture(this.#texture);
    this.#texture = undefined;
    this.#kept = undefined;
  }

  #has({ held, toDevice }: Reading): boolean {
    const { drawingBufferWidth: width, drawingBufferHeight: height } = this.#gl;
    return this.#kept?.held === held && isSame(this.#kept.toDevice, toDevice) &&
      this.#size.width === width && this.#size.height === height;
  }

  #read(reading: Reading, filterKind: number): void {
    const gl = this.#gl;
    this.#fit();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.useProgram(this.#averaging.program);
    gl.uniform1i(this.#averaging.at("filterKind"), filterKind);
    tellMeaning(gl, this.#averaging, reading.scene, reading.held.samples);
    tellPlace(gl, this.#averaging, reading);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.#kept = reading;
  }

  /** A texture of the canvas's size to write into. */
  #fit(): void {
    const gl = this.#gl;
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    if (this.#texture && this.#size.width === width && this.#size.height === height) return;
    this.release();
    this.#size = { width, height };
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32UI, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    this.#texture = texture;
  }
}

function isSame(one: Affine, other: Affine): boolean {
  return one.a === other.a && one.b === other.b && one.c === other.c && one.d === other.d &&
    one.e === other.e && one.f === other.f;
}
