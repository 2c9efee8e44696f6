// The one way in which the edge says no (RFC 9457): a problem body with the request's id in it.
import { isRefused, problem, problemResponse } from "#core/contract/problem.ts";
import type { Problem, ProblemKind, ProblemMore, Refused } from "#core/contract/problem.ts";
import type { RequestFacts } from "./env.ts";

/** A request that is being answered: a Hono context with whatever variables. */
export type Asked = { readonly var: { readonly request: RequestFacts } };

/** Refuses with a kind of problem. */
export function refusal(
  c: Asked,
  kind: ProblemKind,
  more: ProblemMore = {},
  headers: Record<string, string> = {},
): Response {
  return problemAnswer(c, problem(kind, more), headers);
}

/** Answers with a problem made elsewhere. */
export function problemAnswer(
  c: Asked,
  value: Problem & { readonly refusal?: string },
  headers: Record<string, string> = {},
): Response {
  return problemResponse({ ...value, request: c.var.request.id }, headers);
}

/** Answers with what a use case returned: JSON that no cache keeps, or its refusal. */
export function answer<Value extends object>(
  c: Asked,
  value: Value | Refused,
  status = 200,
): Response {
  if (isRefused(value)) return problemAnswer(c, value.refused);
  return Response.json(value, { status, headers: { "cache-control": "no-store" } });
}
