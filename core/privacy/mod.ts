// What leaves in its time (PL-11): address and user agent after ninety days, request logs, ended sessions, dead links.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Job, job } from "#core/jobs/mod.ts";
import type { Database } from "#db/mod.ts";

/** What sweeping needs; `batch` is how many rows of a kind go in one statement. */
export type Sweeping = {
  readonly db: Pick<Database, "lookUp">;
  readonly now: () => Date;
  readonly batch?: number;
};

/** Every hour, in batches until nothing is left; can be cut and run again. What is swept when is `app.sweep`. */
export function sweep({ db, now, batch = 10_000 }: Sweeping): Job {
  return job({
    name: "sweep",
    asks: z.object({}),
    within: "10m",
    at: "7 * * * *",
    run: async (_asks, { signal }) => {
      for (let touched = 1; touched > 0 && !signal.aborted;) {
        const [swept] = await db.lookUp<{ touched: number }>(
          sql`select app.sweep(${now().toISOString()}::timestamptz, ${batch}) as touched`,
        );
        touched = swept?.touched ?? 0;
      }
    },
  });
}
