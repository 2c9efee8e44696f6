// What calls leave behind in the database is forgotten when it can serve nobody any more.
import { z } from "zod";
import { type Job, job } from "#core/jobs/mod.ts";
import { forgetWrites } from "./keptWrites.ts";
import { forgetNonces, type LookUp } from "./spentNonces.ts";

/** What the job does it with; `batch` is how many rows go in one statement. */
export type Forgetting = { readonly db: LookUp; readonly now: () => Date; readonly batch?: number };

/** Every ten minutes: deletes nonces that no signature can use and idempotency keys older than a day. */
export function forgetCalls({ db, now, batch = 10_000 }: Forgetting): Job {
  return job({
    name: "forgetCalls",
    asks: z.object({}),
    within: "5m",
    at: "*/10 * * * *",
    run: async (_asks, { signal }) => {
      for (const forget of [forgetNonces, forgetWrites]) {
        while (!signal.aborted && await forget(db, now(), batch) === batch);
      }
    },
  });
}
