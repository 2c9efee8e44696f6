// Statements as plain text over one pool, for the two parts that are below practices: migrations (as the owner) and
// the job queue (as its own role). Use cases never come here; they have readAs and writeAs.
import type { Pool, PoolClient } from "@neondatabase/serverless";
import { endpointOf } from "./endpoint.ts";
import { asDatabaseFault } from "./faults.ts";
import { closer, quiet, withClient } from "./pooled.ts";

/** A row with unparsed columns. */
export type PlainRow = Record<string, unknown>;

/** Runs one statement or, without values, several; brings the rows of all of them in order. */
export type RunPlain = (text: string, values?: readonly unknown[]) => Promise<PlainRow[]>;

/** A connection pool for plain statements. */
export type PlainDatabase = {
  readonly query: RunPlain;
  /** Runs `work` in one transaction that is rolled back when it throws. */
  readonly transaction: <T>(work: (query: RunPlain) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** Opens a pool on an address (endpoint.ts says its forms). Nothing is sent until the first statement. */
export function openPlainDatabase(address: string): PlainDatabase {
  const pool = quiet(endpointOf(address).openPool());
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (work) => withClient(pool, (client) => inTransaction(client, work)),
    close: closer(pool),
  };
}

async function inTransaction<T>(client: PoolClient, work: (query: RunPlain) => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    const result = await work((text, values) => run(client, text, values));
    await client.query("commit");
    return result;
  } catch (fault) {
    // When the connection itself is gone the server has rolled back already; the first fault is the one to tell.
    await client.query("rollback").catch(() => undefined);
    throw fault;
  }
}

async function run(on: Pool | PoolClient, text: string, values?: readonly unknown[]): Promise<PlainRow[]> {
  try {
    const result = values === undefined ? await on.query(text) : await on.query(text, [...values]);
    return Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows;
  } catch (fault) {
    throw asDatabaseFault(fault);
  }
}
