// Measurements that are kept with a study: what its newest report says, and keeping other ones.
import { desc, eq } from "drizzle-orm";
import { saveMeasurements } from "#core/contract/measurements.ts";
import type { KeptMeasurements, NewMeasurements, SavedMeasurements } from "#core/contract/measurements.ts";
import type { Refused } from "#core/contract/problem.ts";
import { account, apiKey, measurementReport } from "#db/schema/mod.ts";
import type { Reader } from "#db/mod.ts";
import { actingAs, journeyOf, whenceOf } from "../guard/acting.ts";
import type { Actor, RequestFacts } from "../guard/env.ts";
import type { EdgeParts } from "../parts.ts";

type ReportRow = typeof measurementReport.$inferSelect;

/** The query of the newest report of a study. */
export function newestReport(q: Reader, studyId: string) {
  return q.select().from(measurementReport).where(eq(measurementReport.studyId, studyId))
    .orderBy(desc(measurementReport.id)).limit(1);
}

/** What a report says of the pictures that are shown; `ids` gives an instance by its SOP Instance UID. */
export function keptOn(
  report: ReportRow | undefined,
  ids: ReadonlyMap<string, string>,
): KeptMeasurements | null {
  if (!report) return null;
  const measurements = report.measurements.flatMap(({ sopInstanceUid, ...measurement }) => {
    const instanceId = ids.get(sopInstanceUid);
    return instanceId === undefined ? [] : [{ instanceId, ...measurement }];
  });
  return { report: report.id, author: report.author, at: report.at.toISOString(), measurements };
}

/** Has the core keep measurements, in the name of who drew them. */
export async function keepMeasurements(
  parts: EdgeParts,
  actor: Actor,
  { study, wanted }: { readonly study: string; readonly wanted: NewMeasurements },
  request: RequestFacts,
): Promise<SavedMeasurements | Refused> {
  const author = await nameOf(parts, actor);
  const who = actingAs(actor, "study:measure");
  const asks = { study, ...wanted, author, from: whenceOf(request) };
  return await parts.core(saveMeasurements, asks, { who, ...journeyOf(request) });
}

async function nameOf({ db }: EdgeParts, { kind, id, practiceId }: Actor): Promise<string> {
  const [[person], [key]] = await db.readAs(practiceId, (q) => [
    q.select({ name: account.name }).from(account).where(eq(account.id, id)),
    q.select({ name: apiKey.name }).from(apiKey).where(eq(apiKey.id, id)),
  ]);
  return (kind === "account" ? person?.name : key?.name) ?? "";
}
