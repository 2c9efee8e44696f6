// Measurements that a reader draws on a picture, as the viewer and the structured reports hold them.
import { z } from "zod";
import { Whence } from "./archive.ts";
import { call } from "./call.ts";
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

/** A measurement as a report has it: on a picture that is named by its SOP Instance UID. */
export const ReportedMeasurement = Measurement.omit({ instanceId: true }).extend({
  sopInstanceUid: z.string(),
});
export type ReportedMeasurement = z.infer<typeof ReportedMeasurement>;

/** Most measurements that one study keeps. */
export const mostMeasurements = 200;

/** The measurements that are kept with a study: what its newest report says. */
export const KeptMeasurements = z.object({
  report: Id,
  author: z.string().nullable(),
  at: z.iso.datetime(),
  measurements: z.array(Measurement),
});
export type KeptMeasurements = z.infer<typeof KeptMeasurements>;

/** All that is to be kept from now on. `after` is the report that it builds on, null where there is none. */
export const NewMeasurements = z.object({
  after: Id.nullable(),
  measurements: z.array(Measurement).max(mostMeasurements),
});
export type NewMeasurements = z.infer<typeof NewMeasurements>;

export const SavedMeasurements = z.strictObject({ report: Id });
export type SavedMeasurements = z.infer<typeof SavedMeasurements>;

/** Keeps measurements with a study, as a DICOM SR in its archive. Refused when another report came meanwhile. */
export const saveMeasurements = call("archive.saveMeasurements", {
  asks: z.strictObject({
    study: Id,
    ...NewMeasurements.shape,
    /** Who measured, by name. */
    author: z.string().max(200),
    from: Whence,
  }),
  answers: SavedMeasurements,
  writes: true,
  within: "30s",
  permission: "study:measure",
});
