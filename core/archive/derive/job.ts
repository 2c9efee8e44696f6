// The job `derive`: asked for in the transaction that makes an instance's rows.
import { job, type RequestableJob } from "#core/jobs/mod.ts";
import { type DerivationOutcome, DeriveJob } from "./derive.ts";

/** What the job does it with. */
export type Deriver = {
  derive(asks: DeriveJob): Promise<DerivationOutcome>;
  /** Says in the rows that the picture could not be made for a fault of our own. */
  giveUpDerivation(asks: DeriveJob): Promise<void>;
};

const retry = { times: 5, after: "2s", atMost: "5m" } as const;

/** Defines the job. `ended` is told each outcome, for the numbers. */
export function deriveJob(
  deriver: Deriver,
  { atOnce, ended }: { readonly atOnce: number; readonly ended: (outcome: DerivationOutcome) => void },
): RequestableJob<typeof DeriveJob> {
  return job({
    name: "derive",
    asks: DeriveJob,
    within: "10m",
    retry,
    atOnce,
    run: async (asks, { attempt }) => {
      try {
        ended(await deriver.derive(asks));
      } catch (fault) {
        if (attempt > retry.times) await deriver.giveUpDerivation(asks);
        throw fault;
      }
    },
  });
}
