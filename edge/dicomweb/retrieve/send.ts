// Asks the core's door for what is named and passes its answer on, refusals too.
import type { Context } from "hono";
import { bytesCapability } from "#core/contract/capability.ts";
import { Uid } from "#core/contract/identifiers.ts";
import { Problem, problem } from "#core/contract/problem.ts";
import type { DicomName, Retrieved } from "#core/contract/retrieve.ts";
import { actingAs, journeyOf } from "../../guard/acting.ts";
import type { ActedEnv } from "../../guard/env.ts";
import { problemAnswer, refusal } from "../../guard/refusal.ts";
import type { EdgeParts } from "../../parts.ts";

/** What the path names; undefined when a part of it is no UID, which then names nothing. */
export function nameOf(c: Context<ActedEnv>): DicomName | undefined {
  const { study = "", series, instance } = c.req.param();
  const given = [study, series, instance].filter((uid) => uid !== undefined);
  if (!given.every((uid) => Uid.safeParse(uid).success)) return undefined;
  return {
    study,
    ...(series === undefined ? {} : { series }),
    ...(instance === undefined ? {} : { instance }),
  };
}

/** Sends what is named in the form that is wanted. */
export async function sendRetrieved(
  { doors, now, random }: EdgeParts,
  c: Context<ActedEnv>,
  name: DicomName,
  as: Retrieved,
): Promise<Response> {
  const who = actingAs(c.var.actor, "study:read");
  const issuing = { now: () => now().getTime(), random };
  const method = c.req.method === "HEAD" ? "HEAD" : "GET";
  const terms = { ...journeyOf(c.var.request), signal: c.req.raw.signal, method } as const;
  const capability = bytesCapability({ who, thing: { dicomweb: name, as } }, issuing);
  const answer = await doors.getBytes(capability, c.req.raw.headers, terms);
  if (![200, 206, 304].includes(answer.status)) return await refused(c, answer);
  const headers = new Headers({ "cache-control": "private, no-cache" });
  for (const field of passedBack) {
    const value = answer.headers.get(field);
    if (value !== null) headers.set(field, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}

const passedBack = ["content-type", "content-length", "content-range", "accept-ranges", "etag"];

/** The core's own words where they are meant for the client; anything else is a fault between the halves. */
async function refused(c: Context<ActedEnv>, answer: Response): Promise<Response> {
  const said = Problem.safeParse(await answer.json().catch(() => undefined));
  const range = answer.headers.get("content-range");
  if (answer.status === 416) {
    return refusal(c, "range-not-satisfiable", {}, range ? { "content-range": range } : {});
  }
  const meant = said.success && [404, 406, 429, 503, 504].includes(answer.status);
  return problemAnswer(
    c,
    meant ? said.data : problem("unavailable"),
    answer.status === 503 ? { "retry-after": "5" } : {},
  );
}
