// Statements the embedded server refuses to pass on. PGlite is one backend that logged in as superuser, so
// `set session authorization` would open every role, and COPY FROM STDIN ends its process [seen with 0.5.8]. The
// check reads text, so it is a fence against mistakes and plain injection, not a wall: whoever can send
// arbitrary SQL to the embedded database must be taken for its owner. A plain PostgreSQL is the wall.
import { type Frame, readTexts } from "./frames.ts";

const copyIn = /\bcopy\b[\s\S]*\bstdin\b/i;
const escapedName = /\bu&"/i;
const lookBack = 200;

/** Why a Query or Parse message is refused: SQLSTATE and text, or undefined when it may pass. */
export function refusal(message: Frame): { code: string; text: string } | undefined {
  const statement = statementOf(message);
  if (statement === undefined) return undefined;
  if (changesSession(statement)) {
    return { code: "42501", text: "the embedded database does not change the session's role" };
  }
  if (copyIn.test(statement)) return { code: "0A000", text: "the embedded database has no COPY FROM STDIN" };
  return undefined;
}

function statementOf(message: Frame): string | undefined {
  if (message.type === "Q") return readTexts(message.bytes, 5, 1)[0];
  if (message.type === "P") return readTexts(message.bytes, 5, 2)[1];
  return undefined;
}

// SESSION AUTHORIZATION as two keywords with anything a comment may put between them, as the setting's name, or
// hidden in an escaped name. `create schema … authorization …` passes.
function changesSession(statement: string): boolean {
  if (escapedName.test(statement)) return true;
  for (const { index } of statement.matchAll(/authorization/gi)) {
    const before = statement.slice(Math.max(0, index - lookBack), index).replace(/[\s_]+$/, "");
    if (before === "" && index > 0) return true;
    if (/session$/i.test(before) || before.endsWith("*/")) return true;
    if (/--[^\n]*$/.test(before)) return true;
  }
  return false;
}
