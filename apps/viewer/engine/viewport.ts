// The canvas and the reader's view of it: size, zoom, pan, window, inversion. Draws at most once a screen
// refresh, and only when something changed. Knows nothing of where pictures come from.
import type { FramePixels, Window } from "#core/contract/pixels.ts";
import { type Affine, compose, type Point } from "./affine.ts";
import {
  fit,
  fitZoom,
  flipped,
  panBy,
  type PictureSize,
  type Pose,
  type Size,
  toDevice,
  turned,
  upright,
  type View,
  zoomAt,
  zoomTo,
} from "./geometry.ts";
import { insetAt } from "./magnifier.ts";
import { canvasRenderer } from "./render/canvas2d.ts";
import type { Inset, Renderer } from "./render/port.ts";
import { webglRenderer } from "./render/webgl.ts";
import type { Samples } from "./samples.ts";
import { pictureSize } from "./slots.ts";
import { firstWindow, sameWindow, tableFor } from "./windowing.ts";

/** What is drawn: a frame's meaning and what is held of it. */
export type Shown = {
  readonly pixels: FramePixels;
  readonly preview: Samples | null;
  readonly resolutions: readonly Samples[];
  /** Pictures of one key are turned together; `hung` is how they lie before the reader turns them. */
  readonly turning: string;
  readonly hung: Pose;
};

/** A part of a picture, whatever its size: zoom as a multiple of the whole picture's, middle from 0 to 1. */
export type Relative = {
  readonly fitted: boolean;
  readonly zoom: number;
  readonly center: Point;
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
  /** How the reader turned pictures. */
  readonly #poses = new Map<string, Pose>();
  /** The reader's window; null follows the file. */
  #window: Window | null = null;
  #invert = false;
  /** The middle of the magnifier in CSS pixels of the host, and whether a finger hides what is under it. */
  #magnified: { readonly at: Point; readonly isTouch: boolean } | null = null;
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

  /** How the picture is turned. */
  get pose(): Pose {
    return this.#view?.pose ?? upright;
  }

  /** From samples of the picture to CSS pixels of the host; null while there is no picture. */
  get toHost(): Affine | null {
    if (!this.#shown || !this.#view) return null;
    const device = toDevice(this.#view, pictureSize(this.#shown.pixels), this.#size);
    const scale = 1 / this.density;
    return compose(device, { a: scale, b: 0, c: 0, d: scale, e: 0, f: 0 });
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
    const pose = shown && (this.#poses.get(shown.turning) ?? shown.hung);
    if (shown && pose && (!same || !this.#view || this.#view.fitted || !samePose(this.#view.pose, pose))) {
      this.#view = fit(pictureSize(shown.pixels), this.#size, pose);
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
    this.#move((view, picture, size) => fit(picture, size, view.pose));
  }

  /** Turns by a quarter, clockwise for 1; a picture that was whole is whole again. */
  turn(by: 1 | -1): void {
    this.#pose((pose) => turned(pose, by));
  }

  /** Mirrors what is on the screen. */
  flip(across: "horizontal" | "vertical"): void {
    this.#pose((pose) => flipped(pose, across));
  }

  /** As the picture is hung, whole. */
  straighten(): void {
    const { hung = upright } = this.#shown ?? {};
    this.#pose(() => hung);
    this.fit();
  }

  /** Shows what lies under a place of the host larger; null puts the magnifier away. */
  magnify(at: Point | null, isTouch: boolean): void {
    this.#magnified = at && { at, isTouch };
    this.redraw();
  }

  /** Where the magnifier is, in CSS pixels of the host. */
  get magnifier(): { readonly x: number; readonly y: number; readonly side: number } | null {
    const inset = this.#inset;
    const { density } = this;
    return inset && { x: inset.x / density, y: inset.y / density, side: inset.side / density };
  }

  get #inset(): Inset | null {
    if (!this.#magnified || !this.#shown || !this.#view) return null;
    const placed = toDevice(this.#view, pictureSize(this.#shown.pixels), this.#size);
    return insetAt(this.#magnified, { toDevice: placed, density: this.density });
  }

  /** What another viewport needs to show the same part of its picture: zoom against the whole, middle in parts. */
  get relative(): Relative | null {
    if (!this.#shown || !this.#view) return null;
    const picture = pictureSize(this.#shown.pixels);
    const { zoom, center, fitted, pose } = this.#view;
    return {
      fitted,
      zoom: zoom / fitZoom(picture, this.#size, pose),
      center: { x: center.x / picture.width, y: center.y / picture.height },
    };
  }

  /** Shows the part that another viewport shows; turned as it is. */
  follow({ fitted, zoom, center }: Relative): void {
    this.#move(({ pose }, picture, size) => {
      const whole = fit(picture, size, pose);
      if (fitted) return whole;
      const middle = { x: center.x * picture.width, y: center.y * picture.height };
      return { pose, fitted, zoom: whole.zoom * zoom, center: middle };
    });
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
    return this.#view.zoom > fitZoom(pictureSize(this.#shown.pixels), this.#size, this.#view.pose) * 1.001;
  }

  /** What is drawn now as a file; drawn anew for it, since a canvas does not keep its picture. */
  toBlob(type: string, quality: number): Promise<Blob> {
    this.#draw();
    return new Promise((settle, fail) => {
      this.#canvas.toBlob(
        (blob) => blob ? settle(blob) : fail(new Error("the picture could not be written")),
        type,
        quality,
      );
    });
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
      this.#view = fit(pictureSize(this.#shown.pixels), this.#size, this.pose);
    }
    // At once: a canvas that changed its size is empty until it is drawn.
    this.#draw();
    this.#options.onChange();
  }

  #pose(change: (pose: Pose) => Pose): void {
    this.#move((view, picture, size) => {
      const pose = change(view.pose);
      if (this.#shown) this.#poses.set(this.#shown.turning, pose);
      return view.fitted ? fit(picture, size, pose) : { ...view, pose };
    });
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
      inset: this.#inset,
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
  inset: null,
};

function sameShape(one: FramePixels, other: FramePixels): boolean {
  return one.columns === other.columns && one.rows === other.rows;
}

function samePose(one: Pose, other: Pose): boolean {
  return one.mirrored === other.mirrored && one.quarters === other.quarters;
}
