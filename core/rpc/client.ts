// The edge's side of a call: signs, sends, waits no longer than the definition allows, tries again only where
// that is safe, and takes no answer of a wrong shape.
import type { Acting, Call } from "#core/contract/call.ts";
import { Problem, problem, problemType } from "#core/contract/problem.ts";
import { childOf, randomUuid, startTrace, traceparent } from "#core/contract/trace.ts";
import type { RandomBytes, Trace } from "#core/contract/trace.ts";
import type { z } from "zod";
import { largestBody } from "./body.ts";
import { contentDigest } from "./digest.ts";
import { CallFailed, CallRefused } from "./faults.ts";
import { importSigningKey } from "./keys.ts";
import type { KeyText } from "./keys.ts";
import { rpcProfile } from "./profile.ts";
import { signMessage } from "./sign.ts";

/** Where the core is and with what to sign; `now` in milliseconds since 1970. */
export type CoreAddress = {
  readonly url: string;
  readonly key: KeyText;
  readonly keyId: string;
  readonly audience: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly random: RandomBytes;
};

/** Of whom and of which journey a call is part. A write without a key of its own gets one made for its retries. */
export type CallTerms = {
  readonly who: Acting;
  readonly trace?: Trace | undefined;
  readonly requestId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Calls the core: `await core(screenStudy, { study }, { who })`.
 * @throws CallRefused with the core's problem; CallFailed when there is no answer or none of the promised shape.
 */
export type Core = <Asks extends z.ZodType, Answers extends z.ZodType>(
  call: Call<Asks, Answers>,
  asks: z.input<Asks>,
  terms: CallTerms,
) => Promise<z.output<Answers>>;

/** Puts a signature on a call's message; the bench of unsigned calls is the one place that hands in another. */
export type Signer = (url: URL, headers: Headers, body: Uint8Array<ArrayBuffer>) => Promise<void>;

const encoder = new TextEncoder();

/** Opens the way to the core. The key is imported at once and once; a bad one fails here or at the first call. */
export function openCore(address: CoreAddress, sign: Signer = signerOf(address)): Core {
  return async (call, asks, terms) => {
    const url = new URL(`/rpc/${call.name}`, address.url);
    const idempotencyKey = call.writes ? terms.idempotencyKey ?? randomUuid(address.random) : undefined;
    const body = encoder.encode(JSON.stringify({ who: terms.who, asks, idempotencyKey }));
    if (body.length > largestBody) throw new CallRefused(call.name, problem("too-large"));
    const journey = journeyHeaders(terms, address.random);
    const send = async (signal: AbortSignal) => {
      const headers = new Headers({ "content-type": "application/json", ...journey });
      await sign(url, headers, body);
      const response = await address.fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
      return await readAnswer(call, response);
    };
    return await patiently(call, terms.signal, send);
  };
}

function signerOf(address: CoreAddress): Signer {
  const { audience, now, random } = address;
  const imported = importSigningKey(address.keyId, address.key);
  return async (url, headers, body) => {
    headers.set("content-digest", await contentDigest(body));
    await signMessage(rpcProfile, { method: "POST", url, headers }, {
      key: await imported,
      audience,
      now,
      random,
    });
  };
}

/** The headers that carry the journey and the request's id; not signed, for they decide nothing. */
export function journeyHeaders(
  { trace, requestId }: Pick<CallTerms, "trace" | "requestId">,
  random: RandomBytes,
) {
  const step = trace ? childOf(trace, random) : startTrace(random);
  return { "traceparent": traceparent(step), "x-request-id": requestId ?? randomUuid(random) };
}

async function readAnswer<Asks extends z.ZodType, Answers extends z.ZodType>(
  call: Call<Asks, Answers>,
  response: Response,
): Promise<z.output<Answers>> {
  const text = await response.text();
  if (!response.ok) throw refusalOf(call.name, response, text);
  const answers = call.answers.safeParse(parsed(call.name, text));
  if (!answers.success) throw new CallFailed(call.name, "misshapen", answers.error);
  return answers.data;
}

/** The error of an answer that is not a 2xx: the problem it carries, or `unreachable` when it is not ours. */
export function refusalOf(name: string, response: Response, text: string): CallRefused | CallFailed {
  if (!response.headers.get("content-type")?.startsWith(problemType)) {
    return new CallFailed(name, "unreachable");
  }
  const refusal = Problem.safeParse(parsed(name, text));
  return refusal.success ? new CallRefused(name, refusal.data) : new CallFailed(name, "misshapen");
}

/** The JSON of an answer. @throws CallFailed `misshapen` when it is none. */
export function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new CallFailed(name, "misshapen", fault);
  }
}

// Pauses before another attempt, in milliseconds. Every attempt has its own signature and nonce, and a write goes
// under the same idempotency key, so a second arrival does no harm.
const pauses = [50, 200];
const pauseWhileRunning = 250;

async function patiently<Answer>(
  call: Call,
  caller: AbortSignal | undefined,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(call.withinMs);
  const signal = caller ? AbortSignal.any([deadline, caller]) : deadline;
  for (let failures = 0;;) {
    const result = await attempt(call, signal, send);
    if ("answer" in result) return result.answer;
    if (caller?.aborted) throw caller.reason;
    if (deadline.aborted) throw new CallFailed(call.name, "too-slow", result.fault);
    const pause = result.running ? pauseWhileRunning : pauses[failures++];
    if (pause === undefined || !result.again) throw result.fault;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

type Attempt<Answer> =
  | { readonly answer: Answer }
  | { readonly fault: unknown; readonly again: boolean; readonly running: boolean };

async function attempt<Answer>(
  call: Call,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Attempt<Answer>> {
  try {
    return { answer: await send(signal) };
  } catch (fault) {
    if (fault instanceof CallRefused) {
      const running = fault.kind === "in-progress";
      return { fault, running, again: running || fault.kind === "unavailable" };
    }
    if (fault instanceof CallFailed) return { fault, running: false, again: fault.reason === "unreachable" };
    return { fault: new CallFailed(call.name, "unreachable", fault), running: false, again: true };
  }
}
