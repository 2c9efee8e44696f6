// Routes about transfers: below a study, and each by its own id.
import { Hono } from "hono";
import { NewTransfer, Transfer, TransferList } from "#core/contract/transfers.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { answer } from "../guard/refusal.ts";
import { does } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { listTransfers, sendStudy, stopTransfer } from "./transfers.ts";

/** Routes at /api/studies that are about transfers. */
export function transfersOfStudy(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .get(
      "/:id/transfers",
      may("study:read"),
      does("The transfers of a study, newest first", { status: 200, schema: TransferList }),
      ids("id"),
      async (c) => answer(c, await listTransfers(parts, c.var.actor.practiceId, c.req.valid("param").id)),
    )
    .post(
      "/:id/transfers",
      may("study:send"),
      does("Send a study to a DICOM peer", { status: 202, schema: Transfer }),
      ids("id"),
      body(NewTransfer),
      async (c) => {
        const wanted = { study: c.req.valid("param").id, peer: c.req.valid("json").peer };
        return answer(c, await sendStudy(parts, c.var.actor, wanted, c.var.request), 202);
      },
    );
}

/** Routes at /api/transfers. */
export function transfers(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>().post(
    "/:id/cancel",
    may("study:send"),
    does("End a transfer", { status: 200, schema: Transfer }),
    ids("id"),
    async (c) => answer(c, await stopTransfer(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
  );
}
