// Routes at /api/keys.
import { Hono } from "hono";
import { ApiKey, ApiKeyList, CreatedApiKey, NewApiKey } from "#core/contract/practice.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { proved } from "../guard/proof.ts";
import { answer } from "../guard/refusal.ts";
import { does } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { listKeys, makeKey, revokeKey } from "./keys.ts";

/** Routes at /api/keys. */
export function keys(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .get(
      "/",
      may("key:read"),
      does("The API keys of the practice", { status: 200, schema: ApiKeyList }),
      async (c) => answer(c, await listKeys(parts, c.var.actor.practiceId)),
    )
    .post(
      "/",
      may("key:manage"),
      proved(parts.now),
      does("Make an API key; its secret is told once", { status: 201, schema: CreatedApiKey }),
      body(NewApiKey),
      async (c) => answer(c, await makeKey(parts, c.var.actor, c.req.valid("json"), c.var.request), 201),
    )
    .delete(
      "/:id",
      may("key:manage"),
      does("Take an API key back", { status: 200, schema: ApiKey }),
      ids("id"),
      async (c) => answer(c, await revokeKey(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    );
}
