// A peer's request for storage commitment: kept as a job before it is answered, so that the answer comes whatever ends
// in between.
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { type Commit, type CommitmentRequest, statuses } from "#core/dimse/mod.ts";
import { dicomPeer } from "#db/schema/mod.ts";
import type { Database } from "#db/mod.ts";
import { askedBy } from "./job.ts";

/** Takes requests for commitment. `asked` is told, so that nobody waits for the queue's next look. */
export function takeCommitments(db: Database, asked: () => void): Commit {
  return async (request) => {
    const { practice } = request.who;
    const reportTo = await destinationFor(db, request);
    if (reportTo === undefined) {
      return { status: statuses.processingFailure, comment: "no host and port registered to report to" };
    }
    const asks = { practice, peer: reportTo, ...askedBy(request) };
    // one request may be sent again while the first is worked on: the transaction is the key
    const key = `commit:${practice}:${request.transactionUID}`;
    await db.writeAs(practice, async (tx) => {
      await tx.execute(sql`select app.enqueue('commitStorage', ${JSON.stringify(asks)}::jsonb, ${key})`);
    });
    asked();
    return { status: statuses.success };
  };
}

/** The peer itself where it can be called, else one of the practice by the same AE title. */
async function destinationFor(
  db: Database,
  { who, callingAeTitle }: CommitmentRequest,
): Promise<string | undefined> {
  const rows = await db.readAs(
    who.practice,
    (q) =>
      q.select({ id: dicomPeer.id, aeTitle: dicomPeer.aeTitle }).from(dicomPeer)
        .where(and(isNotNull(dicomPeer.host), eq(dicomPeer.practiceId, who.practice))),
  );
  const itself = rows.find(({ id }) => id === who.peer);
  return (itself ?? rows.find(({ aeTitle }) => aeTitle === callingAeTitle))?.id;
}
