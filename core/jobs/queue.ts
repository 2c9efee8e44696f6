// The durable queue of the core: pg-boss in its own schema, as its own role, over the same driver as all else.
// It polls, since there is no LISTEN through the driver; polls are rare, and whatever is handed over wakes its
// workers at once, so the wait is only felt by retries.
import { type JobResult, type JobWithMetadata, PgBoss } from "pg-boss";
import { faultFields, type Log } from "#core/contract/log.ts";
import { openPlainDatabase } from "#db/mod.ts";
import { handOver } from "./handOver.ts";
import type { Job } from "./job.ts";

/** What a queue is opened with. */
export type QueueSetup = {
  /** Address of the role `vetware_jobs`. */
  readonly address: string;
  readonly jobs: readonly Job[];
  readonly log: Log;
  /** Milliseconds between looks for new requests; 1500 when not said. */
  readonly lookEvery?: number;
  /** Seconds between a worker's looks for retries; 5 when not said. */
  readonly pollSeconds?: number;
};

/** A running queue. */
export type Queue = {
  /** Hands over at once what waits; call it after a commit that asked for jobs. */
  readonly nudge: () => void;
  /** Jobs that failed for good, newest first, for the operator. */
  readonly deadLetters: () => Promise<readonly DeadLetter[]>;
  /** How many jobs wait or run. */
  readonly backlog: () => Promise<number>;
  /** Takes no more work and waits for running jobs, 20 s at most; the rest runs again after the next start. */
  readonly stop: (patienceMs?: number) => Promise<void>;
};

/** A job that failed for good. */
export type DeadLetter = { readonly id: string; readonly data: unknown; readonly failedAt: Date };

const deadLetterQueue = "dead-letter";
const daySeconds = 86_400;

/** Opens the queue, makes what it needs in the database and begins to work. After a fault nothing is left open. */
export async function openQueue(setup: QueueSetup): Promise<Queue> {
  const { jobs, log, lookEvery = 1500, pollSeconds = 5 } = setup;
  const database = openPlainDatabase(setup.address);
  const boss = newBoss(
    async (text, values) => ({ rows: await database.query(text, values) }),
    jobs.some((job) => job.at !== undefined),
  );
  boss.on("error", (fault) => log("queue_fault", faultFields(fault), "warning"));
  const end = async (patienceMs: number) => {
    await boss.stop({ graceful: patienceMs > 0, timeout: patienceMs, close: false });
    await database.close();
  };
  const workers = await begin({ boss, jobs, log, pollSeconds }).catch(async (fault: unknown) => {
    await end(0).catch((also: unknown) => log("queue_fault", faultFields(also), "warning"));
    throw fault;
  });
  const wake = (names: ReadonlySet<string>) => {
    for (const [id, name] of workers) if (names.has(name)) boss.notifyWorker(id);
  };
  const names = jobs.map((job) => job.name);
  const looking = lookAgain(async () => {
    const given = await handOver(database, boss, names);
    wake(given);
    return given.size > 0;
  }, { lookEvery, log });

  let stopping: Promise<void> | undefined;
  const stop = async (patienceMs: number) => {
    await looking.stop();
    await end(patienceMs);
  };

  return {
    nudge: looking.nudge,
    deadLetters: async () =>
      (await boss.findJobs<object>(deadLetterQueue)).map((job) => ({
        id: job.id,
        data: job.data,
        failedAt: job.createdOn,
      })),
    backlog: async () => {
      const [row] = await database.query(
        "select count(*) from pgboss.job where state < 'completed' and name = any($1)",
        [
          names,
        ],
      );
      return Number(row?.count);
    },
    stop: (patienceMs = 20_000) => stopping ??= stop(patienceMs),
  };
}

function newBoss(
  executeSql: (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>,
  hasTimes: boolean,
) {
  return new PgBoss({
    db: { executeSql },
    schema: "pgboss",
    createSchema: false,
    schedule: hasTimes,
    cronMonitorIntervalSeconds: 45,
    cronWorkerIntervalSeconds: 45,
    superviseIntervalSeconds: 30,
    monitorIntervalSeconds: 30,
    maintenanceIntervalSeconds: 3600,
    queueCacheIntervalSeconds: 300,
    bamIntervalSeconds: 3600,
    flowIntervalSeconds: 3600,
    reindex: false,
    monitorVacuum: false,
  });
}

async function makeQueues(boss: PgBoss, jobs: readonly Job[]): Promise<void> {
  await boss.createQueue(deadLetterQueue, {
    retentionSeconds: 90 * daySeconds,
    deleteAfterSeconds: 90 * daySeconds,
  });
  for (const job of jobs) {
    const terms = {
      retryLimit: job.retry.times,
      retryDelay: job.retry.afterSeconds,
      retryDelayMax: job.retry.atMostSeconds,
      retryBackoff: true,
      expireInSeconds: job.withinSeconds,
      // A core that died is noticed within a minute, and its jobs run again.
      heartbeatSeconds: 30,
      retentionSeconds: 14 * daySeconds,
      deleteAfterSeconds: daySeconds,
      deadLetter: deadLetterQueue,
    };
    await boss.createQueue(job.name, { ...terms, policy: job.sameKey === "live" ? "exclusive" : "short" });
    await boss.updateQueue(job.name, terms);
    if (job.at !== undefined) await boss.schedule(job.name, job.at, {}, { singletonKey: "schedule" });
  }
}

type Working = {
  readonly boss: PgBoss;
  readonly jobs: readonly Job[];
  readonly log: Log;
  readonly pollSeconds: number;
};

async function begin(working: Working): Promise<ReadonlyMap<string, string>> {
  await working.boss.start();
  await makeQueues(working.boss, working.jobs);
  return await startWorkers(working);
}

/** Starts the workers and brings the job's name of each worker id. */
async function startWorkers({ boss, jobs, log, pollSeconds }: Working): Promise<ReadonlyMap<string, string>> {
  const workers = new Map<string, string>();
  const options = {
    pollingIntervalSeconds: pollSeconds,
    includeMetadata: true,
    perJobResults: true,
  } as const;
  for (const job of jobs) {
    for (let count = 0; count < job.atOnce; count++) {
      let worker = "";
      worker = await boss.work<object, unknown, typeof options>(job.name, options, async (some) => {
        try {
          return await Promise.all(some.map((one) => performOne(job, one, log)));
        } finally {
          // Look for the next one at once; only an empty look waits for the poll.
          boss.notifyWorker(worker);
        }
      });
      workers.set(worker, job.name);
    }
  }
  return workers;
}

async function performOne(job: Job, one: JobWithMetadata<object>, log: Log): Promise<JobResult> {
  const attempt = one.retryCount + 1;
  try {
    const outcome = await job.perform(one.data, { id: one.id, attempt, signal: one.signal });
    if (outcome === "done") return { id: one.id, status: "completed" };
    log("job_misfit", { job: job.name, id: one.id }, "error");
    return { id: one.id, status: "deadletter", output: { reason: "misfit" } };
  } catch (fault) {
    const isLast = one.retryCount >= one.retryLimit;
    log(
      "job_failed",
      { job: job.name, id: one.id, attempt, isLast, ...faultFields(fault) },
      isLast ? "error" : "warning",
    );
    return { id: one.id, status: "failed", output: faultFields(fault) };
  }
}

type Looking = { readonly lookEvery: number; readonly log: Log };

// One look at a time; a nudge during a look is answered by another one right after it.
function lookAgain(look: () => Promise<boolean>, { lookEvery, log }: Looking) {
  let isStopped = false;
  let isNudged = false;
  let wake = () => {};
  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lookEvery);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!isStopped) {
      isNudged = false;
      const found = await look().catch((fault: unknown) => {
        log("hand_over_failed", faultFields(fault), "warning");
        return false;
      });
      if (!found && !isNudged && !isStopped) await rest();
    }
  };
  const running = loop();
  return {
    nudge: () => {
      isNudged = true;
      wake();
    },
    stop: async () => {
      isStopped = true;
      wake();
      await running;
    },
  };
}
