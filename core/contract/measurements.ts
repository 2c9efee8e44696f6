// Measurements that a reader draws on a picture, as the viewer and the structured reports hold them.
import { z } from "zod";
import { Id } from "./identifiers.ts";

/**
 * What is measured. `vertebralHeartScore`: Buchanan and Bücheler 1995; `norbergAngle`: Norberg 1961;
 * `tibialPlateauAngle`: Slocum and Devine 1983; `calibration`: a ball or ruler of known size.
 */
export const MeasurementKind = z.enum([
  "length",
  "angle",
  "cobbAngle",
  "area",
  "vertebralHeartScore",
  "norbergAngle",
  "tibialPlateauAngle",
  "arrow",
  "calibration",
]);
export type MeasurementKind = z.infer<typeof MeasurementKind>;

/**
 * A place in a frame: columns to the right and rows down from the outer corner of the first sample, with fractions
 * (PS3.3 C.18.6.1.2). A little outside is allowed: handles may lie on the border.
 */
export const FramePoint = z.object({
  x: z.number().min(-1000).max(100_000),
  y: z.number().min(-1000).max(100_000),
});
export type FramePoint = z.infer<typeof FramePoint>;

/** One measurement; in which order its points stand is said by `pointsOf` in core/domain/measure. */
export const Measurement = z.object({
  instanceId: Id,
  /** The frame, from 0. */
  frame: z.int().min(0).max(100_000),
  kind: MeasurementKind,
  points: z.array(FramePoint).min(2).max(64),
  /** What an arrow says. */
  text: z.string().trim().max(200).default(""),
  /** The known length of a calibration in millimetres. */
  millimetres: z.number().positive().max(10_000).nullable().default(null),
});
export type Measurement = z.infer<typeof Measurement>;
