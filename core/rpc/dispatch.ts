// From a request to a handler and back: admit, read, compare, spend the nonce, parse, permit, handle, answer.
// Trusts nothing of a message before its signature holds; after that it trusts the edge's word on who acts and
// checks that the permission it names is the call's own.
import { Envelope } from "#core/contract/call.ts";
import type { Log } from "#core/contract/log.ts";
import { faultFields } from "#core/contract/log.ts";
import { invalid, problem, problemResponse, refuse } from "#core/contract/problem.ts";
import type { Problem, Refused } from "#core/contract/problem.ts";
import { continueTrace, randomUuid, RequestId } from "#core/contract/trace.ts";
import type { RandomBytes } from "#core/contract/trace.ts";
import { jsonOf, largestBody, readBody } from "./body.ts";
import { replayed } from "./gate.ts";
import type { Admitted, Gate } from "./gate.ts";
import type { Idempotency } from "./idempotency.ts";
import type { Nonces } from "./nonces.ts";
import { inTime, keyedWrite, once } from "./once.ts";
import { registerCalls } from "./serve.ts";
import type { CallContext, Outcome, Served } from "./serve.ts";

/** What dispatching needs. `nonces.writes` must be shared by all processes and outlive a restart. */
export type Dispatching = {
  readonly calls: readonly Served[];
  readonly gate: Gate;
  readonly nonces: { readonly reads: Nonces; readonly writes: Nonces };
  readonly idempotency: Idempotency;
  readonly random: RandomBytes;
  readonly log: Log;
  /** Names the faults that have a kinder answer than 500, e.g. a database that is away (503). */
  readonly kindly?: ((fault: unknown) => Problem | undefined) | undefined;
};

/** What the HTTP server knows of a request; absent parts are read from its headers. */
export type Passage = Partial<Pick<CallContext, "requestId" | "trace" | "signal">>;

/** Answers `POST /rpc/{call}`. Never rejects: a fault is logged once and answered with 500. */
export type Dispatch = (request: Request, passage?: Passage) => Promise<Response>;

/** Opens the dispatcher over the calls served. @throws when two handlers claim one name. */
export function openDispatch(dispatching: Dispatching): Dispatch {
  const calls = registerCalls(dispatching.calls);
  return async (request, passage = {}) => {
    const context = contextOf(request, passage, dispatching.random);
    try {
      const outcome = await received(dispatching, calls, request, context);
      if ("answer" in outcome) return answered(outcome.answer);
      if ("refused" in outcome) return problemResponse({ ...outcome.refused, request: context.requestId });
      throw outcome.fault;
    } catch (fault) {
      const name = callName(new URL(request.url));
      return faulty(dispatching, fault, calls.has(name) ? name : "none", context);
    }
  };
}

function contextOf(request: Request, passage: Passage, random: RandomBytes): CallContext {
  const given = RequestId.safeParse(request.headers.get("x-request-id"));
  return {
    requestId: passage.requestId ?? (given.success ? given.data : randomUuid(random)),
    trace: passage.trace ?? continueTrace(request.headers.get("traceparent"), random),
    signal: passage.signal ?? request.signal,
  };
}

async function received(
  dispatching: Dispatching,
  calls: ReadonlyMap<string, Served>,
  request: Request,
  context: CallContext,
): Promise<Outcome> {
  const url = new URL(request.url);
  const admitted = await dispatching.gate({ method: request.method, url, headers: request.headers });
  if ("refused" in admitted) return admitted;
  const served = calls.get(callName(url));
  if (!served) return refuse("not-found", { detail: "There is no such call." });
  if (request.method !== "POST") return refuse("method-not-allowed", { detail: "Calls are made by POST." });
  if (request.headers.get("content-type") !== "application/json") return refuse("unsupported-type");

  const envelope = await openEnvelope(request, admitted);
  if ("refused" in envelope) return envelope;
  const nonces = served.call.writes ? dispatching.nonces.writes : dispatching.nonces.reads;
  if (!(await nonces.spend(admitted.nonce, admitted.expires))) return { refused: replayed };
  return await handled(dispatching.idempotency, served, envelope, context);
}

async function handled(
  idempotency: Idempotency,
  served: Served,
  { who, asks, idempotencyKey }: Envelope,
  context: CallContext,
): Promise<Outcome> {
  const { call } = served;
  if (who.permission !== call.permission) {
    return refuse("forbidden", { detail: `This call wants ${call.permission}.` });
  }
  const prepared = served.prepare(asks);
  if ("refused" in prepared) return prepared;
  const work = (signal: AbortSignal) => prepared.handle(who, { ...context, signal, idempotencyKey });
  if (!call.writes) return await inTime(call, context.signal, work);
  if (idempotencyKey === undefined) return { refused: keyWanted };
  const write = await keyedWrite(call, who, idempotencyKey, prepared.text());
  return await inTime(call, context.signal, (signal) => once(idempotency, call, write, () => work(signal)));
}

const keyWanted = problem("invalid", {
  detail: "A write wants an idempotency key.",
  fields: [{ field: "envelope.idempotencyKey", detail: "required" }],
});

async function openEnvelope(request: Request, admitted: Admitted): Promise<Envelope | Refused> {
  const bytes = await readBody(request.body, largestBody);
  if (!bytes) return refuse("too-large", { detail: `A call may have ${largestBody} bytes.` });
  if (!(await admitted.hasBody(bytes))) {
    return refuse("unsigned", { detail: "The body is not the signed one." });
  }
  const envelope = Envelope.safeParse(jsonOf(bytes));
  return envelope.success
    ? envelope.data
    : { refused: { ...invalid(envelope.error, "envelope"), ...malformed } };
}

const malformed = { type: problem("malformed").type, title: problem("malformed").title, status: 400 };

function answered(answer: unknown): Response {
  const text = JSON.stringify(answer) ?? "null";
  if (text.length > largestBody) throw new Error("an answer larger than a call may carry: use a door");
  return new Response(text, { headers: { "content-type": "application/json", "cache-control": "no-store" } });
}

function faulty(
  { log, kindly }: Dispatching,
  fault: unknown,
  call: string,
  { requestId, trace }: CallContext,
): Response {
  log("call_failed", { call, request: requestId, trace: trace.traceId, ...faultFields(fault) }, "error");
  const value = kindly?.(fault) ?? problem("fault", { detail: "The call failed; it was recorded." });
  return problemResponse({ ...value, request: requestId });
}

function callName(url: URL): string {
  return url.pathname.startsWith("/rpc/") ? url.pathname.slice("/rpc/".length) : "";
}
