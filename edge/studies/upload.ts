// An upload: one DICOM file (PS3.10) as the body, streamed to the core's ingest door. The core answers once the
// bytes are safe; nothing of them is held here.
import type { Context } from "hono";
import { z } from "zod";
import { ingestCapability } from "#core/contract/capability.ts";
import type { UploadReceipt } from "#core/contract/studies.ts";
import { actingAs, journeyOf } from "../guard/acting.ts";
import type { ActedEnv } from "../guard/env.ts";
import { answer, refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";

/** The most bytes one file may have: 2 GiB, twice the largest cine met so far. */
const largestUpload = 2 * 1024 ** 3;

const types = ["application/dicom", "application/octet-stream"];

/** What the core says of an arrival, as far as the receipt repeats it. */
const Outcome = z.object({
  studyInstanceUid: z.string().nullable().default(null),
  sopInstanceUid: z.string().nullable().default(null),
});

/** Takes one file. Its length may be announced; without that it is cut off at the most allowed. */
export async function upload(parts: EdgeParts, c: Context<ActedEnv>): Promise<Response> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ??
    "application/octet-stream";
  if (!types.includes(type)) {
    return refusal(c, "unsupported-type", { detail: `Send the file as ${types[0]}.` });
  }
  const announced = Number(c.req.header("content-length") ?? largestUpload);
  if (announced > largestUpload) {
    return refusal(c, "too-large", { detail: `A file may have ${largestUpload} bytes.` });
  }
  const { body } = c.req.raw;
  if (!body || announced === 0) {
    return refusal(c, "malformed", { detail: "There is no file in the request." });
  }

  const who = actingAs(c.var.actor, "study:upload");
  const issuing = { now: () => parts.now().getTime(), random: parts.random };
  const taken = await parts.doors.putIngest(ingestCapability({ who, limit: announced }, issuing), body, {
    ...journeyOf(c.var.request),
    signal: c.req.raw.signal,
    contentType: type,
  });
  const receipt: UploadReceipt = {
    sha256: taken.sha256,
    bytes: taken.bytes,
    ...Outcome.parse(taken.outcome),
  };
  return answer(c, receipt, 201);
}
