// Asks a peer to answer C-ECHO. The core does it; who may be called is a row of the practice.
import { eq } from "drizzle-orm";
import { echo } from "#core/contract/peers.ts";
import type { EchoResult } from "#core/contract/peers.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { dicomPeer } from "#db/schema/mod.ts";
import { actingAs, journeyOf } from "../guard/acting.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** How the peer answers; refused for one that only sends. */
export async function echoPeer(
  { db, core }: Pick<EdgeParts, "db" | "core">,
  actor: Actor,
  peerId: string,
  request: RequestFacts,
): Promise<EchoResult | Refused> {
  const [row] = await db.readAs(
    actor.practiceId,
    (q) => q.select({ host: dicomPeer.host }).from(dicomPeer).where(eq(dicomPeer.id, peerId)),
  );
  if (!row) return refuse("not-found");
  if (row.host === null) {
    return refuse("conflict", { detail: "This peer only sends: it has no host and port to be called at." });
  }
  return await core(echo, { peer: peerId }, { who: actingAs(actor, "peer:manage"), ...journeyOf(request) });
}
