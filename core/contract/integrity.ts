// The last look at everything that is stored, as the staff of a practice see it.
import { z } from "zod";
import { Id } from "./identifiers.ts";

/** An instance whose file, or whose picture, is gone or not as it was stored. Pictures are made again. */
export const IntegrityFault = z.object({
  instanceId: Id,
  fault: z.enum(["missing", "damaged"]),
  what: z.enum(["original", "picture"]),
});

/** How a scrub went, or how far it is: objects and bytes read and hashed, and what was found. */
export const IntegrityReport = z.object({
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  checked: z.int(),
  bytes: z.int(),
  missing: z.int(),
  damaged: z.int(),
  /** The first 1000 of them. */
  faults: z.array(IntegrityFault),
});
export type IntegrityReport = z.infer<typeof IntegrityReport>;

/** The report of the last scrub; null before the first one. */
export const Integrity = z.object({ report: IntegrityReport.nullable() });
export type Integrity = z.infer<typeof Integrity>;
