// PUT /ingest/{capability}: one body, once, of at most so many bytes. The receiver keeps the bytes only when the
// stream ended well; when it errors (over the limit, sender gone) the receiver must let go of what it has.
import type { IngestAnswer, IngestCapability, IngestForm } from "#core/contract/capability.ts";
import type { Acting } from "#core/contract/call.ts";
import { isRefused, problem, problemResponse, refuse } from "#core/contract/problem.ts";
import type { Problem, Refused } from "#core/contract/problem.ts";
import type { Nonces } from "#core/rpc/mod.ts";
import { admit, capabilityOf } from "./admit.ts";
import type { Admitting, Passage } from "./admit.ts";
import { measured } from "./measure.ts";
import type { Measured } from "./measure.ts";

/** A body on its way in. `id` is the capability's; `contentType` is the sender's word. */
export type Arrival = Passage & {
  readonly who: Acting;
  readonly id: string;
  readonly form: IngestForm;
  readonly study: string | undefined;
  readonly contentType: string;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
};

/**
 * Takes an arrival to its end and says what came of it, or refuses it as a value. It must read the whole body
 * before it answers, must answer only when the bytes are safe, and must keep nothing when the body errors.
 */
export type Receive = (arrival: Arrival) => Promise<IngestAnswer["outcome"] | Refused>;

/** `singleUse` is shared by all processes: a capability spent in one is spent in all, also after a restart. */
export type IngestDoor = Admitting & { readonly singleUse: Nonces; readonly receive: Receive };

/** Answers the ingest door: 200 with an IngestAnswer, or a problem. Rejects only on faults of our own. */
export async function ingest(door: IngestDoor, request: Request, passage: Passage): Promise<Response> {
  const result = await received(door, request, passage);
  if (isRefused(result)) return problemResponse({ ...result.refused, request: passage.requestId });
  return Response.json(result, { headers: { "cache-control": "no-store" } });
}

async function received(
  door: IngestDoor,
  request: Request,
  passage: Passage,
): Promise<IngestAnswer | Refused> {
  const refused = await admit(door, request);
  if (refused) return refused;
  if (request.method !== "PUT") return refuse("method-not-allowed", { detail: "This door takes PUT." });
  const capability = capabilityOf(door, "ingest", request);
  if ("refused" in capability) return capability;
  if (Number(request.headers.get("content-length")) > capability.limit) {
    return { refused: tooLarge(capability.limit) };
  }
  if (!(await door.singleUse.spend(`ingest:${capability.id}`, capability.expires))) {
    return refuse("gone", { detail: "The capability was used." });
  }
  return await taken(door.receive, capability, request, passage);
}

async function taken(
  receive: Receive,
  { who, id, limit, form, study }: IngestCapability,
  request: Request,
  passage: Passage,
): Promise<IngestAnswer | Refused> {
  const body = measured(request.body, limit);
  const contentType = request.headers.get("content-type") ?? "application/octet-stream";
  const outcome = await receive({ ...passage, who, id, form, study, contentType, body: body.stream }).catch(
    (fault: unknown) => {
      if (!cutShort(body, limit)) throw fault;
      return {}; // the receiver stumbled over the cut body, as it should
    },
  );
  const cut = cutShort(body, limit);
  if (cut) return { refused: cut };
  if (isRefused(outcome)) return outcome;
  if (body.state() !== "whole") throw new Error("the receiver answered before the body was whole");
  return { sha256: body.sha256(), bytes: body.bytes(), outcome };
}

function cutShort(body: Measured, limit: number): Problem | undefined {
  if (body.state() === "over") return tooLarge(limit);
  if (body.state() === "cut") return problem("malformed", { detail: "The body ended early." });
  return undefined;
}

function tooLarge(limit: number): Problem {
  return problem("too-large", { detail: `At most ${limit} bytes are taken here.` });
}
