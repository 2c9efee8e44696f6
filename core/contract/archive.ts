// What the edge may ask of the archive beyond its doors.
import { z } from "zod";
import { call } from "./call.ts";
import { Id } from "./identifiers.ts";

/** From where a request came, for the audit; null where it is not known. */
export const Whence = z.strictObject({
  ip: z.string().max(64).nullable(),
  userAgent: z.string().max(400).nullable(),
});
export type Whence = z.infer<typeof Whence>;

/** Has the pictures of a study made again where making them failed; answers how many were asked for. */
export const prepareAgain = call("archive.prepareAgain", {
  asks: z.strictObject({ study: Id }),
  answers: z.strictObject({ asked: z.int().min(0) }),
  writes: true,
  within: "30s",
  permission: "study:prepare",
});

/** Puts a study into the bin, from which it is removed for good at `purgeAt`. */
export const binStudy = call("archive.binStudy", {
  asks: z.strictObject({ study: Id, from: Whence }),
  answers: z.strictObject({ purgeAt: z.iso.datetime() }),
  writes: true,
  within: "30s",
  permission: "study:delete",
});

/** Takes a study out of the bin; `restored` is false when it was not there. */
export const restoreStudy = call("archive.restoreStudy", {
  asks: z.strictObject({ study: Id, from: Whence }),
  answers: z.strictObject({ restored: z.boolean() }),
  writes: true,
  within: "30s",
  permission: "study:delete",
});
