// What can go wrong on the way to the database, told apart from what the database says about a statement.

/** The database could not be reached, or did not answer in time. Trying again later may work. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
  /** `unreachable`: no connection or a lost one; `deadline`: it took longer than allowed. */
  readonly reason: "unreachable" | "deadline";

  constructor(reason: "unreachable" | "deadline", cause: unknown) {
    const text = reason === "deadline"
      ? "the database did not answer in time"
      : "the database is not reachable";
    super(text, { cause });
    this.reason = reason;
  }
}

/** The SQLSTATE of a fault that PostgreSQL reported (manual, appendix A), searched through its causes. */
export function sqlState(fault: unknown): string | undefined {
  return detailOf(fault, "code", (code) => /^[0-9A-Z]{5}$/.test(code));
}

/** The name of the constraint that a statement violated, if that is what happened. */
export function violatedConstraint(fault: unknown): string | undefined {
  return sqlState(fault)?.startsWith("23") ? detailOf(fault, "constraint", () => true) : undefined;
}

function detailOf(fault: unknown, key: string, isRight: (text: string) => boolean): string | undefined {
  for (let at = fault, depth = 0; at instanceof Error && depth < 8; at = at.cause ?? sourceOf(at), depth++) {
    const value = Reflect.get(at, key);
    if (typeof value === "string" && isRight(value)) return value;
  }
  return undefined;
}

function sourceOf(fault: Error): unknown {
  return "sourceError" in fault ? fault.sourceError : undefined;
}

/** Classes and codes that speak of the server, not of the statement: 08 connection, 57P01-57P03, 53300. */
const serverGone = /^(08...|57P0[1-5]|53300|25P03)$/;

/**
 * Turns a fault of the driver into DatabaseUnavailable where the way or the server failed; a fault with an SQLSTATE
 * about a statement, and what did not come from the driver, pass unchanged.
 */
export function asDatabaseFault(fault: unknown): unknown {
  if (fault instanceof DatabaseUnavailable) return fault;
  const state = sqlState(fault);
  if (state === "57014" || isTimeout(fault)) return new DatabaseUnavailable("deadline", fault);
  if (state !== undefined) {
    return serverGone.test(state) ? new DatabaseUnavailable("unreachable", fault) : fault;
  }
  return isFromDriver(fault) ? new DatabaseUnavailable("unreachable", fault) : fault;
}

function isTimeout(fault: unknown): boolean {
  for (let at = fault, depth = 0; at instanceof Error && depth < 8; at = at.cause ?? sourceOf(at), depth++) {
    if (at.name === "TimeoutError") return true;
  }
  return false;
}

const driverTexts =
  /connection (terminated|error|timeout|closed|ended)|not queryable|error connecting to database|server error \(http/i;

function isFromDriver(fault: unknown): boolean {
  for (let at = fault, depth = 0; at instanceof Error && depth < 8; at = at.cause ?? sourceOf(at), depth++) {
    if (at.name === "NeonDbError" || driverTexts.test(at.message)) return true;
  }
  // A WebSocket that fails tells it by an event, not by an error.
  return typeof Event !== "undefined" && fault instanceof Event;
}
