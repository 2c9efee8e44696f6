// The messages our wire server makes itself, before and around what PostgreSQL answers.
import { frame, int32, readInt32 } from "./frames.ts";

/** Transaction status of ReadyForQuery: idle, in a transaction, in a failed one. */
export type Status = "I" | "T" | "E";

/** AuthenticationCleartextPassword. */
export const askPassword: Uint8Array = frame("R", int32(3));

/** ReadyForQuery with the status. */
export function ready(status: Status): Uint8Array {
  return frame("Z", Buffer.from(status, "latin1"));
}

/** ErrorResponse with severity, SQLSTATE and text. */
export function failure(severity: "ERROR" | "FATAL", code: string, message: string): Uint8Array {
  return frame("E", `S${severity}`, `V${severity}`, `C${code}`, `M${message}`, new Uint8Array(1));
}

/** CommandComplete with its tag. */
export function complete(tag: string): Uint8Array {
  return frame("C", tag);
}

const parameters: readonly [name: string, value: string][] = [
  ["server_version", "18.3"],
  ["server_encoding", "UTF8"],
  ["client_encoding", "UTF8"],
  ["DateStyle", "ISO, MDY"],
  ["IntervalStyle", "postgres"],
  ["TimeZone", "GMT"],
  ["integer_datetimes", "on"],
  ["standard_conforming_strings", "on"],
];

/** What a client is told after its password was right: AuthenticationOk to the first ReadyForQuery. */
export function welcome(connection: number): Uint8Array {
  const told = parameters.map(([name, value]) => frame("S", name, value));
  const key = frame("K", int32(connection), int32(0));
  return Buffer.concat([frame("R", int32(0)), ...told, key, ready("I")]);
}

/**
 * Takes every ReadyForQuery out of an answer and says the last one's status. PGlite sends one after an error in
 * the extended protocol and again at Sync; a client that saw both would be one answer behind from then on.
 */
export function withoutReady(answer: Uint8Array): { rest: Uint8Array; status: Status | undefined } {
  const kept: Uint8Array[] = [];
  let status: Status | undefined;
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 1 + readInt32(answer, at + 1);
    if (answer[at] === 0x5a) status = statusOf(answer[at + 5]);
    else kept.push(answer.subarray(at, end));
    at = end;
  }
  return { rest: Buffer.concat(kept), status };
}

function statusOf(letter: number | undefined): Status {
  if (letter === 0x54) return "T";
  return letter === 0x45 ? "E" : "I";
}

/** Whether an answer holds an ErrorResponse. */
export function hasFailure(answer: Uint8Array): boolean {
  for (let at = 0; at + 5 <= answer.length;) {
    if (answer[at] === 0x45) return true;
    at += 1 + readInt32(answer, at + 1);
  }
  return false;
}
