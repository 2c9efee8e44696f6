// Transactions over the driver's WebSocket. A connection that breaks is thrown away and the next transaction gets a
// new one; nothing needs a restart.
import type { Pool, PoolClient } from "@neondatabase/serverless";
import { asDatabaseFault } from "./faults.ts";

/** Runs `work` with a connection of its own and gives it back, or drops it after an unexpected fault. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((fault: unknown) => {
    throw asDatabaseFault(fault);
  });
  let lost: unknown;
  const noteLoss = (fault: unknown) => lost = fault ?? new Error("connection lost");
  client.on("error", noteLoss);
  try {
    return await work(client);
  } catch (fault) {
    const known = asDatabaseFault(lost ?? fault);
    if (known !== fault) lost ??= fault;
    throw known;
  } finally {
    client.off("error", noteLoss);
    client.release(lost !== undefined);
  }
}

/** Ends a pool; asked again, waits for the same end. */
export function closer(pool: Pool): () => Promise<void> {
  let ending: Promise<void> | undefined;
  return () => ending ??= pool.end();
}

/** A pool whose idle connections may break without anybody waiting for them. */
export function quiet(pool: Pool): Pool {
  // The pool drops the broken connection itself; the next use opens a new one and reports if that fails.
  pool.on("error", () => undefined);
  return pool;
}
