// What became of the parts of a STOW-RS body, from the core to the edge.
import { z } from "zod";

const uid = z.string().nullable();

/** Why a part was not stored: the archive's own reasons, `type` for another media type than DICOM, `study` for another study. */
export const StoreFailure = z.enum([
  "disk",
  "space",
  "backlog",
  "closing",
  "large",
  "content",
  "type",
  "study",
]);
export type StoreFailure = z.infer<typeof StoreFailure>;

/** One part, in the order of the body. UIDs of a refused one are there when they could be read. */
export const StoredPart = z.discriminatedUnion("stored", [
  z.object({
    stored: z.literal(true),
    sopClassUID: z.string(),
    sopInstanceUID: z.string(),
    studyInstanceUID: uid,
    seriesInstanceUID: uid,
  }),
  z.object({
    stored: z.literal(false),
    reason: StoreFailure,
    words: z.string(),
    sopClassUID: uid.optional(),
    sopInstanceUID: uid.optional(),
  }),
]);
export type StoredPart = z.infer<typeof StoredPart>;

/** All parts, and why the body was not read to its end, when it was not. */
export const StoreOutcome = z.object({ parts: z.array(StoredPart), fault: z.string().nullable() });
export type StoreOutcome = z.infer<typeof StoreOutcome>;
