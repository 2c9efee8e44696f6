// An upload: one DICOM file (PS3.10) or a ZIP of such files as the body, streamed to the core's ingest door. The core
// answers once the bytes are safe; nothing of them is held here.
import type { Context } from "hono";
import { z } from "zod";
import { ingestCapability, type IngestForm, largestArrival } from "#core/contract/capability.ts";
import { type UploadReceipt, ZipOutcome, type ZipReceipt } from "#core/contract/studies.ts";
import { actingAs, journeyOf } from "../guard/acting.ts";
import type { ActedEnv } from "../guard/env.ts";
import { answer, refusal } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";

/** The most bytes one file may have: 2 GiB, twice the largest cine met so far. */
const largestUpload = 2 * 1024 ** 3;

type Kind = { readonly form: IngestForm; readonly limit: number };

const file: Kind = { form: "file", limit: largestUpload };
const zip: Kind = { form: "zip", limit: largestArrival };

/** By media type. Browsers of Windows call a ZIP by its old name. */
const kinds: Readonly<Record<string, Kind>> = {
  "application/dicom": file,
  "application/octet-stream": file,
  "application/zip": zip,
  "application/x-zip-compressed": zip,
};

/** What the core says of an arrival, as far as the receipt repeats it. */
const Outcome = z.object({
  studyInstanceUid: z.string().nullable().default(null),
  sopInstanceUid: z.string().nullable().default(null),
});

/** Takes one file or ZIP. Its length may be announced; without that it is cut off at the most allowed. */
export async function upload(parts: EdgeParts, c: Context<ActedEnv>): Promise<Response> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ??
    "application/octet-stream";
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kind) {
    return refusal(c, "unsupported-type", {
      detail: "Send a DICOM file as application/dicom, or a ZIP of such files as application/zip.",
    });
  }
  const announced = Number(c.req.header("content-length") ?? kind.limit);
  if (announced > kind.limit) {
    return refusal(c, "too-large", { detail: `At most ${kind.limit} bytes are taken at once.` });
  }
  const { body } = c.req.raw;
  if (!body || announced === 0) {
    return refusal(c, "malformed", { detail: "There is no file in the request." });
  }

  const who = actingAs(c.var.actor, "study:upload");
  const issuing = { now: () => parts.now().getTime(), random: parts.random };
  const capability = ingestCapability({ who, limit: announced, form: kind.form }, issuing);
  const { sha256, bytes, outcome } = await parts.doors.putIngest(capability, body, {
    ...journeyOf(c.var.request),
    signal: c.req.raw.signal,
    contentType: type,
  });
  if (kind.form === "zip") {
    const receipt: ZipReceipt = { sha256, bytes, ...ZipOutcome.parse(outcome) };
    return answer(c, receipt, receipt.taken.length > 0 ? 201 : 200);
  }
  const receipt: UploadReceipt = { sha256, bytes, ...Outcome.parse(outcome) };
  return answer(c, receipt, 201);
}
