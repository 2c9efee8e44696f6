// The query of a search, read once (PS3.18 8.3.4): matching keys by keyword or tag, includefield, fuzzymatching, limit
// and offset, and `after`, our own keyset cursor. Everything wrong with it is told at once.
import type { SQL } from "drizzle-orm";
import { type Attribute, attributeOf, type Level, levels } from "./attributes.ts";
import { conditionOf } from "./conditions.ts";

/** What is asked for. `included` is "all", or the attributes of includefield. */
export type SearchQuery = {
  readonly conditions: readonly SQL[];
  readonly included: "all" | readonly Attribute[];
  readonly limit: number;
  readonly offset: number;
  readonly after: string | undefined;
};

/** One thing that is wrong. */
export type WrongField = { readonly field: string; readonly detail: string };

/** Results of one page, and how far an offset reaches: beyond it `after` leads on at the same speed everywhere. */
export const pageBounds = { usual: 100, most: 1000, offset: 10_000 } as const;

const own = ["limit", "offset", "fuzzymatching", "includefield", "after"];

/** Reads the parameters for a level; keys of lower levels cannot be matched there. */
export function readParameters(
  parameters: URLSearchParams,
  level: Level,
): SearchQuery | readonly WrongField[] {
  const wrong: WrongField[] = [];
  const fuzzy = parameters.get("fuzzymatching") ?? "false";
  if (!["true", "false"].includes(fuzzy)) wrong.push({ field: "fuzzymatching", detail: "is true or false" });
  const conditions: SQL[] = [];
  for (const [field, value] of parameters) {
    if (own.includes(field)) continue;
    const attribute = attributeOf(field);
    if (!attribute || levels.indexOf(attribute.level) > levels.indexOf(level)) {
      wrong.push({ field, detail: `is not an attribute that a search for ${level} matches` });
      continue;
    }
    const condition = conditionOf(attribute, value, fuzzy === "true");
    if ("wrong" in condition) wrong.push({ field, detail: condition.wrong });
    else if (condition.where) conditions.push(condition.where);
  }
  const number = (field: string, usual: number, most: number) => {
    const text = parameters.get(field);
    if (text === null) return usual;
    if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
    wrong.push({ field, detail: `is a whole number from 0 to ${most}` });
    return usual;
  };
  // a larger limit than ours is not wrong: the answer is cut and says so
  const limit = Math.min(number("limit", pageBounds.usual, 999_999_999), pageBounds.most);
  const offset = number("offset", 0, pageBounds.offset);
  if (wrong.length > 0) return wrong;
  return {
    conditions,
    included: includedOf(parameters),
    limit,
    offset,
    after: parameters.get("after") ?? undefined,
  };
}

/** Attributes that are not here are passed over, as PS3.18 8.3.4.3 has it. */
function includedOf(parameters: URLSearchParams): SearchQuery["included"] {
  const names = parameters.getAll("includefield").flatMap((value) => value.split(","));
  if (names.includes("all")) return "all";
  return names.flatMap((name) => attributeOf(name) ?? []);
}
