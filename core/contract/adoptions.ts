// A shared study that another clinic adds to its own records (PA-4).
import { z } from "zod";
import { Whence } from "./archive.ts";
import { call } from "./call.ts";
import { Id } from "./identifiers.ts";

/** How far the copying has come. */
export const Adoption = z.object({
  id: Id,
  state: z.enum(["running", "done", "failed"]),
  /** The practice that shared it, by the name it had. */
  fromPractice: z.string(),
  taken: z.int(),
  total: z.int(),
  reason: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type Adoption = z.infer<typeof Adoption>;

/** An adoption and, once the first file is in, the study in the adopting practice. */
export const AdoptionStanding = Adoption.extend({ studyId: Id.nullable() });
export type AdoptionStanding = z.infer<typeof AdoptionStanding>;

/**
 * Copies what a visit of a link shows into the records of the practice that acts. One that runs already is answered
 * again. The core asks the link itself whether it gives the right.
 */
export const adoptStudy = call("archive.adoptStudy", {
  asks: z.strictObject({ visit: Id, from: Whence }),
  answers: Adoption,
  writes: true,
  within: "30s",
  permission: "study:upload",
});
