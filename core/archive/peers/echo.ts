// C-ECHO to a registered peer, told in words.
import { echo, type EchoResult } from "#core/contract/peers.ts";
import { refuse, type Refused } from "#core/contract/problem.ts";
import { AssociationFailed, echoPeer } from "#core/dimse/mod.ts";
import type { Database } from "#db/mod.ts";
import { serve, type Served } from "#core/rpc/mod.ts";
import { destinationOf } from "./destination.ts";

/** What the edge may ask about peers by call. */
export function peerCalls(db: Pick<Database, "readAs">): Served[] {
  return [
    serve(
      echo,
      ({ peer }, { practice }) =>
        practice === undefined
          ? refuse("forbidden", { detail: "This call is for a practice." })
          : echoRegisteredPeer(db, practice, peer),
    ),
  ];
}

/** Asks a peer of the practice to echo. */
async function echoRegisteredPeer(
  db: Pick<Database, "readAs">,
  practice: string,
  peer: string,
): Promise<EchoResult | Refused> {
  const destination = await destinationOf(db, practice, peer);
  if (!destination) return refuse("not-found", { detail: "There is no such peer to call." });
  const began = performance.now();
  const words = await echoPeer(destination).then(
    ({ status }) => status === 0 ? undefined : `The peer answered with status ${status.toString(16)}.`,
    (fault: unknown) => {
      if (fault instanceof AssociationFailed) return fault.message;
      throw fault;
    },
  );
  const milliseconds = Math.round(performance.now() - began);
  return { ok: words === undefined, words: words ?? "The peer answers.", milliseconds };
}
