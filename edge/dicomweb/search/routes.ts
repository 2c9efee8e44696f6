// QIDO-RS (PS3.18 10.6): the search transactions of studies, series and instances.
import { Hono } from "hono";
import type { Context } from "hono";
import { Uid } from "#core/contract/identifiers.ts";
import type { ActedEnv, EdgeEnv } from "../../guard/env.ts";
import type { May } from "../../guard/may.ts";
import { refusal } from "../../guard/refusal.ts";
import { does } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { rootOf } from "../root.ts";
import type { Level } from "./attributes.ts";
import { pageBounds, readParameters } from "./parameters.ts";
import { search } from "./search.ts";

const paths: readonly (readonly [path: string, level: Level, summary: string])[] = [
  ["/studies", "study", "Search for studies"],
  ["/studies/:study/series", "series", "Search for the series of a study"],
  ["/studies/:study/instances", "instance", "Search for the instances of a study"],
  ["/studies/:study/series/:series/instances", "instance", "Search for the instances of a series"],
  ["/series", "series", "Search for series of all studies"],
  ["/instances", "instance", "Search for instances of all studies"],
];

/** The search routes of /dicomweb. */
export function searches(parts: EdgeParts, may: May): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>();
  for (const [path, level, summary] of paths) {
    app.get(
      path,
      may("study:read"),
      does(summary, { status: 200, type: "application/dicom+json" }),
      (c) => answerSearch(parts, c, level),
    );
  }
  return app;
}

async function answerSearch(parts: EdgeParts, c: Context<ActedEnv>, level: Level): Promise<Response> {
  const { study, series } = c.req.param();
  for (const uid of [study, series]) {
    if (uid !== undefined && !Uid.safeParse(uid).success) return refusal(c, "not-found");
  }
  const url = new URL(c.req.url);
  const query = readParameters(url.searchParams, level);
  if (!("conditions" in query)) {
    return refusal(c, "malformed", { detail: "The query cannot be matched.", fields: [...query] });
  }
  const root = rootOf(parts);
  const scope = { level, study, series };
  const found = await search(parts, { practiceId: c.var.actor.practiceId, scope, query, root });
  if (!found) {
    return refusal(c, "malformed", {
      fields: [{ field: "after", detail: "is not a cursor of this search" }],
    });
  }
  const headers = new Headers({ "content-type": "application/dicom+json", "cache-control": "no-store" });
  if (found.next !== undefined) {
    headers.set("link", `<${nextPage(url, root, found.next)}>; rel="next"`);
    if (wantedMore(url)) {
      headers.set("warning", `299 vetware "There are more than ${pageBounds.most} results."`);
    }
  }
  return new Response(JSON.stringify(found.datasets), { headers });
}

/** Whether more was asked for at once than a page holds. */
function wantedMore({ searchParams }: URL): boolean {
  return Number(searchParams.get("limit") ?? 0) > pageBounds.most;
}

function nextPage(url: URL, root: string, after: string): string {
  const next = new URL(root + url.pathname.slice("/dicomweb".length) + url.search);
  next.searchParams.delete("offset");
  next.searchParams.set("after", after);
  return next.href;
}
