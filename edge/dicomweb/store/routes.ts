// STOW-RS (PS3.18 10.5): the store transaction, into any study or one that the address names.
import { Hono } from "hono";
import type { EdgeEnv } from "../../guard/env.ts";
import type { May } from "../../guard/may.ts";
import { does, takes } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { store } from "./store.ts";

const multipart = 'multipart/related; type="application/dicom"';

/** The store routes of /dicomweb. */
export function stores(parts: EdgeParts, may: May): Hono<EdgeEnv> {
  return new Hono<EdgeEnv>()
    .post(
      "/studies",
      may("study:upload"),
      does("Store instances", { status: 200, type: "application/dicom+json" }),
      takes(multipart),
      (c) => store(parts, c, undefined),
    )
    .post(
      "/studies/:study",
      may("study:upload"),
      does("Store instances of one study", { status: 200, type: "application/dicom+json" }),
      takes(multipart),
      (c) => store(parts, c, c.req.param("study")),
    );
}
