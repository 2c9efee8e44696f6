// How a picture made at ingest is laid out and shown: what the viewer needs to fetch and to draw it.
import { z } from "zod";

/**
 * A VOI LUT (PS3.3 C.11.2.1.1) in the 256 levels of a screen: how many input values from `first` on, in output units of
 * the modality transform, have which level. Values before the first and after the last have theirs.
 */
export const VoiLut = z.object({
  first: z.int(),
  runs: z.array(z.tuple([z.int().min(1), z.int().min(0).max(255)])).min(1).max(4096),
});
export type VoiLut = z.infer<typeof VoiLut>;

/**
 * A window (PS3.3 C.11.2.1.2): center and width in output units of the modality transform. Of the function LUT they
 * say what it spans.
 */
export const Window = z.object({
  center: z.number(),
  width: z.number(),
  explanation: z.string().nullable(),
  function: z.enum(["LINEAR", "LINEAR_EXACT", "SIGMOID", "LUT"]),
  lut: VoiLut.optional(),
});
export type Window = z.infer<typeof Window>;

/**
 * One frame's codestream inside the HTJ2K object: byte offset and length, and for each resolution, from the
 * coarsest, the length of the prefix that decodes it (ends of the tile parts, ISO/IEC 15444-1 A.7.1 TLM).
 */
export const FrameRange = z.object({
  offset: z.int().min(0),
  length: z.int().min(1),
  tilePartEnds: z.array(z.int().min(1)),
});
export type FrameRange = z.infer<typeof FrameRange>;

/** A frame that could not be decoded takes no bytes and says why; the others of its instance are shown. */
export const PictureFrame = z.union([FrameRange, z.object({ undecodable: z.string() })]);
export type PictureFrame = z.infer<typeof PictureFrame>;

/** What the samples of every frame of an instance mean (PS3.3 C.7.6.3, C.11.1, C.11.2). */
export const FramePixels = z.object({
  rows: z.int().min(1),
  columns: z.int().min(1),
  /** 1 for grey; 3 for colour, interleaved by pixel, RGB after decoding. */
  samplesPerPixel: z.union([z.literal(1), z.literal(3)]),
  bitsAllocated: z.union([z.literal(8), z.literal(16)]),
  bitsStored: z.int().min(1).max(16),
  signed: z.boolean(),
  photometricInterpretation: z.enum(["MONOCHROME1", "MONOCHROME2", "RGB"]),
  rescaleSlope: z.number(),
  rescaleIntercept: z.number(),
  /** In the order of the file; the first is shown first. Empty: from the smallest to the largest value. */
  windows: z.array(Window),
  /** Smallest and largest stored value of all frames. */
  smallest: z.int(),
  largest: z.int(),
  /** Row and column spacing in millimetres, where known, and what it was measured at. */
  spacing: z.object({
    row: z.number().positive(),
    column: z.number().positive(),
    at: z.enum(["patient", "detector"]),
  }).nullable(),
  /**
   * Which way the first row (from left to right) and the first column (from top to bottom) run in the animal, as the
   * letters of Patient Orientation (PS3.3 C.7.6.1.1.1); null where the file does not say.
   */
  orientation: z.object({
    row: z.string().max(16),
    column: z.string().max(16),
    quadruped: z.boolean(),
  }).nullable().default(null),
  /** Milliseconds a frame of a cine, or null. */
  frameTime: z.number().positive().nullable(),
});
export type FramePixels = z.infer<typeof FramePixels>;
