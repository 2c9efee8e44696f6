// What comes in from outside, parsed once: a JSON body, a query, the ids of a path. Whatever does not fit is
// refused with the names of the fields that are wrong.
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { jsonOf } from "#core/contract/json.ts";
import { invalid, problem } from "#core/contract/problem.ts";
import type { EdgeEnv } from "./env.ts";
import { problemAnswer, refusal } from "./refusal.ts";
import { noted } from "./route.ts";

/** The most bytes a JSON body may have. */
const largestJson = 64 * 1024;

/** Milliseconds that a JSON body may take to arrive. */
const slowestJson = 15_000;

const unread = {
  "too-large": problem("too-large", { detail: `A JSON body may have ${largestJson} bytes.` }),
  "late": problem("late", { detail: `A JSON body must arrive within ${slowestJson / 1000} seconds.` }),
};

type Takes<Target extends "json" | "query" | "param", In, Out> = MiddlewareHandler<
  EdgeEnv,
  string,
  { in: { [K in Target]: In }; out: { [K in Target]: Out } }
>;

/** Takes a JSON body of one shape; anything but `application/json` is refused (415), so a form can never post. */
export function body<Schema extends z.ZodObject>(
  schema: Schema,
): Takes<"json", z.input<Schema>, z.output<Schema>> {
  return noted({ body: schema }, async (c, next) => {
    if (!isJson(c.req.header("content-type"))) {
      return refusal(c, "unsupported-type", { detail: "Send JSON: content-type application/json." });
    }
    const read = await readText(c, largestJson, slowestJson);
    if ("refused" in read) return problemAnswer(c, unread[read.refused]);
    const parsed = schema.safeParse(jsonOf(read.text));
    if (!parsed.success) return problemAnswer(c, invalid(parsed.error, "body"));
    c.req.addValidatedData("json", parsed.data);
    return await next();
  });
}

/** Takes a query of one shape. A parameter given twice is refused, it could mean two things. */
export function query<Schema extends z.ZodObject>(
  schema: Schema,
): Takes<"query", z.input<Schema>, z.output<Schema>> {
  return noted({ query: schema }, async (c, next) => {
    const given = Object.entries(c.req.queries());
    const twice = given.find(([, values]) => values.length > 1);
    if (twice) return refusal(c, "malformed", { detail: "A query parameter was given twice." });
    const parsed = schema.safeParse(Object.fromEntries(given.map(([name, values]) => [name, values[0]])));
    if (!parsed.success) return problemAnswer(c, invalid(parsed.error, "query"));
    c.req.addValidatedData("query", parsed.data);
    return await next();
  });
}

/** Takes ids in the path. What is no id names nothing: 404, as an unknown id. */
export function ids<Name extends string>(
  ...names: Name[]
): Takes<"param", { [K in Name]: string }, { [K in Name]: string }> {
  return noted({ ids: names }, async (c, next) => {
    const given = names.map((name) => [name, Id.safeParse(c.req.param(name)).data?.toLowerCase()] as const);
    if (given.some(([, id]) => id === undefined)) return refusal(c, "not-found");
    c.req.addValidatedData("param", Object.fromEntries(given));
    return await next();
  });
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType ?? "");
}

type Read = { readonly text: string } | { readonly refused: "too-large" | "late" };

/** Reads a body up to a length and a time. What is announced too long is not read at all. */
export async function readText(c: Context<EdgeEnv>, most: number, withinMs: number): Promise<Read> {
  if (Number(c.req.header("content-length") ?? 0) > most) return { refused: "too-large" };
  const reader = c.req.raw.body?.getReader();
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), withinMs);
  try {
    return reader ? await gathered(reader, most, late.promise) : { text: "" };
  } finally {
    clearTimeout(timer);
  }
}

async function gathered(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  most: number,
  late: Promise<"late">,
): Promise<Read> {
  const decoder = new TextDecoder();
  for (let length = 0, text = "";;) {
    const part = await Promise.race([reader.read(), late]);
    if (part === "late") return { refused: "late" };
    if (part.done) return { text: text + decoder.decode() };
    length += part.value.byteLength;
    if (length > most) return { refused: "too-large" };
    text += decoder.decode(part.value, { stream: true });
  }
}
