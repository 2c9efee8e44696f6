// Routes at /api/peers.
import { Hono } from "hono";
import { EchoResult, NewPeer, Peer, PeerList } from "#core/contract/peers.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids } from "../guard/input.ts";
import type { May } from "../guard/may.ts";
import { answer } from "../guard/refusal.ts";
import { does } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { echoPeer } from "./echo.ts";
import { addPeer, listPeers, removePeer } from "./peers.ts";

/** Routes at /api/peers. */
export function peers(parts: EdgeParts, may: May) {
  return new Hono<EdgeEnv>()
    .get(
      "/",
      may("peer:read"),
      does("List the DICOM peers of the practice", { status: 200, schema: PeerList }),
      async (c) => answer(c, await listPeers(parts, c.var.actor.practiceId)),
    )
    .post(
      "/",
      may("peer:manage"),
      does("Register a DICOM peer", { status: 201, schema: Peer }),
      body(NewPeer),
      async (c) => answer(c, await addPeer(parts, c.var.actor, c.req.valid("json"), c.var.request), 201),
    )
    .delete(
      "/:id",
      may("peer:manage"),
      does("Take a DICOM peer out", { status: 200, schema: Peer }),
      ids("id"),
      async (c) => answer(c, await removePeer(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    )
    .post(
      "/:id/echo",
      may("peer:manage"),
      does("Ask a DICOM peer to answer C-ECHO", { status: 200, schema: EchoResult }),
      ids("id"),
      async (c) => answer(c, await echoPeer(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    );
}
