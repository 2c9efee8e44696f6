// The canvas and the reader's view of it: size, zoom, pan, window, inversion. Draws at most once a screen
// refresh, and only when something changed. Knows nothing of where pictures come from.
import type { FramePixels, Window } from "#core/contract/pixels.ts";
import type { Point } from "./affine.ts";
import {
  fit,
  fitZoom,
  panBy,
  type PictureSize,
  type Size,
  toDevice,
  type View,
  zoomAt,
  zoomTo,
} from "./geometry.ts";
import { canvasRenderer } from "./render/canvas2d.ts";
import type { Renderer } from "./render/port.ts";
import { webglRenderer } from "./render/webgl.ts";
import type { Samples } from "./samples.ts";
import { pictureSize } from "./slots.ts";
import { firstWindow, sameWindow, tableFor } from "./windowing.ts";

/** What is drawn: a frame's meaning and what is held of it. */
export type Shown = {
  readonly pixels: FramePixels;
  readonly preview: Samples | null;
  readonly resolutions: readonly Samples[];
};

export type ViewportOptions = {
  /** The element that the canvas fills. */
  readonly host: HTMLElement;
  /** View or window changed by something else than a call, e.g. another size. */
  readonly onChange: () => void;
};

export class Viewport {
  readonly #options: ViewportOptions;
  readonly #observer: ResizeObserver;
  #renderer: Renderer;
  #shown: Shown | null = null;
  #view: View | null = null;
  /** The reader's window; null follows the file. */
  #window: Window | null = null;
  #invert = false;
  #table: { readonly pixels: FramePixels; window: Window; invert: boolean; table: Uint8Array } | null = null;
  #drawing: number | undefined;

  constructor(options: ViewportOptions) {
    this.#options = options;
    this.#renderer = this.#begin();
    this.#observer = new ResizeObserver((entries) => this.#resize(entries.at(-1)));
    this.#watch();
  }

  get rendererKind(): Renderer["kind"] {
    return this.#renderer.kind;
  }

  get zoom(): number {
    return this.#view?.zoom ?? 1;
  }

  get isFitted(): boolean {
    return this.#view?.fitted ?? true;
  }

  get isInverted(): boolean {
    return this.#invert;
  }

  /** The window that is drawn, or null while there is no frame. */
  get window(): Window | null {
    return this.#shown && (this.#window ?? firstWindow(this.#shown.pixels));
  }

  /** Device pixels a CSS pixel takes on the canvas. */
  get density(): number {
    const width = this.#options.host.clientWidth;
    return width > 0 ? this.#canvas.width / width : 1;
  }

  /** Shows a frame; a frame of another size is fitted anew. Null: black. */
  show(shown: Shown | null): void {
    const before = this.#shown;
    this.#shown = shown;
    const same = before && shown && sameShape(before.pixels, shown.pixels);
    if (shown && (!same || !this.#view || this.#view.fitted)) {
      this.#view = fit(pictureSize(shown.pixels), this.#size);
    }
    this.redraw();
  }

  /** Forgets what the reader turned, for another series. */
  forget(): void {
    this.#window = null;
    this.#invert = false;
    this.#view = null;
  }

  setWindow(window: Window | null): void {
    this.#window = window;
    this.redraw();
  }

  setInvert(invert: boolean): void {
    this.#invert = invert;
    this.redraw();
  }

  /** The whole picture. */
  fit(): void {
    this.#move((_view, picture, size) => fit(picture, size));
  }

  /** Zooms by a factor around a point of the canvas in CSS pixels, or around its middle. */
  zoomBy(factor: number, at?: Point): void {
    this.#move((view, picture, size) => zoomAt(view, picture, size, this.#device(at), factor));
  }

  /** Device pixels a sample, around a point of the canvas in CSS pixels. */
  zoomTo(zoom: number, at?: Point): void {
    this.#move((view, picture, size) => zoomTo(view, picture, size, this.#device(at), zoom));
  }

  /** Moves by CSS pixels. */
  panBy({ x, y }: Point): void {
    const { density } = this;
    this.#move((view, picture, size) => panBy(view, picture, size, { x: x * density, y: y * density }));
  }

  /** Whether the picture is larger than the canvas. */
  get isOverflowing(): boolean {
    if (!this.#shown || !this.#view) return false;
    return this.#view.zoom > fitZoom(pictureSize(this.#shown.pixels), this.#size) * 1.001;
  }

  /** Draws with the next screen refresh. */
  redraw(): void {
    this.#drawing ??= requestAnimationFrame(() => {
      this.#drawing = undefined;
      this.#draw();
    });
  }

  close(): void {
    if (this.#drawing !== undefined) cancelAnimationFrame(this.#drawing);
    this.#drawing = undefined;
    this.#observer.disconnect();
    this.#renderer.release();
    this.#canvas.remove();
  }

  get #canvas(): HTMLCanvasElement {
    return this.#renderer.canvas;
  }

  get #size(): Size {
    return { width: this.#canvas.width, height: this.#canvas.height };
  }

  #begin(): Renderer {
    const canvas = this.#newCanvas();
    const onRestored = () => this.redraw();
    return webglRenderer({ canvas, onRestored }) ?? canvasRenderer(canvas);
  }

  #newCanvas(): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    this.#options.host.prepend(canvas);
    return canvas;
  }

  #watch(): void {
    try {
      // The only way to know the canvas's true pixels when the density is not a whole number.
      this.#observer.observe(this.#options.host, { box: "device-pixel-content-box" });
    } catch {
      this.#observer.observe(this.#options.host);
    }
  }

  #resize(entry: ResizeObserverEntry | undefined): void {
    const exact = entry?.devicePixelContentBoxSize?.[0];
    const { clientWidth, clientHeight } = this.#options.host;
    const width = devicePixels(exact?.inlineSize, clientWidth);
    const height = devicePixels(exact?.blockSize, clientHeight);
    if (width === 0 || height === 0) return;
    if (width === this.#canvas.width && height === this.#canvas.height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    if (this.#shown && this.#view?.fitted !== false) {
      this.#view = fit(pictureSize(this.#shown.pixels), this.#size);
    }
    // At once: a canvas that changed its size is empty until it is drawn.
    this.#draw();
    this.#options.onChange();
  }

  #device(at: Point | undefined): Point {
    if (!at) return { x: this.#size.width / 2, y: this.#size.height / 2 };
    return { x: at.x * this.density, y: at.y * this.density };
  }

  #move(change: (view: View, picture: PictureSize, size: Size) => View): void {
    if (!this.#shown || !this.#view) return;
    this.#view = change(this.#view, pictureSize(this.#shown.pixels), this.#size);
    this.redraw();
  }

  #tableOf(pixels: FramePixels): Uint8Array {
    const window = this.#window ?? firstWindow(pixels);
    const held = this.#table;
    const same = held && held.pixels === pixels && held.invert === this.#invert &&
      sameWindow(held.window, window);
    if (same) return held.table;
    const table = tableFor(pixels, window, this.#invert);
    this.#table = { pixels, window, invert: this.#invert, table };
    return table;
  }

  #draw(): void {
    const shown = this.#shown;
    if (!shown || !this.#view) return this.#renderer.draw(nothing);
    const { pixels, preview, resolutions } = shown;
    const picture = pictureSize(pixels);
    // A preview has its window in it: it stands in only until the first real values are here.
    const instead = preview ? [preview] : [];
    this.#renderer.draw({
      resolutions: resolutions.length > 0 ? resolutions : instead,
      full: picture,
      bitsStored: pixels.bitsStored,
      signed: pixels.signed,
      table: this.#tableOf(pixels),
      toDevice: toDevice(this.#view, picture, this.#size),
    });
  }
}

/** The exact size where the browser tells it. Emulated densities are not in it, so it has to be near the product. */
function devicePixels(exact: number | undefined, css: number): number {
  const product = Math.round(css * devicePixelRatio);
  return exact !== undefined && Math.abs(exact - product) <= 2 ? exact : product;
}

const nothing = {
  resolutions: [],
  full: { width: 1, height: 1 },
  bitsStored: 8,
  signed: false,
  table: new Uint8Array(256),
  toDevice: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 },
};

function sameShape(one: FramePixels, other: FramePixels): boolean {
  return one.columns === other.columns && one.rows === other.rows;
}
