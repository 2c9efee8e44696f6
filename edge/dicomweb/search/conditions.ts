// A matching key as a condition (PS3.4 C.2.2.2): single value, list of UIDs, wild card, range; universal matching is no
// condition at all. What does not have the form of its VR is refused in words.
import { type SQL, sql } from "drizzle-orm";
import { foldText } from "#core/domain/searchText.ts";
import type { Attribute } from "./attributes.ts";

/** A condition, or why the value cannot be matched. */
export type Condition = { readonly where: SQL | undefined } | { readonly wrong: string };

/** Most values of a list, and characters of one value. */
const most = { uids: 1000, characters: 200 } as const;

const readers = { uid, text, code, number, date, time, texts, identifiers } as const;

/** The condition of one key. With `fuzzy` a name matches by the beginnings of its words in any order. */
export function conditionOf({ matching }: Attribute, value: string, fuzzy: boolean): Condition {
  if (value === "") return { where: undefined };
  if (!matching) return { wrong: "cannot be matched" };
  if (value.includes("\0")) return { wrong: "holds a null character" };
  if (matching.kind === "name") return name(matching.folded, value, fuzzy);
  return readers[matching.kind](matching.column, value);
}

function uid(column: SQL, value: string): Condition {
  const uids = value.split(/[,\\]/);
  if (uids.length > most.uids) return { wrong: `holds more than ${most.uids} UIDs` };
  if (!uids.every((one) => /^[0-9.]{1,64}$/.test(one))) return { wrong: "is not a UID or a list of UIDs" };
  return { where: sql`${column} in ${uids}` };
}

/** Long strings without regard to case. */
function text(column: SQL, value: string): Condition {
  if (value.length > most.characters) return tooLong;
  return {
    where: wild(value)
      ? sql`lower(${column}) like ${pattern(value.toLowerCase())}`
      : sql`lower(${column}) = lower(${value})`,
  };
}

/** Identifiers and code strings, as they are written. */
function code(column: SQL, value: string): Condition {
  if (value.length > most.characters) return tooLong;
  return { where: wild(value) ? sql`${column} like ${pattern(value)}` : sql`${column} = ${value}` };
}

/** One of several values. */
function texts(column: SQL, value: string): Condition {
  if (value.length > most.characters) return tooLong;
  if (!wild(value)) return { where: sql`${column} && ${listOf(value)}` };
  return { where: sql`exists (select from unnest(${column}) one where one like ${pattern(value)})` };
}

/**
 * One of several identifiers that hardly any two studies share, by an index. Each look is a query of its own, since
 * under row-level security no index serves a condition that holds one without leakproof operators, such as `&&`.
 */
function identifiers(column: SQL, value: string): Condition {
  if (value.length > most.characters || wild(value)) return texts(column, value);
  const list = listOf(value);
  return {
    where: sql`study.id in (select study.id from study where ${column}[1] = any(${list})
      union all select study.id from study where ${column}[2] = any(${list})
      union all select study.id from study where ${column}[3] is not null and ${column} && ${list})`,
  };
}

function listOf(value: string): SQL {
  return sql`${sql.param(`{${value.split(/[,\\]/).map(quoted).join(",")}}`)}::text[]`;
}

function number(column: SQL, value: string): Condition {
  return /^-?\d{1,9}$/.test(value.trim())
    ? { where: sql`${column} = ${Number(value)}` }
    : { wrong: "is not a whole number" };
}

const dateForm = /^(\d{4})(\d{2})(\d{2})$/;

/** PS3.4 C.2.2.2.5: `20260101`, `20260101-`, `-20260131`, `20260101-20260131`. */
function date(column: SQL, value: string): Condition {
  return range(column, value, "date", (one) => {
    const [, year, month, day] = dateForm.exec(one) ?? [];
    const written = `${year}-${month}-${day}`;
    const read = new Date(`${written}T00:00:00Z`);
    return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(written) ? written : undefined;
  });
}

const timeForm = /^([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d|60)(?:\.(\d{1,6}))?)?)?$/;

function time(column: SQL, value: string): Condition {
  return range(column, value, "time", (one) => {
    const found = timeForm.exec(one);
    if (!found) return undefined;
    const [, hour, minute = "00", second = "00", fraction = "0"] = found;
    return `${hour}:${minute}:${second}.${fraction}`;
  });
}

function range(
  column: SQL,
  value: string,
  type: "date" | "time",
  read: (one: string) => string | undefined,
): Condition {
  const wrong = {
    wrong: type === "date"
      ? "is not a date or a range such as 20260101-20260131"
      : "is not a time or a range of times",
  };
  const [from = "", to, ...rest] = value.split("-");
  const [first, last] = [from === "" ? undefined : read(from), to ? read(to) : undefined];
  if (rest.length > 0 || (from !== "" && !first) || (to && !last) || (!first && !last)) return wrong;
  const cast = sql.raw(type);
  if (to === undefined) return { where: sql`${column} = ${first}::${cast}` };
  if (!first) return { where: sql`${column} <= ${last}::${cast}` };
  return {
    where: last
      ? sql`${column} between ${first}::${cast} and ${last}::${cast}`
      : sql`${column} >= ${first}::${cast}`,
  };
}

/** Names are compared folded: without regard to case, accents and carets (PS3.4 C.2.2.2.1 leaves that to us). */
function name(folded: SQL, value: string, fuzzy: boolean): Condition {
  if (value.length > most.characters) return tooLong;
  if (!fuzzy) {
    const whole = foldText(value);
    // in the order of bytes, as the index is
    if (!wild(whole)) return { where: sql`${folded} collate "C" = ${whole}` };
    return {
      where: sql.join([...beginsWith(folded, whole), sql`${folded} like ${pattern(whole)}`], sql` and `),
    };
  }
  const words = foldText(value.replace(/[*?]/g, " ")).split(" ").filter((word) => word !== "").slice(0, 10);
  const each = words.map((word) => sql`(' ' || ${folded}) like ${`% ${escaped(word)}%`}`);
  return { where: each.length > 0 ? sql.join(each, sql` and `) : undefined };
}

/** What a pattern begins with as a range of the index, since LIKE itself cannot use one under row-level security. */
function beginsWith(folded: SQL, whole: string): SQL[] {
  const [beginning = ""] = whole.split(/[*?]/, 1);
  const points = [...beginning];
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return [];
  const from = sql`${folded} collate "C" >= ${beginning}`;
  if (last === 0x10ffff) return [from];
  // the next code point; surrogates are none
  const next = String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  return [from, sql`${folded} collate "C" < ${points.join("") + next}`];
}

const tooLong: Condition = { wrong: `is longer than ${most.characters} characters` };

function wild(value: string): boolean {
  return /[*?]/.test(value);
}

/** A pattern of DICOM as one of LIKE; what means something to LIKE alone stands for itself. */
function pattern(value: string): string {
  return escaped(value).replaceAll("*", "%").replaceAll("?", "_");
}

function escaped(value: string): string {
  return value.replace(/[\\%_]/g, "\\$&");
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
