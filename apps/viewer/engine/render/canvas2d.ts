// Drawing without WebGL2: the table is applied to a whole resolution on the CPU and the browser scales it.
// At whole-number zooms of the full resolution the canvas equals the table here too.
import type { Affine } from "../affine.ts";
import type { Samples } from "../samples.ts";
import { filterFor, type Renderer, samplesFor, type Scene } from "./port.ts";

type Painted = { readonly samples: Samples; readonly table: Uint8Array; readonly surface: OffscreenCanvas };

/** Stored values through the table as RGBA. */
export function throughTable(
  { data, channels }: Samples,
  table: Uint8Array,
  mask: number,
): Uint8ClampedArray {
  const count = data.length / channels;
  const out = new Uint8ClampedArray(count * 4);
  const colour = (index: number, channel: number) => data[index * channels + channel] ?? 0;
  for (let index = 0; index < count; index++) {
    const at = index * 4;
    if (channels === 1) {
      out.fill(table[(data[index] ?? 0) & mask] ?? 0, at, at + 3);
    } else {
      for (let channel = 0; channel < 3; channel++) {
        const value = colour(index, channel);
        out[at + channel] = channels === 4 ? value : table[value] ?? 0;
      }
    }
    out[at + 3] = 255;
  }
  return out;
}

class CanvasRenderer implements Renderer {
  readonly kind = "canvas";
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #painted: Painted | undefined;

  constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D) {
    this.canvas = canvas;
    this.#context = context;
  }

  draw(scene: Scene): void {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#paintBy(scene, scene.toDevice);
    const { inset } = scene;
    if (!inset) return;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(inset.x, inset.y, inset.side, inset.side);
    context.clip();
    context.fillRect(inset.x, inset.y, inset.side, inset.side);
    this.#paintBy(scene, inset.toDevice);
    context.restore();
  }

  #paintBy(scene: Scene, m: Affine): void {
    const samples = samplesFor(scene, m);
    if (!samples) return;
    const context = this.#context;
    const { surface } = this.#paint(samples, scene);
    context.setTransform(m.a, m.b, m.c, m.d, m.e, m.f);
    context.imageSmoothingEnabled = filterFor(samples, m) !== "nearest";
    context.imageSmoothingQuality = "high";
    context.drawImage(surface, 0, 0, scene.full.width, scene.full.height);
  }

  release(): void {
    this.#painted = undefined;
  }

  #paint(samples: Samples, { table, bitsStored }: Scene): Painted {
    const held = this.#painted;
    if (held && held.samples === samples && held.table === table) return held;
    const surface = new OffscreenCanvas(samples.columns, samples.rows);
    const pixels = new ImageData(samples.columns, samples.rows);
    pixels.data.set(throughTable(samples, table, 2 ** bitsStored - 1));
    surface.getContext("2d")?.putImageData(pixels, 0, 0);
    this.#painted = { samples, table, surface };
    return this.#painted;
  }
}

/** A renderer for browsers without WebGL2. Throws when there is no canvas at all. */
export function canvasRenderer(canvas: HTMLCanvasElement): Renderer {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no canvas");
  return new CanvasRenderer(canvas, context);
}
