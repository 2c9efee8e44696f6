// A transfer's row as people follow it, the same for both halves.
import type { Transfer } from "#core/contract/transfers.ts";

/** What is read of a row. */
export type TransferRow = Omit<Transfer, "peer" | "createdAt" | "endedAt"> & {
  readonly peerId: string;
  readonly peerName: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
};

/** Presents a row. */
export function presentTransfer(row: TransferRow): Transfer {
  const { id, studyId, peerId, peerName, state, total, sent, failed, reason } = row;
  return {
    id,
    studyId,
    peer: { id: peerId, name: peerName },
    state,
    total,
    sent,
    failed,
    reason,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
