// The jobs of the core, and the queue that runs them. The queue is opened beside everything else: peers are served
// while the database is away, and work begins when it is back.
import { setTimeout as pause } from "node:timers/promises";
import { faultFields, type Log } from "#core/contract/log.ts";
import type { Metrics } from "#core/contract/metrics.ts";
import { type Archive, archiveJobs } from "./archive/mod.ts";
import type { Database } from "#db/mod.ts";
import { forgetCalls } from "./http.ts";
import { type Job, openQueue, type Queue } from "./jobs/mod.ts";
import { sendMail } from "./mail/mod.ts";
import { sweep } from "./privacy/mod.ts";
import type { Sealer } from "./secrets/mod.ts";
import type { Mail } from "./services/mail/mod.ts";

/** The core's jobs at work. */
export type Work = {
  /** Looks at once for what was asked for. */
  nudge(): void;
  /** Rejects while there is no queue yet. For readiness. */
  check(): Promise<void>;
  stop(): Promise<void>;
};

/** How long running jobs may go on when the core stops, in milliseconds; what is cut off runs again. */
const patienceMs = 5000;

/** What is behind the jobs, and how many derivations run at once. */
export type Behind = {
  readonly archive: Archive;
  readonly db: Database;
  readonly mail: Mail;
  readonly sealer: Sealer;
  readonly now: () => Date;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly atOnce: number;
};

/** Every job of the core. */
export function coreJobs({ archive, db, mail, sealer, now, metrics, log, atOnce }: Behind): Job[] {
  const derivations = metrics.counter("vetware_derivations_total", "Derivations by outcome.");
  const ended = (outcome: string) => derivations.add({ outcome });
  const orphans = metrics.counter(
    "vetware_orphans_total",
    "What nothing named, by kind: taken away, or rowless.",
  );
  const swept = (found: Readonly<Record<string, number>>) => {
    for (const [kind, count] of Object.entries(found)) orphans.add({ kind }, count);
  };
  const own = [forgetCalls({ db, now }), sweep({ db, now }), sendMail({ db, mail, sealer, now, log })];
  return [...archiveJobs(archive, { atOnce, ended, swept }), ...own];
}

/** Begins to work by the address of the role of the queue; tries again until the database is there. */
export function startWork(address: string, behind: Behind): Work {
  const jobs = coreJobs(behind);
  const stopped = new AbortController();
  let queue: Queue | undefined;
  const opening = openUntilThere(address, { jobs, log: behind.log }, stopped.signal).then((opened) => {
    queue = opened;
  });
  return {
    nudge: () => queue?.nudge(),
    check: () => queue ? Promise.resolve() : Promise.reject(new Error("the queue is not open yet")),
    async stop() {
      stopped.abort();
      await opening;
      await queue?.stop(patienceMs);
    },
  };
}

async function openUntilThere(
  address: string,
  { jobs, log }: { readonly jobs: readonly Job[]; readonly log: Log },
  stopped: AbortSignal,
): Promise<Queue | undefined> {
  while (!stopped.aborted) {
    try {
      return await openQueue({ address, jobs, log });
    } catch (fault) {
      log("queue_not_open", faultFields(fault), "warning");
      await pause(2000, undefined, { signal: stopped }).catch(() => undefined);
    }
  }
  return undefined;
}
