// Two writings of one dataset as JSON, compared.

/** A dataset as DICOM JSON (PS3.18 F). */
export type DicomJson = Record<
  string,
  { vr: string; Value?: unknown[]; BulkDataURI?: string; InlineBinary?: string }
>;

/** Differences between two datasets, value by value; binary values are compared where both have them in place. */
export function comparedJson(ours: DicomJson, theirs: DicomJson, place: string): string[] {
  const differing: string[] = [];
  for (const [tag, attribute] of Object.entries(theirs)) {
    // group 0002 is no part of a dataset, group lengths are retired, the character set is UTF-8 in JSON
    if (tag.startsWith("0002") || tag.endsWith("0000") || tag === "00080005" || tag === "7FE00010") continue;
    const own = ours[tag];
    const here = `${place}${tag}`;
    if (!own) {
      differing.push(`${here} is missing`);
      continue;
    }
    const values = attribute.Value ?? [];
    if (attribute.vr === "SQ") {
      values.forEach((item, at) =>
        differing.push(
          ...comparedJson((own.Value?.[at] ?? {}) as DicomJson, item as DicomJson, `${here}/${at}/`),
        )
      );
      continue;
    }
    if (own.BulkDataURI || attribute.InlineBinary || own.InlineBinary) continue;
    const text = (list: readonly unknown[]) =>
      JSON.stringify(list.map((one) => typeof one === "number" ? Number(one.toPrecision(6)) : one));
    if (text(own.Value ?? []) !== text(values)) {
      differing.push(`${here} ${text(own.Value ?? [])} ≠ ${text(values)}`);
    }
  }
  return differing;
}
