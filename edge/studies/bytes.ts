// Bytes of one instance through the core's door: thumbnail, preview, full picture, original file. The edge decides
// whether they may be seen; ranges, tags and sizes are the door's.
import { and, eq, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import { bytesCapability } from "#core/contract/capability.ts";
import type { Thing } from "#core/contract/capability.ts";
import type { Acting } from "#core/contract/call.ts";
import { Problem, problem } from "#core/contract/problem.ts";
import type { Reader } from "#db/mod.ts";
import { derivative, instance } from "#db/schema/mod.ts";
import { journeyOf } from "../guard/acting.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { problemAnswer, refusal } from "../guard/refusal.ts";
import type { Asked } from "../guard/refusal.ts";
import type { EdgeParts } from "../parts.ts";
import { attachment } from "./fileName.ts";

/** What may be asked for of an instance. */
export type BytesKind = "thumbnail" | "preview" | "picture" | "original";

/** The part of a path that names a kind. */
export const kinds = "thumbnail|preview|picture|original";

/** Reads the kind of a path that the router matched. */
export function kindOf(text: string): BytesKind {
  return text === "thumbnail" || text === "preview" || text === "picture" ? text : "original";
}

/** An instance that may be seen, and its picture where there is one. */
export type FoundInstance = { readonly id: string; readonly picture: string | null };

/** Selects an instance if it is among those that `within` lets through. */
export function instanceWithin(q: Reader, instanceId: string, within: SQL) {
  return q.select({ id: instance.id, picture: derivative.id }).from(instance)
    .leftJoin(derivative, and(eq(derivative.instanceId, instance.id), eq(derivative.kind, "htj2k")))
    .where(and(eq(instance.id, instanceId), eq(instance.current, true), within));
}

/** The thing that the door knows it by; undefined when there is no such instance, or no picture of it. */
export function thingOf(found: FoundInstance | undefined, kind: BytesKind): Thing | undefined {
  if (!found) return undefined;
  if (kind === "original") return { original: found.id };
  if (kind === "picture") return found.picture ? { derivative: found.id } : undefined;
  return { preview: found.id, size: kind === "thumbnail" ? 256 : 1024 };
}

/** Streams a thing to the client, an original as a file to keep; `cache` is the answer's Cache-Control. */
export async function sendThing<E extends EdgeEnv>(
  { doors, now, random }: Pick<EdgeParts, "doors" | "now" | "random">,
  c: Context<E>,
  sending: {
    readonly who: Acting;
    readonly thing: Thing;
    readonly cache: string;
    /** The name under which it is kept. */
    readonly fileName?: string;
  },
): Promise<Response> {
  const { who, thing, cache } = sending;
  const fileName = "original" in thing ? `${thing.original}.dcm` : sending.fileName;
  const capability = bytesCapability({ who, thing }, { now: () => now().getTime(), random });
  const method = c.req.method === "HEAD" ? "HEAD" : "GET";
  const signal = c.req.raw.signal;
  const terms = { ...journeyOf(c.var.request), signal, method } as const;
  const answer = await doors.getBytes(capability, c.req.raw.headers, terms);
  if (![200, 206, 304].includes(answer.status)) return await refusedByDoor(c, answer);
  const headers = new Headers({ "cache-control": cache });
  for (const name of passedBack) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  if (fileName !== undefined) headers.set("content-disposition", attachment(fileName));
  return new Response(answer.body, { status: answer.status, headers });
}

const passedBack = ["content-type", "content-length", "content-range", "accept-ranges", "etag"];

async function refusedByDoor(c: Asked, answer: Response): Promise<Response> {
  const said = Problem.safeParse(await answer.json().catch(() => undefined));
  if (answer.status === 404) {
    return refusal(c, "not-found", { detail: "These bytes are not here, or not yet." });
  }
  const range = answer.headers.get("content-range");
  if (answer.status === 416) {
    return refusal(c, "range-not-satisfiable", {}, range ? { "content-range": range } : {});
  }
  const kept = said.success && [503, 504, 429].includes(answer.status);
  return problemAnswer(c, kept ? said.data : problem("unavailable"));
}
