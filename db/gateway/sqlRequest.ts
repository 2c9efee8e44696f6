// A request of the Neon driver's HTTP form, read at the border: headers say who asks and how to run, the body holds
// one statement or a batch.
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { Login } from "./connections.ts";
import type { Statement } from "./roundOfStatements.ts";

/** A request understood. */
export type SqlRequest = {
  readonly login: Login;
  readonly statements: readonly Statement[];
  /** The BEGIN of a batch, or undefined for a single statement. */
  readonly begin: string | undefined;
  readonly isRaw: boolean;
  readonly isArray: boolean;
};

/** The request cannot be understood; the text is fixed and may be sent back. */
export class BadRequest extends Error {}

const Parameter = z.union([z.string(), z.number(), z.boolean(), z.null()]).transform((value) =>
  value === null ? null : String(value)
);
const One = z.object({ query: z.string(), params: z.array(Parameter).max(65_535).default([]) });
const Body = z.union([z.object({ queries: z.array(One).min(1).max(1000) }), One]);

const isolationLevels = new Map([
  ["ReadUncommitted", "read uncommitted"],
  ["ReadCommitted", "read committed"],
  ["RepeatableRead", "repeatable read"],
  ["Serializable", "serializable"],
]);

/** Reads headers and body. Throws BadRequest. */
export function readSqlRequest(headers: IncomingHttpHeaders, body: string): SqlRequest {
  const parsed = Body.safeParse(readJson(body));
  if (!parsed.success) throw new BadRequest("the body is not a query or a batch of queries");
  const isBatch = "queries" in parsed.data;
  return {
    login: readLogin(one(headers, "neon-connection-string")),
    statements: "queries" in parsed.data ? parsed.data.queries : [parsed.data],
    begin: isBatch ? readBegin(headers) : undefined,
    isRaw: one(headers, "neon-raw-text-output") === "true",
    isArray: one(headers, "neon-array-mode") === "true",
  };
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (fault) {
    if (fault instanceof SyntaxError) throw new BadRequest("the body is not JSON");
    throw fault;
  }
}

function readLogin(address: string | undefined): Login {
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.username === "") {
    throw new BadRequest("the header Neon-Connection-String is missing or not an address");
  }
  try {
    const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(
      decodeURIComponent,
    );
    if (!password) throw new BadRequest("the address holds no password");
    return { user: user ?? "", password, database: database ?? "" };
  } catch (fault) {
    if (fault instanceof URIError) throw new BadRequest("the address holds a broken escape");
    throw fault;
  }
}

function readBegin(headers: IncomingHttpHeaders): string {
  const level = one(headers, "neon-batch-isolation-level");
  const words = ["begin"];
  if (level !== undefined) {
    const isolation = isolationLevels.get(level);
    if (isolation === undefined) throw new BadRequest("unknown isolation level");
    words.push(`isolation level ${isolation}`);
  }
  if (one(headers, "neon-batch-read-only") === "true") words.push("read only");
  if (one(headers, "neon-batch-deferrable") === "true") words.push("deferrable");
  return words.join(" ");
}
