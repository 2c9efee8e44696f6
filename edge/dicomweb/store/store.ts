// A store request: the body streams through to the core's ingest door untouched; the core takes it apart and answers
// when everything that it tells as stored is durable.
import type { Context } from "hono";
import { ingestCapability, largestArrival } from "#core/contract/capability.ts";
import { Uid } from "#core/contract/identifiers.ts";
import { StoreOutcome } from "#core/contract/store.ts";
import { actingAs, journeyOf } from "../../guard/acting.ts";
import type { ActedEnv } from "../../guard/env.ts";
import { refusal } from "../../guard/refusal.ts";
import type { EdgeParts } from "../../parts.ts";
import { rootOf } from "../root.ts";
import { answerOf, isUnavailable } from "./answer.ts";

/** Takes a store request into a study of the address, or any. */
export async function store(
  parts: EdgeParts,
  c: Context<ActedEnv>,
  study: string | undefined,
): Promise<Response> {
  if (study !== undefined && !Uid.safeParse(study).success) return refusal(c, "not-found");
  const contentType = c.req.header("content-type") ?? "";
  const wrongType = typeFault(contentType);
  if (wrongType) return refusal(c, "unsupported-type", { detail: wrongType });
  const announced = Number(c.req.header("content-length") ?? largestArrival);
  if (announced > largestArrival) {
    return refusal(c, "too-large", { detail: `One request may have ${largestArrival} bytes.` });
  }
  const { body } = c.req.raw;
  if (!body || announced === 0) {
    return refusal(c, "malformed", { detail: "There is nothing in the request." });
  }

  const who = actingAs(c.var.actor, "study:upload");
  const issuing = { now: () => parts.now().getTime(), random: parts.random };
  const terms = {
    who,
    limit: announced,
    form: "multipart" as const,
    ...(study === undefined ? {} : { study }),
  };
  const taken = await parts.doors.putIngest(ingestCapability(terms, issuing), body, {
    ...journeyOf(c.var.request),
    signal: c.req.raw.signal,
    contentType,
  });
  const outcome = StoreOutcome.parse(taken.outcome);
  if (outcome.fault !== null && outcome.parts.length === 0) {
    return refusal(c, "malformed", { detail: outcome.fault });
  }
  if (isUnavailable(outcome)) {
    const [first] = outcome.parts;
    const detail = first && !first.stored ? first.words : undefined;
    return refusal(c, "unavailable", { detail }, { "retry-after": "60" });
  }
  const { status, dataset } = answerOf(outcome, rootOf(parts));
  return new Response(JSON.stringify(dataset), {
    status,
    headers: { "content-type": "application/dicom+json", "cache-control": "no-store" },
  });
}

/** Why a content type is not taken (PS3.18 8.7.3.2, 10.5.2); undefined for multipart DICOM. */
function typeFault(contentType: string): string | undefined {
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim());
  if (type.toLowerCase() !== "multipart/related") return 'Send multipart/related; type="application/dicom".';
  const inner = parameters.find((one) => /^type=/i.test(one))?.slice(5).replaceAll('"', "").toLowerCase();
  if (inner !== undefined && inner !== "application/dicom") {
    return "Instances are taken as application/dicom alone.";
  }
  return undefined;
}
