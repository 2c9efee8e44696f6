// What WADO-RS (PS3.18 10.4) asks the core for, through its bytes door. The edge has read the request and names things by
// their UIDs; the core finds them within the practice that the capability names.
import { z } from "zod";
import { Uid } from "./identifiers.ts";

/** A study, a series of it, or an instance of that. */
export const DicomName = z.strictObject({ study: Uid, series: Uid.optional(), instance: Uid.optional() });
export type DicomName = z.infer<typeof DicomName>;

/** A transfer syntax, or any: as it is stored. */
export const WantedSyntax = z.union([z.literal("*"), Uid]);

/** One form that the client takes, in the order of its wish. `type` is a media type, or `*` for any. */
export const Acceptable = z.strictObject({
  type: z.string().max(60),
  transferSyntax: WantedSyntax.optional(),
  /** Whether it is to come in multipart/related. */
  multipart: z.boolean(),
});
export type Acceptable = z.infer<typeof Acceptable>;

/** The most frames of one request: they stand in the path of the door. */
export const mostFrames = 400;

const side = z.int().min(1).max(16_384);

/** How a picture is made (PS3.18 8.3.5.1): `frame` from 1, 0 for the one that stands for the instance. */
export const Rendering = z.strictObject({
  frame: z.int().min(0),
  mediaType: z.enum(["image/jpeg", "image/png", "image/webp"]),
  quality: z.int().min(1).max(100),
  fit: z.strictObject({ columns: side, rows: side }).optional(),
  region: z.strictObject({
    left: z.int().min(0).max(100_000),
    top: z.int().min(0).max(100_000),
    columns: z.int().min(1).max(100_000),
    rows: z.int().min(1).max(100_000),
  }).optional(),
  window: z.strictObject({
    center: z.number(),
    width: z.number().positive(),
    function: z.enum(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
  }).optional(),
});
export type Rendering = z.infer<typeof Rendering>;

/** What of the named thing is wanted. `root` is the address of the DICOMweb service. */
export const Retrieved = z.union([
  z.strictObject({ instances: z.array(Acceptable).max(20) }),
  z.strictObject({ metadata: z.literal(true), root: z.string().max(200) }),
  z.strictObject({ bulkData: z.string().max(300), multipart: z.boolean() }),
  z.strictObject({
    frames: z.array(z.int().min(1)).min(1).max(mostFrames),
    accept: z.array(Acceptable).max(20),
  }),
  z.strictObject({ rendered: Rendering }),
]);
export type Retrieved = z.infer<typeof Retrieved>;
