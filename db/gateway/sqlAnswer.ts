// Runs a request of the HTTP form and shapes its answer as the Neon driver reads it.
import { type DatabaseError, types } from "pg";
import type { Connections } from "./connections.ts";
import { isDatabaseError, type Outcome, RoundOfStatements, type Statement } from "./roundOfStatements.ts";
import type { SqlRequest } from "./sqlRequest.ts";

/** Runs the statements, a batch as one transaction, and gives the body of the answer. */
export async function answerSql(connections: Connections, request: SqlRequest): Promise<unknown> {
  const { statements, begin, login } = request;
  const commit: Statement = { query: "commit", params: [] };
  const round = begin === undefined ? statements : [{ query: begin, params: [] }, ...statements, commit];
  const outcomes = await connections.borrow(
    login,
    (client) => client.query(new RoundOfStatements(round)).done,
  );
  if (begin === undefined) return shape(outcomes[0], request);
  return { results: outcomes.slice(1, -1).map((outcome) => shape(outcome, request)) };
}

function shape(outcome: Outcome | undefined, { isRaw, isArray }: SqlRequest) {
  const { fields = [], rows = [], command = "", rowCount = null } = outcome ?? {};
  const values = isRaw
    ? rows
    : rows.map((row) => row.map((value, at) => parse(value, fields[at]?.dataTypeID)));
  return {
    fields,
    rows: isArray
      ? values
      : values.map((row) => Object.fromEntries(row.map((value, at) => [fields[at]?.name ?? "", value]))),
    rowCount,
    command,
    rowAsArray: isArray,
  };
}

function parse(value: string | null, type: number | undefined): unknown {
  return value === null || type === undefined ? value : types.getTypeParser(type, "text")(value);
}

const errorFields = [
  "severity",
  "code",
  "detail",
  "hint",
  "position",
  "internalPosition",
  "internalQuery",
  "where",
  "schema",
  "table",
  "column",
  "dataType",
  "constraint",
  "file",
  "line",
  "routine",
] as const satisfies readonly (keyof DatabaseError)[];

/** The body of a 400 for what PostgreSQL said, or undefined when the fault did not come from it. */
export function errorBody(fault: unknown): Record<string, string | undefined> | undefined {
  if (!isDatabaseError(fault)) return undefined;
  const told = errorFields.map((field) => [field, fault[field]] as const);
  return { message: fault.message, ...Object.fromEntries(told) };
}
