// What was not expected, turned into an answer at the edge of the process: logged once, told without internals.
import { faultFields } from "#core/contract/log.ts";
import type { Log } from "#core/contract/log.ts";
import { problem } from "#core/contract/problem.ts";
import type { Problem, ProblemKind } from "#core/contract/problem.ts";
import { CallFailed, CallRefused } from "#core/rpc/mod.ts";
import { DatabaseUnavailable } from "#db/mod.ts";
import type { Context } from "hono";
import type { EdgeEnv } from "./env.ts";
import { problemAnswer } from "./refusal.ts";

// The core's refusals that are the caller's business too. Any other means that the edge asked wrongly.
const passedOn: readonly (ProblemKind | undefined)[] = [
  "not-found",
  "conflict",
  "in-progress",
  "gone",
  "too-large",
  "unsupported-type",
  "invalid",
  "too-many",
  "unavailable",
  "too-slow",
];

/** Answers a thrown fault. */
export function answerFault(log: Log, fault: unknown, c: Context<EdgeEnv>): Response {
  const value = problemOf(fault);
  const { id, trace } = c.var.request;
  if (value.status >= 500) {
    log("request_failed", { request: id, trace: trace.traceId, ...faultFields(causeOf(fault)) }, "error");
  }
  return problemAnswer(c, value, value.status === 503 || value.status === 429 ? { "retry-after": "2" } : {});
}

function problemOf(fault: unknown): Problem {
  if (fault instanceof CallRefused && passedOn.includes(fault.kind)) return fault.problem;
  if (
    fault instanceof DatabaseUnavailable || (fault instanceof CallFailed && fault.reason === "unreachable")
  ) {
    return problem("unavailable", {
      detail: "A part of the platform does not answer. Try again in a moment.",
    });
  }
  if (fault instanceof CallFailed && fault.reason === "too-slow") return problem("too-slow");
  return problem("fault", { detail: "It was recorded. Try again, and quote the request if it stays." });
}

function causeOf(fault: unknown): unknown {
  return fault instanceof Error && fault.cause !== undefined ? fault.cause : fault;
}
