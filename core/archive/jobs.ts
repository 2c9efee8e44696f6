// The archive's jobs: pictures when something arrives, and what is done on a schedule. Each takes its time from the
// archive's clock and can run twice.
import { z } from "zod";
import { type Job, job } from "#core/jobs/mod.ts";
import type { Archive } from "./archive.ts";
import { adoptStudyJob } from "./adopt/job.ts";
import { commitStorageJob } from "./commitment/job.ts";
import type { DerivationOutcome } from "./derive/derive.ts";
import { deriveJob } from "./derive/job.ts";
import type { Swept } from "./orphans/orphans.ts";
import { sendStudyJob } from "./transfer/job.ts";

/** The archive as its jobs see it. */
export type Worked = Pick<
  Archive,
  | "derive"
  | "giveUpDerivation"
  | "sendStudy"
  | "copyStudy"
  | "commitStorage"
  | "completeStudies"
  | "purgeStudies"
  | "scrubObjects"
  | "sweepOrphans"
>;

/** How many derivations run at once, and who is told how things went, for the numbers. */
export type Working = {
  readonly atOnce: number;
  readonly ended: (outcome: DerivationOutcome) => void;
  readonly swept: (swept: Swept) => void;
};

/** Every job of the archive. */
export function archiveJobs(archive: Worked, working: Working): Job[] {
  return [
    deriveJob(archive, working),
    sendStudyJob(archive),
    adoptStudyJob(archive),
    commitStorageJob(archive),
    scheduled("completeStudies", "* * * * *", (signal) => archive.completeStudies(signal)),
    scheduled("purgeStudies", "23 * * * *", (signal) => archive.purgeStudies(signal)),
    scheduled("scrubObjects", "7,37 * * * *", (signal) => archive.scrubObjects(signal)),
    scheduled(
      "sweepOrphans",
      "41 3 * * *",
      async (signal) => working.swept(await archive.sweepOrphans(signal)),
    ),
  ];
}

/** A job that runs by itself at the times of a cron expression (UTC). */
function scheduled(name: string, at: string, work: (signal: AbortSignal) => Promise<unknown>): Job {
  return job({
    name,
    asks: z.object({}),
    within: "30m",
    at,
    run: async (_asks, { signal }) => {
      await work(signal);
    },
  });
}
