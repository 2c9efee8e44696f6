// What the viewer must know to show the frames of a derivative: plain JSON, made at ingest, read by the browser.
import type { VOILUTFunction } from "./window.ts";

/** A stored VOI window with the words that its maker gave it. */
export type VOIWindow = {
  readonly center: number;
  readonly width: number;
  readonly explanation: string | null;
  readonly function: VOILUTFunction;
};

/** Row and column spacing in millimetres, in that order (PS3.3 10.7.1.3). */
export type Spacing = readonly [number, number];

/** The samples that decoding a derivative's frame gives, and how to show them. */
export type FramePixels = {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** 1 for grey, 3 for RGB. */
  readonly samplesPerPixel: 1 | 3;
  /** Width of a decoded sample: 8 up to 8 bits stored, else 16, little endian. */
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Grey is kept as stored, so MONOCHROME1 is to be inverted; all colour is RGB. */
  readonly photometricInterpretation: "MONOCHROME1" | "MONOCHROME2" | "RGB";
  readonly rescale: { readonly slope: number; readonly intercept: number; readonly type: string | null };
  /** In the order stored; the first is the default, none means min-max. */
  readonly windows: readonly VOIWindow[];
  /** Least and largest stored value over all frames. */
  readonly minimum: number;
  readonly maximum: number;
  /** (0028,0030); null where distances on the patient are not calibrated. */
  readonly pixelSpacing: Spacing | null;
  /** (0018,1164), at the detector: measurements by it are magnified. */
  readonly imagerPixelSpacing: Spacing | null;
  /** Milliseconds between the frames of a cine. */
  readonly frameMilliseconds: number | null;
};

/**
 * Where one frame stands in the object of frames. `tilePartEnds` count from `offset`: the first `tilePartEnds[n]`
 * bytes give resolution n, from the smallest (0) to full.
 */
export type DerivedFrame =
  | { readonly offset: number; readonly length: number; readonly tilePartEnds: readonly number[] }
  | { readonly undecodable: string };
