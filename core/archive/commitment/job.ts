// The job `commitStorage`: looks whether each instance is kept, and tells the peer that asked.
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { type Commitment, mostCommitted } from "#core/dimse/mod.ts";
import { type Job, job } from "#core/jobs/mod.ts";

/** As the association has checked it. */
const Uid = z.string().min(1).max(64);

/** What is asked: pairs of SOP Class and SOP Instance UID, of a transaction, to be told to a peer. */
const Asks = z.object({
  practice: Id,
  peer: Id,
  transaction: Uid,
  instances: z.array(z.tuple([Uid, Uid])).max(mostCommitted),
});
export type CommitmentAsked = z.infer<typeof Asks>;

/** A request as the job takes it. */
export function askedBy(
  { transactionUID, instances }: Commitment,
): Pick<CommitmentAsked, "transaction" | "instances"> {
  return {
    transaction: transactionUID,
    instances: instances.map((one) => [one.sopClassUID, one.sopInstanceUID]),
  };
}

/** Defines the job; a peer that does not answer is tried for about a day. */
export function commitStorageJob(
  keeper: { commitStorage(asked: CommitmentAsked, signal: AbortSignal): Promise<void> },
): Job {
  return job({
    name: "commitStorage",
    asks: Asks,
    within: "30m",
    retry: { times: 30, after: "5s", atMost: "60m" },
    atOnce: 2,
    run: (asked, { signal }) => keeper.commitStorage(asked, signal),
  });
}
