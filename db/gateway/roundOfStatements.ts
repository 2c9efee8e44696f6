// Several statements in one trip: Parse, Bind, Describe, Execute for each and a single Sync at the end. The answer
// to all of them comes back at once, and PostgreSQL skips what follows a failed one (manual, "Pipelining").
import { type Connection, DatabaseError, type Submittable } from "pg";

/** One statement with its values in PostgreSQL's text form. */
export type Statement = { readonly query: string; readonly params: readonly (string | null)[] };

/** What one statement brought: texts as PostgreSQL writes them. */
export type Outcome = {
  fields: { name: string; dataTypeID: number }[];
  rows: (string | null)[][];
  command: string;
  rowCount: number | null;
};

type RowDescription = { fields: { name: string; dataTypeID: number }[] };
type DataRow = { fields: (string | null)[] };

/** A round of statements that `pg` runs as one query. */
export class RoundOfStatements implements Submittable {
  readonly done: Promise<Outcome[]>;
  readonly #statements: readonly Statement[];
  readonly #outcomes: Outcome[] = [];
  #current: Outcome = emptyOutcome();
  readonly #resolve: (outcomes: Outcome[]) => void;
  readonly #reject: (fault: unknown) => void;

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
    const { promise, resolve, reject } = Promise.withResolvers<Outcome[]>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Called by pg when the connection is free. */
  submit(connection: Connection): void {
    connection.stream.cork();
    for (const { query, params } of this.#statements) {
      connection.parse({ name: "", text: query, types: [] }, true);
      connection.bind({ portal: "", statement: "", values: [...params] }, true);
      connection.describe({ type: "P", name: "" }, true);
      connection.execute({ portal: "", rows: "0" }, true);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription(message: RowDescription): void {
    this.#current.fields = message.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
  }

  handleDataRow(message: DataRow): void {
    this.#current.rows.push(message.fields);
  }

  handleCommandComplete(message: { text: string }): void {
    const [, command = message.text, count] = /^(.*?)(?: \d+)??(?: (\d+))?$/.exec(message.text) ?? [];
    this.#finish(command, count === undefined ? null : Number(count));
  }

  handleEmptyQuery(): void {
    this.#finish("", null);
  }

  handlePortalSuspended(): void {}

  // COPY FROM STDIN swallows the Sync that is already on its way: only the end of the connection ends it.
  handleCopyInResponse(connection: Connection): void {
    connection.stream.destroy();
  }

  handleCopyData(): void {}

  handleError(fault: unknown): void {
    this.#reject(fault);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#outcomes);
  }

  #finish(command: string, rowCount: number | null): void {
    this.#outcomes.push({ ...this.#current, command, rowCount });
    this.#current = emptyOutcome();
  }
}

function emptyOutcome(): Outcome {
  return { fields: [], rows: [], command: "", rowCount: null };
}

/** Whether a fault came from PostgreSQL itself (it has an SQLSTATE) and not from the way to it. */
export function isDatabaseError(fault: unknown): fault is DatabaseError {
  return fault instanceof DatabaseError && typeof fault.code === "string";
}
