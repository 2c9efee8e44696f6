// Routes at /api/practice.
import { Hono } from "hono";
import {
  Activity,
  ActivityQuery,
  Attention,
  ChangePractice,
  PracticeProfile,
  Usage,
} from "#core/contract/practice.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, query } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { answer } from "../guard/refusal.ts";
import { does } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { readActivity, readUsage } from "./activity.ts";
import { readAttention } from "./attention.ts";
import { changeProfile, readProfile } from "./profile.ts";

/** Routes at /api/practice. */
export function practice(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .get(
      "/",
      may("practice:read"),
      does("The practice's profile", { status: 200, schema: PracticeProfile }),
      async (c) => answer(c, await readProfile(parts, c.var.actor.practiceId)),
    )
    .patch(
      "/",
      may("practice:manage"),
      does("Correct the practice's name and location", { status: 200, schema: PracticeProfile }),
      body(ChangePractice),
      async (c) => answer(c, await changeProfile(parts, c.var.actor, c.req.valid("json"), c.var.request)),
    )
    .get(
      "/attention",
      may("practice:read"),
      does("What needs attention", { status: 200, schema: Attention }),
      async (c) => answer(c, await readAttention(parts, c.var.actor.practiceId)),
    )
    .get(
      "/activity",
      may("activity:read"),
      does("Who did what, newest first", { status: 200, schema: Activity }),
      query(ActivityQuery),
      async (c) => answer(c, await readActivity(parts, c.var.actor.practiceId, c.req.valid("query").cursor)),
    )
    .get(
      "/usage",
      may("activity:read"),
      does("How often each feature was used, by day", { status: 200, schema: Usage }),
      async (c) => answer(c, await readUsage(parts, c.var.actor.practiceId)),
    );
}
