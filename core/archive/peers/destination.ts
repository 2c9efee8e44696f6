// Where a registered peer is reached, and as whom we call it. The core calls nothing but what stands in a row of the
// practice itself.
import { eq } from "drizzle-orm";
import { dicomPeer, practice } from "#db/schema/mod.ts";
import type { PeerAddress } from "#core/dimse/mod.ts";
import type { Database } from "#db/mod.ts";

/** Whom to call, and as whom. */
export type Destination = PeerAddress & {
  readonly name: string;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
};

/** The destination of a peer of a practice; undefined when there is no such peer or it only sends. */
export async function destinationOf(
  db: Pick<Database, "readAs">,
  practiceId: string,
  peer: string,
): Promise<Destination | undefined> {
  const [[row], [own]] = await db.readAs(practiceId, (q) => [
    q.select().from(dicomPeer).where(eq(dicomPeer.id, peer)),
    q.select({ aeTitle: practice.aeTitle }).from(practice),
  ]);
  if (!row || !own || row.host === null || row.port === null || row.aeTitle === null) return undefined;
  const sha256 = row.certificateSha256 ? Buffer.from(row.certificateSha256).toString("hex") : undefined;
  return {
    name: row.name,
    host: row.host,
    port: row.port,
    tls: row.tls ? { sha256 } : undefined,
    calledAeTitle: row.aeTitle,
    callingAeTitle: own.aeTitle,
  };
}
