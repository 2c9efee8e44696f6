// A handler's time and a write's singleness. A write that outlasts its deadline keeps its key: the caller hears
// "too slow", asks again under the same key and gets the answer when there is one.
import type { Acting, Call } from "#core/contract/call.ts";
import { refuse } from "#core/contract/problem.ts";
import { sha256Of } from "./digest.ts";
import type { Idempotency, KeyedWrite } from "./idempotency.ts";
import type { Outcome } from "./serve.ts";

/** Runs work under the call's deadline: its signal ends with it, and what comes later is not waited for. */
export async function inTime(
  call: Call,
  patience: AbortSignal,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const deadline = new AbortController();
  const stop = () => deadline.abort();
  patience.addEventListener("abort", stop, { once: true });
  const late = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => {
    deadline.abort();
    late.resolve(refuse("too-slow", { detail: `${call.name} took longer than ${call.within}.` }));
  }, call.withinMs);
  try {
    return await Promise.race([work(deadline.signal), late.promise]);
  } finally {
    clearTimeout(timer);
    patience.removeEventListener("abort", stop);
  }
}

/** The record a write is kept under: its key within its practice, and the hash of who asks what. */
export async function keyedWrite(call: Call, who: Acting, key: string, asks: string): Promise<KeyedWrite> {
  const asksHash = await sha256Of(JSON.stringify([who, asks]));
  return { key: `${who.practice ?? "platform"}:${key}`, call: call.name, asksHash };
}

/** Runs a write once under its key: a repeat gets the recorded answer; a refusal or a fault leaves the key free. */
export async function once(
  idempotency: Idempotency,
  call: Call,
  write: KeyedWrite,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const standing = await idempotency.begin(write, call.withinMs + 5000);
  if (standing.state === "answered") return { answer: standing.answer };
  if (standing.state === "running") return refuse("in-progress");
  if (standing.state === "other") {
    return refuse("conflict", { detail: "This idempotency key was used for something else." });
  }
  const outcome = await ran(idempotency, write, run);
  await ("answer" in outcome ? idempotency.end(write, outcome.answer) : idempotency.drop(write));
  return outcome;
}

async function ran(
  idempotency: Idempotency,
  write: KeyedWrite,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await run();
  } catch (fault) {
    await idempotency.drop(write);
    throw fault;
  }
}
