// What a job is: its name, the shape of what it is asked, and how it is tried. Apart from the queue that runs it.
// Every job can run twice, since a core may die after the work and before the note that it was done.
import { type SQL, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Duration } from "#core/contract/call.ts";

/** What a run gets besides what it is asked. */
export type JobRun = {
  /** The job's id; the same at every attempt. */
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the time is over or the core stops and will not wait longer. */
  readonly signal: AbortSignal;
};

/** How failures are met. Waits double from `after` up to `atMost`. */
export type Retry = { readonly times: number; readonly after: Duration; readonly atMost: Duration };

/** What a definition says. */
export type JobTerms<Asks extends z.ZodType> = {
  /** Letters, digits, `.`, `_` and `-`; it is stored, so it never changes. */
  readonly name: string;
  readonly asks: Asks;
  readonly run: (asks: z.infer<Asks>, run: JobRun) => Promise<void>;
  /** Longest time for one attempt; an attempt beyond it counts as failed. */
  readonly within: Duration;
  readonly retry?: Retry;
  /** How many run at once in one core; 1 when not said. */
  readonly atOnce?: number;
  /**
   * What a second request with the same key meets: ignored while the first waits or runs (`live`, the usual), or
   * only while it waits (`waiting`), for work that must see what changed after it began.
   */
  readonly sameKey?: "live" | "waiting";
  /** Runs by itself as well, at the times of this cron expression (UTC), asked `{}`. */
  readonly at?: string;
};

/** A job as the queue runs it; `perform` parses what comes from the database. */
export type Job = {
  readonly name: string;
  readonly withinSeconds: number;
  readonly retry: { readonly times: number; readonly afterSeconds: number; readonly atMostSeconds: number };
  readonly atOnce: number;
  readonly sameKey: "live" | "waiting";
  readonly at: string | undefined;
  /** `misfit` when the payload has not the shape of `asks`: trying again would not help. */
  readonly perform: (payload: unknown, run: JobRun) => Promise<"done" | "misfit">;
};

/** A job with its request, a statement for the transaction of a use case. */
export type RequestableJob<Asks extends z.ZodType> = Job & {
  /** `select app.enqueue(…)`: never seen if the transaction is rolled back. */
  readonly request: (asks: z.input<Asks>, key?: string) => SQL;
};

const usualRetry: Retry = { times: 5, after: "2s", atMost: "5m" };

/** Defines a job, e.g. `job({ name: "derive", asks: z.object({ instance: Id }), run, within: "2m" })`. */
export function job<Asks extends z.ZodType>(terms: JobTerms<Asks>): RequestableJob<Asks> {
  const { name, asks, run, retry = usualRetry } = terms;
  if (!/^[a-zA-Z0-9_.-]{1,60}$/.test(name)) throw new Error(`job ${name}: not a name for a job`);
  return {
    name,
    withinSeconds: seconds(terms.within),
    retry: { times: retry.times, afterSeconds: seconds(retry.after), atMostSeconds: seconds(retry.atMost) },
    atOnce: terms.atOnce ?? 1,
    sameKey: terms.sameKey ?? "live",
    at: terms.at,
    perform: async (payload, context) => {
      const parsed = asks.safeParse(payload);
      if (!parsed.success) return "misfit";
      await run(parsed.data, context);
      return "done";
    },
    request: (wanted, key) =>
      sql`select app.enqueue(${name}, ${JSON.stringify(asks.parse(wanted))}::jsonb, ${key ?? null})`,
  };
}

/** Whole seconds of a duration, at least one: the queue counts no finer. */
function seconds(duration: Duration): number {
  const [, amount, unit] = /^(\d+)(ms|s|m)$/.exec(duration) ?? [];
  if (amount === undefined) throw new Error(`not a duration: ${duration}`);
  const milliseconds = Number(amount) * (unit === "m" ? 60_000 : unit === "s" ? 1000 : 1);
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
