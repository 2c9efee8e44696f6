// The job `sendStudy`: asked for in the transaction that makes a transfer's row.
import { z } from "zod";
import { Id } from "#core/contract/identifiers.ts";
import { type Job, job } from "#core/jobs/mod.ts";
import type { TransferOf } from "./rows.ts";
import type { Attempt } from "./send.ts";

const retry = { times: 4, after: "3s", atMost: "1m" } as const;

/** Defines the job; two peers at most are served at once. */
export function sendStudyJob(sender: { sendStudy(of: TransferOf, attempt: Attempt): Promise<void> }): Job {
  return job({
    name: "sendStudy",
    asks: z.object({ practice: Id, transfer: Id }),
    within: "600m",
    retry,
    atOnce: 2,
    run: (asks, { attempt, signal }) => sender.sendStudy(asks, { isLast: attempt > retry.times, signal }),
  });
}
