// How a refusal travels: RFC 9457 problem details, the same value from the core to the edge and from the edge
// to the browser. `detail` is written for the person who reads it and carries no internals.
import { z } from "zod";

/** The media type of a problem body (RFC 9457 §3). */
export const problemType = "application/problem+json";

const kinds = {
  "malformed": { status: 400, title: "The request cannot be read" },
  "unauthenticated": { status: 401, title: "Sign in first" },
  "second-factor": { status: 401, title: "A second factor is needed" },
  "unproved": { status: 403, title: "Prove again that it is you" },
  "unsigned": { status: 401, title: "The signature is missing or not right" },
  "replayed": { status: 401, title: "This request was seen before" },
  "forbidden": { status: 403, title: "This is not allowed" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "This address does not do that" },
  "not-acceptable": { status: 406, title: "This does not come in a form that was asked for" },
  "late": { status: 408, title: "This did not arrive in time" },
  "conflict": { status: 409, title: "This does not fit what is stored" },
  "in-progress": { status: 409, title: "The same request is still being worked on" },
  "gone": { status: 410, title: "This is over" },
  "too-large": { status: 413, title: "This is too large" },
  "unsupported-type": { status: 415, title: "This kind of content is not taken here" },
  "range-not-satisfiable": { status: 416, title: "The range lies outside" },
  "invalid": { status: 422, title: "Some values are not right" },
  "too-many": { status: 429, title: "Too many requests" },
  "fault": { status: 500, title: "Something went wrong on our side" },
  "unavailable": { status: 503, title: "Not available at the moment" },
  "too-slow": { status: 504, title: "This took too long" },
} as const;

/** The kinds of refusal there are; each has one status. */
export type ProblemKind = keyof typeof kinds;

const prefix = "urn:problem:vetware:";

/** One value that was refused: its place in what was sent (`asks.study`) and why. */
export const ProblemField = z.object({ field: z.string(), detail: z.string() });

/** RFC 9457 §3.1 with two members of our own: the request's id and, for `invalid`, the fields refused. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().optional(),
  instance: z.string().optional(),
  request: z.string().optional(),
  fields: z.array(ProblemField).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** What a refusal says beyond its kind. */
export type ProblemMore = Partial<Pick<Problem, "detail" | "instance" | "request" | "fields">>;

/** Makes the problem of one kind; status and title follow from the kind. */
export function problem(kind: ProblemKind, more: ProblemMore = {}): Problem {
  return { type: prefix + kind, ...kinds[kind], ...more };
}

/** The kind a problem was made of, or undefined when it is not one of ours. */
export function kindOf(value: Problem): ProblemKind | undefined {
  const kind = value.type.startsWith(prefix) ? value.type.slice(prefix.length) : "";
  return Object.hasOwn(kinds, kind) ? kind as ProblemKind : undefined;
}

/** The problem of values that a schema refused: each field by its path, with the schema's own words. */
export function invalid(fault: z.ZodError, root: string): Problem {
  const fields = fault.issues.slice(0, 20).map((issue) => ({
    field: [root, ...issue.path.map(String)].join("."),
    detail: issue.message,
  }));
  const named = fields.map((entry) => entry.field).join(", ");
  return problem("invalid", { detail: `Not right: ${named}.`, fields });
}

/** A problem as an HTTP answer. `headers` come on top, e.g. `content-range` of a 416. */
export function problemResponse(value: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status: value.status,
    headers: { "content-type": problemType, "cache-control": "no-store", ...headers },
  });
}

/** An expected "no" of a use case, as a value: `return refuse("not-found")`. */
export type Refused = { readonly refused: Problem };

/** Makes the refusal of one kind. */
export function refuse(kind: ProblemKind, more: ProblemMore = {}): Refused {
  return { refused: problem(kind, more) };
}

/** Refuses one value that has the right form and yet is not right: its place, such as `body.email`, and why. */
export function refuseField(field: string, detail: string): Refused {
  return refuse("invalid", { detail: `Not right: ${field}.`, fields: [{ field, detail }] });
}

/** Whether a use case said no. */
export function isRefused(value: unknown): value is Refused {
  return typeof value === "object" && value !== null && "refused" in value &&
    Problem.safeParse(value.refused).success;
}
