// What the lists show of a study without looking into it: how many series and instances, of which modalities.
import { sql } from "drizzle-orm";
import { instance, series, study } from "#db/schema/mod.ts";
import type { PracticeTransaction } from "#db/mod.ts";

/** Counts the current instances of studies anew, from the rows themselves, so that no count can drift. */
export async function recount(tx: PracticeTransaction, studies: readonly string[]): Promise<void> {
  const wanted = sql`(${sql.join(studies.map((id) => sql`${id}::uuid`), sql`, `)})`;
  await tx.execute(sql`
    update ${series} s set instance_count =
      (select count(*) from ${instance} i where i.series_id = s.id and i.current)
    where s.study_id in ${wanted}`);
  await tx.execute(sql`
    update ${study} t set
      instance_count = (select coalesce(sum(s.instance_count), 0) from ${series} s where s.study_id = t.id),
      series_count = (select count(*) from ${series} s where s.study_id = t.id and s.instance_count > 0),
      modalities = array(select distinct s.modality from ${series} s
        where s.study_id = t.id and s.modality is not null order by 1)
    where t.id in ${wanted}`);
}
