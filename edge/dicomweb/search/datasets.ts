// Rows as datasets in the DICOM JSON Model (PS3.18 Annex F).
import type { Attribute } from "./attributes.ts";

/** One attribute of a dataset: values are left out where there are none. */
export type JsonAttribute = { readonly vr: string; readonly Value?: readonly unknown[] };

/** A dataset by tags, in their order. */
export type JsonDataset = Readonly<Record<string, JsonAttribute>>;

/** A dataset of the attributes whose values a row holds under their tags. */
export function datasetOf(
  attributes: readonly Attribute[],
  row: Readonly<Record<string, unknown>>,
): JsonDataset {
  const sorted = [...attributes].sort((one, other) => one.tag < other.tag ? -1 : 1);
  return Object.fromEntries(sorted.map(({ tag, vr }) => [tag, { vr, ...values(vr, row[tag]) }]));
}

/** An attribute with one value. */
export function jsonAttribute(vr: string, value: unknown): JsonAttribute {
  return { vr, ...values(vr, value) };
}

function values(vr: string, value: unknown): { Value?: unknown[] } {
  const several = (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined);
  if (several.length === 0) return {};
  return {
    Value: several.map((one) =>
      vr === "PN" ? nameOf(String(one)) : vr === "TM" ? timeText(String(one)) : one
    ),
  };
}

const groups = ["Alphabetic", "Ideographic", "Phonetic"] as const;

/** A person name by component groups (PS3.18 F.2.2). */
function nameOf(text: string): Record<string, string> {
  const parts = text.split("=").map((part, at) => [groups[at], part] as const);
  return Object.fromEntries(parts.filter(([group, part]) => group !== undefined && part !== ""));
}

/** A time without a fraction of nothing. */
function timeText(text: string): string {
  return text.replace(/\.0+$/, "").replace(/(\.\d*[1-9])0+$/, "$1");
}
