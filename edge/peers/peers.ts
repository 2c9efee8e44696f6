// Registering peers, and taking them out.
import { asc, eq } from "drizzle-orm";
import type { NewPeer, Peer, PeerList } from "#core/contract/peers.ts";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { audit, dicomPeer, practice } from "#db/schema/mod.ts";
import { auditRow } from "../guard/audit.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** The most peers a practice may have; a clinic has a handful. */
const mostPeers = 200;

/** All peers of a practice, in the order in which they were registered. */
export async function listPeers({ db }: Pick<EdgeParts, "db">, practiceId: string): Promise<PeerList> {
  const [[own], rows] = await db.readAs(practiceId, (q) => [
    q.select({ aeTitle: practice.aeTitle }).from(practice),
    q.select().from(dicomPeer).orderBy(asc(dicomPeer.createdAt), asc(dicomPeer.id)),
  ]);
  return { calledAeTitle: own?.aeTitle ?? "", peers: rows.map(presentPeer) };
}

/** Registers a peer. */
export async function addPeer(
  { db, newId }: Pick<EdgeParts, "db" | "newId">,
  actor: Actor,
  { destination, certificateSha256, ...said }: NewPeer,
  request: RequestFacts,
): Promise<Peer | Refused> {
  const { practiceId } = actor;
  return await db.writeAs(practiceId, async (tx) => {
    if (await tx.$count(dicomPeer) >= mostPeers) {
      return refuse("conflict", { detail: `A practice may have ${mostPeers} peers.` });
    }
    const [row] = await tx.insert(dicomPeer).values({
      id: newId(),
      practiceId,
      ...said,
      host: destination?.host ?? null,
      port: destination?.port ?? null,
      tls: destination?.tls ?? false,
      certificateSha256: certificateSha256 === null ? null : bytesOf(certificateSha256),
    }).returning();
    if (!row) throw new Error("a peer row was not written");
    const deed = { action: "peer.added", subjectKind: "dicom_peer", subjectId: row.id };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    return presentPeer(row);
  });
}

/** Takes a peer out: its next association is rejected, and nothing more is sent to it. */
export async function removePeer(
  { db, newId }: Pick<EdgeParts, "db" | "newId">,
  actor: Actor,
  peerId: string,
  request: RequestFacts,
): Promise<Peer | Refused> {
  return await db.writeAs(actor.practiceId, async (tx) => {
    const [row] = await tx.delete(dicomPeer).where(eq(dicomPeer.id, peerId)).returning();
    if (!row) return refuse("not-found");
    const deed = { action: "peer.removed", subjectKind: "dicom_peer", subjectId: row.id };
    await tx.insert(audit).values(auditRow(actor, request, deed, newId));
    return presentPeer(row);
  });
}

function presentPeer(row: typeof dicomPeer.$inferSelect): Peer {
  const { id, name, aeTitle, address, host, port, tls, certificateSha256, createdAt } = row;
  return {
    id,
    name,
    aeTitle,
    address,
    host,
    port,
    tls,
    certificateSha256: certificateSha256 && hexadecimal(certificateSha256),
    createdAt: createdAt.toISOString(),
  };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
