// Routes at /api/operator.
import { Hono } from "hono";
import { OperatorAccess, OperatorPractices, OperatorView } from "#core/contract/practice.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids } from "../guard/input.ts";
import type { Self } from "../guard/may.ts";
import { proved } from "../guard/proof.ts";
import { answer } from "../guard/refusal.ts";
import { does } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { listPractices, lookAtPractice, openAccess } from "./operator.ts";

/** Routes at /api/operator. */
export function operator(parts: EdgeParts, self: Self) {
  return new Hono<EdgeEnv>()
    .get(
      "/practices",
      self("operator:access"),
      does("All practices, by name", { status: 200, schema: OperatorPractices }),
      async (c) => answer(c, await listPractices(parts, c.var.self)),
    )
    .post(
      "/accesses",
      self("operator:access"),
      proved(parts.now),
      does("Look at a practice's state for a reason; it shows in the practice's activity", {
        status: 201,
        schema: OperatorView,
      }),
      body(OperatorAccess),
      async (c) => answer(c, await openAccess(parts, c.var.self, c.req.valid("json"), c.var.request), 201),
    )
    .get(
      "/practices/:id",
      self("operator:access"),
      does("Look again within the hour", { status: 200, schema: OperatorView }),
      ids("id"),
      async (c) => answer(c, await lookAtPractice(parts, c.var.self, c.req.valid("param").id, c.var.request)),
    );
}
