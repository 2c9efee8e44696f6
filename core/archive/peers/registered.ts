// Which peers may associate, and what their datasets become. The called AE title names the practice, the address
// (and the calling AE title and the certificate, where they are registered) proves that the peer is one of its own
// (PL-13). Who is not known hears one reason, whether it is the called or the calling AE title that we do not know:
// a stranger must not learn which practices are here by trying titles (PS3.8 9.3.4 has a reason for each).
import { sql } from "drizzle-orm";
import type { Log } from "#core/contract/log.ts";
import { type Authorize, type Outcome, type Peer, statuses, type Store } from "#core/dimse/mod.ts";
import { type Database, DatabaseUnavailable } from "#db/mod.ts";
import type { Archive } from "../archive.ts";
import type { RefusalReason } from "../receive/arrival.ts";

/** The practice of a peer and the peer's own id. */
export type PeerPractice = { readonly practice: string; readonly peer: string };

export type Peers = { readonly authorize: Authorize };

type Known = PeerPractice & { readonly at: number };

const rememberedMs = 24 * 60 * 60 * 1000;
const mostRemembered = 10_000;

/**
 * Asks the database at each association. While it is away, peers that it named in the last 24 hours are taken by
 * that word, others are asked to try later (a throw becomes "temporary congestion").
 */
export function registeredPeers(db: Pick<Database, "lookUp">, log: Log, now: () => number = Date.now): Peers {
  const known = new Map<string, Known>();

  const remember = (key: string, found: PeerPractice | undefined) => {
    known.delete(key);
    if (!found) return;
    if (known.size >= mostRemembered) known.delete(known.keys().next().value ?? "");
    known.set(key, { ...found, at: now() });
  };

  return {
    async authorize(peer) {
      const address = plainAddress(peer.address);
      const key = JSON.stringify([
        peer.calledAeTitle,
        peer.callingAeTitle,
        address,
        peer.certificateFingerprint,
      ]);
      try {
        const found = await findPeer(db, peer, address);
        remember(key, found);
        return found ?? { reject: "calling AE title not recognized" };
      } catch (fault) {
        const earlier = known.get(key);
        const fresh = earlier && now() - earlier.at < rememberedMs;
        if (!(fault instanceof DatabaseUnavailable) || !fresh) throw fault;
        log("peer_taken_from_memory", { peer: earlier.peer, practice: earlier.practice }, "warning");
        return { practice: earlier.practice, peer: earlier.peer };
      }
    },
  };
}

async function findPeer(
  db: Pick<Database, "lookUp">,
  { calledAeTitle, callingAeTitle, certificateFingerprint }: Peer,
  address: string,
): Promise<PeerPractice | undefined> {
  const [row] = await db.lookUp<{ practice_id: string; peer_id: string }>(
    sql`select practice_id, peer_id from app.find_dicom_peer(
      ${calledAeTitle}, ${callingAeTitle}, ${address}::inet, decode(${
      certificateFingerprint ?? null
    }, 'hex'))`,
  );
  return row && { practice: row.practice_id, peer: row.peer_id };
}

/** An IPv4 address in its own form when it came mapped into IPv6 (RFC 4291 2.5.5.2); without a zone. */
export function plainAddress(address: string): string {
  const bare = address.split("%")[0] ?? address;
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  return v4 ?? bare;
}

/** Keeps what C-STORE brings; anything but success is an answer of PS3.4 B.2.3. */
export function storeDataset(archive: Pick<Archive, "receive">): Store {
  return async (request): Promise<Outcome> => {
    const received = await archive.receive({
      kind: "dataset",
      practice: request.who.practice,
      source: { kind: "dimse", actor: "dicom_peer", id: request.who.peer },
      sopClassUID: request.sopClassUID,
      sopInstanceUID: request.sopInstanceUID,
      transferSyntaxUID: request.transferSyntaxUID,
      callingAeTitle: request.callingAeTitle,
      bytes: request.dataset,
    });
    if (!("refusal" in received)) return { status: statuses.success };
    return { status: statuses.outOfResources, comment: comments[received.refusal] };
  };
}

const comments: Record<RefusalReason, string> = {
  disk: "archive disk fault, try again later",
  space: "archive disk is full, try again later",
  backlog: "archive is catching up, try again later",
  closing: "archive is restarting, try again later",
  large: "instance is too large",
  content: "not an instance",
  study: "of another study",
};
