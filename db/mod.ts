// The only ways to the database for both halves. Row-level security is forced on every table that belongs to a
// practice or an account, and nothing is seen until a transaction says for whom it acts; these functions say it.
//
//   const rows = await db.readAs(practice, (q) => q.select().from(study));            one trip, read-only
//   const rows = await db.readAsFound(sql`app.find_share(…)`, (q) => …);              the same, by a secret
//   await db.applyAs(practice, (q) => q.update(share).set(…).where(…).returning());   one trip, may write
//   await db.writeAs(practice, async (tx) => { … });                                  a transaction
//
// Studies in the bin, with all that hangs on them, are hidden by the policies; `db.withBin` has the same functions
// for the few who work on them: the archive's own rows, the list of the bin, restoring and purging.
//
// `readAs` and `applyAs` take one statement or a list of them and bring the result or the list of results. Their
// function hands the statements over and must not be async: a drizzle statement runs when it is awaited.
import { neon } from "@neondatabase/serverless";
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { drizzle as overHttp, type NeonHttpDatabase } from "drizzle-orm/neon-http";
import { drizzle as overWebSocket, type NeonDatabase } from "drizzle-orm/neon-serverless";
import { endpointOf } from "./endpoint.ts";
import { asDatabaseFault } from "./faults.ts";
import { closer, quiet, withClient } from "./pooled.ts";

export { asDatabaseFault, DatabaseUnavailable, sqlState, violatedConstraint } from "./faults.ts";
export { openPlainDatabase, type PlainDatabase, type PlainRow, type RunPlain } from "./plain.ts";

/** For whom a statement acts: a practice, an account or both, by their UUIDs. */
export type Actor = { readonly practice?: string; readonly account?: string };

/** What a transaction begins with; `found` names the practice in place of an id. */
type Entrance = Actor & { readonly found?: SQL; readonly seesBin: boolean };

/** What `readAs` hands its function. */
export type Reader = Pick<
  NeonHttpDatabase,
  "select" | "selectDistinct" | "selectDistinctOn" | "with" | "$with" | "execute"
>;

/** What `applyAs` hands its function. */
export type Writer = Reader & Pick<NeonHttpDatabase, "insert" | "update" | "delete">;

/** A statement built and not yet run. */
export type Statement = BatchItem<"pg">;

/** A statement or a list of them. */
export type Statements = Statement | readonly [Statement, ...Statement[]];

/** What a statement or a list of statements brings. */
export type Brought<S extends Statements> = S extends readonly Statement[] ? BatchResponse<S>
  : S extends Statement ? S["_"]["result"]
  : never;

/** An open transaction, with the actor set. */
export type Transaction = Parameters<Parameters<NeonDatabase["transaction"]>[0]>[0];

/** The transaction of `writeAs`: it sees and writes one practice's rows. */
export type PracticeTransaction = Transaction;

/** The work of a transaction. */
export type Work<T> = (tx: Transaction) => PromiseLike<T>;

/** The ways to a query. All throw DatabaseUnavailable when the database is away or too slow. */
export type Ways = {
  /** Read-only statements for a practice, in one trip and one transaction. */
  readonly readAs: <const S extends Statements>(
    practice: string,
    ask: (q: Reader) => S,
  ) => Promise<Brought<S>>;
  /**
   * Read-only statements for the practice that a look-up by a secret finds, in one trip and one transaction. `found` is
   * a call of a look-up function with a column `practice_id`; where it finds none, nothing of any practice is seen.
   */
  readonly readAsFound: <const S extends Statements>(
    found: SQL,
    ask: (q: Reader) => S,
  ) => Promise<Brought<S>>;
  /** Statements for a practice that are fixed beforehand, in one trip and one transaction. */
  readonly applyAs: <const S extends Statements>(
    practice: string,
    ask: (q: Writer) => S,
  ) => Promise<Brought<S>>;
  /** A transaction for a practice; rolled back when `work` throws. */
  readonly writeAs: <T>(practice: string, work: Work<T>) => Promise<T>;
  readonly readAsAccount: <const S extends Statements>(
    account: string,
    ask: (q: Reader) => S,
  ) => Promise<Brought<S>>;
  readonly applyAsAccount: <const S extends Statements>(
    account: string,
    ask: (q: Writer) => S,
  ) => Promise<Brought<S>>;
  readonly writeAsAccount: <T>(account: string, work: Work<T>) => Promise<T>;
  /** A transaction for a practice and an account together. */
  readonly actingAs: <T>(actor: Actor, work: Work<T>) => Promise<T>;
  /** Read-only statements for a practice and an account together. */
  readonly readActingAs: <const S extends Statements>(
    actor: Actor,
    ask: (q: Reader) => S,
  ) => Promise<Brought<S>>;
};

/** The database of one role. */
export type Database = Ways & {
  /** The same ways, that see the studies in the bin as well. */
  readonly withBin: Ways;
  /**
   * One statement outside any practice: look-up functions and tables without an owner, also inserts into them.
   * Rows come with the column names of SQL; timestamps, numeric and bigint come as text.
   */
  readonly lookUp: <Row extends Record<string, unknown>>(statement: SQL) => Promise<Row[]>;
  /** Ends idle connections and waits for running ones. */
  readonly close: () => Promise<void>;
};

/** How a database is opened. */
export type DatabaseOptions = {
  /** Longest time for one trip, and for one statement of a transaction, in milliseconds; 15 s when not said. */
  readonly deadline?: number;
};

/**
 * Opens a database; nothing is sent before the first use. The address is `postgres://role:password@host/database`
 * for Neon, with `?gateway=http` for our gateway on loopback. Throws a TypeError for any other form.
 */
export function openDatabase(address: string, { deadline = 15_000 }: DatabaseOptions = {}): Database {
  const { connectionString, openPool } = endpointOf(address);
  const fetchOptions = {
    // A getter: the driver spreads these options at every request, and each needs a deadline of its own.
    get signal() {
      return AbortSignal.timeout(deadline);
    },
  };
  const writer = overHttp(neon(connectionString, { fetchOptions }));
  const reader = overHttp(neon(connectionString, { fetchOptions, readOnly: true }));
  const pool = quiet(openPool());

  const waysOf = (seesBin: boolean): Ways => {
    const read = <const S extends Statements>(actor: Actor & { found?: SQL }, ask: (q: Reader) => S) =>
      inOneTrip(reader, enter({ ...actor, seesBin }, deadline), ask(reader));
    const apply = <const S extends Statements>(actor: Actor, ask: (q: Writer) => S) =>
      inOneTrip(writer, enter({ ...actor, seesBin }, deadline), ask(writer));
    const act = <T>(actor: Actor, work: Work<T>) =>
      withClient(pool, (client) =>
        overWebSocket(client).transaction(async (tx) => {
          await tx.execute(enter({ ...actor, seesBin }, deadline));
          return await work(tx);
        }));
    return {
      readAs: (practice, ask) => read({ practice }, ask),
      readAsFound: (found, ask) => read({ found }, ask),
      applyAs: (practice, ask) => apply({ practice }, ask),
      writeAs: (practice, work) => act({ practice }, work),
      readAsAccount: (account, ask) => read({ account }, ask),
      applyAsAccount: (account, ask) => apply({ account }, ask),
      writeAsAccount: (account, work) => act({ account }, work),
      actingAs: act,
      readActingAs: read,
    };
  };

  return {
    ...waysOf(false),
    withBin: waysOf(true),
    lookUp: async <Row extends Record<string, unknown>>(statement: SQL) =>
      (await inOneTrip(writer, enter({ seesBin: false }, deadline), writer.execute<Row>(statement))).rows,
    close: closer(pool),
  };
}

async function inOneTrip<const S extends Statements>(
  over: NeonHttpDatabase,
  entrance: SQL,
  asked: S,
): Promise<Brought<S>> {
  const statements: readonly Statement[] = isList(asked) ? asked : [asked];
  try {
    const [, ...results]: unknown[] = await over.batch([over.execute(entrance), ...statements]);
    // The driver types a list of unknown length by its elements; what it brings stands in the order of `asked`.
    return (isList(asked) ? results : results[0]) as Brought<S>;
  } catch (fault) {
    throw asDatabaseFault(fault);
  }
}

function isList(asked: Statements): asked is readonly [Statement, ...Statement[]] {
  return Array.isArray(asked);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// Settings local to the transaction: gone at its end, whoever gets the connection next. The server's own
// deadline stops a statement whose caller has given up.
function enter({ practice, found, account, seesBin }: Entrance, deadline: number): SQL {
  for (const id of [practice, account]) {
    if (id !== undefined && !uuid.test(id)) {
      throw new TypeError("a practice or an account is named by its UUID");
    }
  }
  const bin = seesBin ? "seen" : "";
  const acting = found ? sql`coalesce((select practice_id::text from ${found}), '')` : sql`${practice ?? ""}`;
  return sql`select set_config('app.practice_id', ${acting}, true),
    set_config('app.account_id', ${account ?? ""}, true), set_config('app.bin', ${bin}, true),
    set_config('statement_timeout', ${`${deadline}`}, true)`;
}
