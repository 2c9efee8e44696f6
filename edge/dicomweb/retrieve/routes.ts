// WADO-RS (PS3.18 10.4): studies, series, instances, their metadata, bulk data, frames and rendered pictures.
import { Hono } from "hono";
import type { Context } from "hono";
import { mostFrames } from "#core/contract/retrieve.ts";
import type { Acceptable } from "#core/contract/retrieve.ts";
import type { ActedEnv, EdgeEnv } from "../../guard/env.ts";
import type { May } from "../../guard/may.ts";
import { refusal } from "../../guard/refusal.ts";
import { does } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { rootOf } from "../root.ts";
import { acceptables, takes } from "./accept.ts";
import { pictureType, readRendering } from "./rendering.ts";
import { nameOf, sendRetrieved } from "./send.ts";
import { sendNamedZip, wantsZip } from "./zip.ts";

const study = "/studies/:study";
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;
const levels = [study, series, instance] as const;

/** What a retrieve is about, read from the request before anything is asked for. */
type Asking = {
  readonly parts: EdgeParts;
  readonly c: Context<ActedEnv>;
  readonly wishes: readonly Acceptable[];
};

/** The retrieve routes of /dicomweb. */
export function retrieves(parts: EdgeParts, may: May): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>();
  const add = (
    path: string,
    summary: string,
    type: string,
    answer: (asking: Asking) => Promise<Response> | Response,
  ) =>
    app.get(path, may("study:read"), does(summary, { status: 200, type }), (c) => {
      const wishes = acceptables(c.req.header("accept"), new URL(c.req.url).searchParams);
      if (!wishes) return refusal(c, "malformed", { detail: "What is accepted cannot be read." });
      return answer({ parts, c, wishes });
    });
  for (const path of levels) {
    add(path, "Retrieve instances", "multipart/related", instances);
    add(`${path}/metadata`, "Retrieve metadata", "application/dicom+json", metadata);
    add(`${path}/rendered`, "Retrieve a picture", "image/jpeg", (asking) => rendered(asking, 0));
    add(`${path}/thumbnail`, "Retrieve a small picture", "image/jpeg", thumbnail);
  }
  add(
    `${instance}/bulkdata/:place{.+}`,
    "Retrieve bulk data",
    "application/octet-stream",
    bulkData,
  );
  add(`${instance}/frames/:frames`, "Retrieve frames", "multipart/related", frames);
  add(`${instance}/frames/:frames/rendered`, "Retrieve a picture of a frame", "image/jpeg", renderedFrame);
  add(
    `${instance}/frames/:frames/thumbnail`,
    "Retrieve a small picture of a frame",
    "image/jpeg",
    renderedFrame,
  );
  return app;
}

function instances({ parts, c, wishes }: Asking) {
  if (wantsZip(wishes)) return named(c, (name) => sendNamedZip(parts, c, name));
  return named(c, (name) => sendRetrieved(parts, c, name, { instances: [...wishes] }));
}

function metadata({ parts, c, wishes }: Asking) {
  if (!takes(wishes, "application/dicom+json") && !takes(wishes, "application/json")) {
    return refusal(c, "not-acceptable", { detail: "Metadata comes as application/dicom+json." });
  }
  return named(c, (name) => sendRetrieved(parts, c, name, { metadata: true, root: rootOf(parts) }));
}

/** Tags and item numbers from the outside in, as the metadata writes them. */
const placeForm = /^[0-9A-F]{8}(\/\d{1,6}\/[0-9A-F]{8}){0,20}$/;

function bulkData({ parts, c, wishes }: Asking) {
  const multipart = wishes[0]?.multipart ?? false;
  const place = (c.req.param("place") ?? "").toUpperCase();
  if (!placeForm.test(place)) return refusal(c, "not-found");
  return named(
    c,
    (name) => sendRetrieved(parts, c, name, { bulkData: place, multipart }),
  );
}

function frames({ parts, c, wishes }: Asking) {
  const list = frameList(c);
  if (!list) {
    return refusal(c, "malformed", {
      detail: `Frames are numbers from 1 on, at most ${mostFrames}, with commas between them.`,
    });
  }
  return named(c, (name) => sendRetrieved(parts, c, name, { frames: list, accept: [...wishes] }));
}

function frameList(c: Context<ActedEnv>): number[] | undefined {
  const list = (c.req.param("frames") ?? "").split(",");
  if (list.length > mostFrames || !list.every((text) => /^[1-9]\d{0,6}$/.test(text))) return undefined;
  return list.map(Number);
}

function renderedFrame(asking: Asking) {
  const list = frameList(asking.c);
  const [frame] = list ?? [];
  if (frame === undefined || list?.length !== 1) {
    return refusal(asking.c, "malformed", {
      detail: "One frame is rendered at a time; its number is from 1 on.",
    });
  }
  return asking.c.req.path.endsWith("/thumbnail")
    ? picture(asking, frame, "256,256")
    : rendered(asking, frame);
}

function rendered(asking: Asking, frame: number) {
  return picture(asking, frame, undefined);
}

function thumbnail(asking: Asking) {
  return picture(asking, 0, "256,256");
}

/** A picture; `viewport` holds where the request names none. */
function picture({ parts, c, wishes }: Asking, frame: number, viewport: string | undefined) {
  const mediaType = pictureType(wishes);
  if (!mediaType) {
    return refusal(c, "not-acceptable", { detail: "Pictures come as image/jpeg, image/png or image/webp." });
  }
  const parameters = new URL(c.req.url).searchParams;
  if (viewport !== undefined && !parameters.has("viewport")) parameters.set("viewport", viewport);
  const rendering = readRendering(parameters, { frame, mediaType });
  if (!("mediaType" in rendering)) return refusal(c, "malformed", { fields: [...rendering] });
  return named(c, (name) => sendRetrieved(parts, c, name, { rendered: rendering }));
}

function named(
  c: Context<ActedEnv>,
  send: (name: NonNullable<ReturnType<typeof nameOf>>) => Promise<Response>,
) {
  const name = nameOf(c);
  return name ? send(name) : refusal(c, "not-found");
}
