// What becomes of a study over time: the bin, and what else was kept under its UIDs.
import { Hono } from "hono";
import { Integrity } from "#core/contract/integrity.ts";
import { Binned, Restored, StudyVersions } from "#core/contract/studies.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { ids } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { answer } from "../guard/refusal.ts";
import { does } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { deleteStudy, takeBack } from "./bin.ts";
import { lastReport } from "./integrity.ts";
import { versionsOf } from "./versions.ts";

/** Routes at /api/studies that are about keeping. */
export function keeping(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .delete(
      "/:id",
      may("study:delete"),
      does("Put a study into the bin for thirty days", { status: 200, schema: Binned }),
      ids("id"),
      async (c) => answer(c, await deleteStudy(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    )
    .post(
      "/:id/restore",
      may("study:delete"),
      does("Take a study out of the bin", { status: 200, schema: Restored }),
      ids("id"),
      async (c) => answer(c, await takeBack(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    )
    .get(
      "/:id/versions",
      may("study:read"),
      does("What else was kept under the UIDs of a study", { status: 200, schema: StudyVersions }),
      ids("id"),
      async (c) => answer(c, await versionsOf(parts, c.var.actor.practiceId, c.req.valid("param").id)),
    );
}

/** Routes at /api/integrity. */
export function integrity(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>().get(
    "/",
    may("study:read"),
    does("The last look at everything that is stored", { status: 200, schema: Integrity }),
    async (c) => answer(c, await lastReport(parts, c.var.actor.practiceId)),
  );
}
