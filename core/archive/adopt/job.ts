// The job `adoptStudy`: asked for in the transaction that makes an adoption's row.
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { type Job, job } from "#core/jobs/mod.ts";
import type { Attempt } from "../transfer/send.ts";
import type { AdoptionOf } from "./copy.ts";

const retry = { times: 4, after: "3s", atMost: "1m" } as const;

/** Copies, and says whether this try is the last. */
export type Adopter = {
  copyStudy(of: AdoptionOf, attempt: Attempt): Promise<void>;
};

/** Defines the job; one study at a time is copied, beside what practices send themselves. */
export function adoptStudyJob(adopter: Adopter): Job {
  return job({
    name: "adoptStudy",
    asks: z.object({ practice: Id, adoption: Id }),
    within: "600m",
    retry,
    atOnce: 1,
    run: (asks, { attempt, signal }) => adopter.copyStudy(asks, { isLast: attempt > retry.times, signal }),
  });
}
