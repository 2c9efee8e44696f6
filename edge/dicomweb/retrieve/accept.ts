// What a client accepts (RFC 9110 12.5.1, PS3.18 8.7.3): the header, or the `accept` parameter for those who cannot set
// one, as wishes in the order of their weight.
import type { Acceptable } from "#core/contract/retrieve.ts";

type Range = {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
};

const mostRanges = 20;

/** The wishes of a request; none when it says nothing. Undefined when what it says cannot be read. */
export function acceptables(
  header: string | undefined,
  parameters: URLSearchParams,
): Acceptable[] | undefined {
  const text = parameters.getAll("accept").join(",") || header;
  if (text === undefined || text.trim() === "") return [];
  const ranges: Range[] = [];
  for (const part of split(text, ",").slice(0, mostRanges)) {
    const range = rangeOf(part);
    if (!range) return undefined;
    if (range.weight > 0) ranges.push(range);
  }
  return ranges.sort((one, other) => other.weight - one.weight).map(acceptable);
}

/** Whether a wish of this media type, or of any, is among them; also when there are none. */
export function takes(wishes: readonly Acceptable[], type: string): boolean {
  const family = `${type.split("/")[0]}/*`;
  return wishes.length === 0 || wishes.some((wish) => ["*", type, family].includes(wish.type));
}

function acceptable({ type, parameters }: Range): Acceptable {
  const transferSyntax = parameters.get("transfer-syntax");
  const syntax = transferSyntax === undefined ? {} : { transferSyntax };
  if (type === "multipart/related") {
    return { type: parameters.get("type") ?? "*", ...syntax, multipart: true };
  }
  return { type: type === "*/*" ? "*" : type, ...syntax, multipart: false };
}

function rangeOf(text: string): Range | undefined {
  const [type = "", ...rest] = split(text, ";").map((part) => part.trim());
  if (!/^[\w.+*-]+\/[\w.+*-]+$/.test(type) || type.length > 60) return undefined;
  const parameters = new Map(rest.map((part) => {
    const [name = "", ...value] = part.split("=");
    return [
      name.trim().toLowerCase(),
      value.join("=").trim().replace(/^"(.*)"$/, "$1").toLowerCase(),
    ] as const;
  }));
  const syntax = parameters.get("transfer-syntax") ?? "*";
  if (syntax !== "*" && !/^[0-9.]{1,64}$/.test(syntax)) return undefined;
  if ((parameters.get("type") ?? "").length > 60) return undefined;
  const weight = Number(parameters.get("q") ?? "1");
  return { type: type.toLowerCase(), parameters, weight: Number.isFinite(weight) ? weight : 0 };
}

/** Parts at a separator that does not stand in quotes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part].filter((one) => one.trim() !== "");
}
