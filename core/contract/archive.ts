// What the edge may ask of the archive beyond its doors.
import { z } from "zod";
import { call } from "./call.ts";
import { Id } from "./identifiers.ts";

/** Has the pictures of a study made again where making them failed; answers how many were asked for. */
export const prepareAgain = call("archive.prepareAgain", {
  asks: z.strictObject({ study: Id }),
  answers: z.strictObject({ asked: z.int().min(0) }),
  writes: true,
  within: "30s",
  permission: "study:prepare",
});
