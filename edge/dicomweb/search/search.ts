// Searches under row-level security: one statement, a page at a time, newest first.
import { type SQL, sql } from "drizzle-orm";
import type { EdgeParts } from "../../parts.ts";
import { type Attribute, attributes, type Level, levels } from "./attributes.ts";
import type { JsonDataset } from "./datasets.ts";
import { datasetOf, jsonAttribute } from "./datasets.ts";
import { cursorOf, newerFirst, placeAfter } from "./order.ts";
import type { SearchQuery } from "./parameters.ts";

/** Where a search stands: a level, and the study and series that the path names. */
export type SearchScope = { readonly level: Level; readonly study?: string; readonly series?: string };

/** A page of datasets, and the cursor of the next one where there is more. */
export type Found = { readonly datasets: readonly JsonDataset[]; readonly next: string | undefined };

const from: Readonly<Record<Level, SQL>> = {
  study: sql`study`,
  series: sql`series join study on study.id = series.study_id`,
  instance:
    sql`instance join series on series.id = instance.series_id join study on study.id = instance.study_id`,
};

/** Finds what a query asks for; `root` is the address of the DICOMweb service. Undefined for a foreign cursor. */
export async function search(
  { db }: Pick<EdgeParts, "db">,
  { practiceId, scope, query, root }: {
    readonly practiceId: string;
    readonly scope: SearchScope;
    readonly query: SearchQuery;
    readonly root: string;
  },
): Promise<Found | undefined> {
  const { level } = scope;
  const older = query.after === undefined ? undefined : placeAfter(level, query.after);
  if (query.after !== undefined && !older) return undefined;
  const returned = returnedAttributes(scope, query.included);
  const columns = returned.map(({ tag, value }) => sql`${jsonValue(value)} as ${sql.identifier(tag)}`);
  const conditions = [...within(scope), ...query.conditions, ...(older ? [older] : [])];
  const statement = sql`select ${sql.join(columns, sql`, `)}, ${newerFirst[level].cursor} as cursor,
      study.study_instance_uid as study${
    level === "study" ? sql`` : sql`, series.series_instance_uid as series`
  }
    from ${from[level]}
    ${conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``}
    order by ${newerFirst[level].order} limit ${query.limit + 1} offset ${query.offset}`;
  const { rows } = await db.readAs(practiceId, (q) => q.execute<Record<string, unknown>>(statement));
  const page = rows.slice(0, query.limit);
  const datasets = page.map((row) => withRetrieveUrl(datasetOf(returned, row), level, row, root));
  return { datasets, next: rows.length > query.limit ? cursorOf(page.at(-1)) : undefined };
}

// As JSON, so that numbers and lists come as what they are whatever the driver makes of their types.
function jsonValue(value: SQL): SQL {
  return sql`to_jsonb(${value})`;
}

function within({ level, study, series }: SearchScope): SQL[] {
  return [
    ...(study === undefined ? [] : [sql`study.study_instance_uid = ${study}`]),
    ...(series === undefined ? [] : [sql`series.series_instance_uid = ${series}`]),
    ...(level === "instance" ? [sql`instance.current`] : []),
  ];
}

/** All of the level; of the levels above it all where the path does not name them already, else what is asked for. */
function returnedAttributes(
  { level, study, series }: SearchScope,
  included: SearchQuery["included"],
): Attribute[] {
  const named: Record<Level, boolean> = {
    study: study !== undefined,
    series: series !== undefined,
    instance: false,
  };
  const depth = levels.indexOf(level);
  return attributes.filter((one) => {
    if (levels.indexOf(one.level) > depth) return false;
    if (one.level === level || included === "all" || included.includes(one)) return true;
    return !named[one.level] || one.vr === "UI";
  });
}

function withRetrieveUrl(
  dataset: JsonDataset,
  level: Level,
  row: Record<string, unknown>,
  root: string,
): JsonDataset {
  const steps = [
    `/studies/${row.study}`,
    ...(level === "study" ? [] : [`/series/${row.series}`]),
    ...(level === "instance" ? [`/instances/${row["00080018"]}`] : []),
  ];
  return { ...dataset, "00081190": jsonAttribute("UR", root + steps.join("")) };
}
