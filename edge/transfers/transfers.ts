// Sending a study to a registered peer. The core sends and keeps the rows; the edge asks for it and shows how far it is.
import { desc, eq } from "drizzle-orm";
import { refuse } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { cancelTransfer, startTransfer } from "#core/contract/transfers.ts";
import type { Transfer, TransferList } from "#core/contract/transfers.ts";
import { presentTransfer } from "#core/domain/transfer.ts";
import { study, transfer } from "#db/schema/mod.ts";
import { actingAs, journeyOf, whenceOf } from "../guard/acting.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

/** How many transfers of a study are listed. */
const mostListed = 100;

/** The transfers of a study, newest first. */
export async function listTransfers(
  { db }: Pick<EdgeParts, "db">,
  practiceId: string,
  studyId: string,
): Promise<TransferList | Refused> {
  const [[found], rows] = await db.readAs(practiceId, (q) => [
    q.select({ id: study.id }).from(study).where(eq(study.id, studyId)),
    q.select().from(transfer).where(eq(transfer.studyId, studyId))
      .orderBy(desc(transfer.createdAt), desc(transfer.id)).limit(mostListed),
  ]);
  return found ? { transfers: rows.map(presentTransfer) } : refuse("not-found");
}

/** Begins to send a study to a peer. */
export async function sendStudy(
  { core }: Pick<EdgeParts, "core">,
  actor: Actor,
  wanted: { readonly study: string; readonly peer: string },
  request: RequestFacts,
): Promise<Transfer> {
  const who = actingAs(actor, "study:send");
  return await core(startTransfer, { ...wanted, from: whenceOf(request) }, { who, ...journeyOf(request) });
}

/** Ends a transfer. */
export async function stopTransfer(
  { core }: Pick<EdgeParts, "core">,
  actor: Actor,
  id: string,
  request: RequestFacts,
): Promise<Transfer> {
  const who = actingAs(actor, "study:send");
  return await core(cancelTransfer, { transfer: id, from: whenceOf(request) }, {
    who,
    ...journeyOf(request),
  });
}
