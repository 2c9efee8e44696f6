// Durable jobs. A use case asks for one in its own transaction (`tx.execute(derive.request({ instance }, key))`, or
// the SQL function app.enqueue at the edge); the core hands requests to the queue and runs them, with retries and a
// dead letter at the end. Every job can run twice.
export { job } from "./job.ts";
export type { Job, JobRun, JobTerms, RequestableJob, Retry } from "./job.ts";
export { type DeadLetter, openQueue, type Queue, type QueueSetup } from "./queue.ts";
