// From the requests that use cases wrote (app.job_request) into the queue, in one transaction: a request is either
// still there or in the queue, never both and never neither. The job keeps the request's id.
import type { PgBoss } from "pg-boss";
import type { PlainDatabase, PlainRow, RunPlain } from "#db/mod.ts";

const batch = 200;

/** Hands over what waits and says which jobs got something; an empty answer means that nothing waited. */
export async function handOver(
  database: PlainDatabase,
  boss: PgBoss,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const [first] = await database.query("select 1 from app.job_request where name = any($1) limit 1", [names]);
  if (first === undefined) return new Set();
  return await database.transaction(async (query) => {
    const requests = await takeRequests(query, names);
    const byName = Map.groupBy(requests, (request) => String(request.name));
    for (const [name, some] of byName) await send(boss, query, name, some);
    return new Set(byName.keys());
  });
}

// Two cores at once: the second waits for the first one's rows, finds them gone and takes the next ones.
function takeRequests(query: RunPlain, names: readonly string[]): Promise<PlainRow[]> {
  return query(
    `delete from app.job_request where id in (
      select id from app.job_request where name = any($1) order by created_at, id limit ${batch}
    ) returning id, name, payload, key`,
    [names],
  );
}

async function send(
  boss: PgBoss,
  query: RunPlain,
  name: string,
  requests: readonly PlainRow[],
): Promise<void> {
  const jobs = requests.map(({ id, payload, key }) => ({
    id: String(id),
    data: toData(payload),
    // Without a key each request stands for itself.
    singletonKey: typeof key === "string" ? key : String(id),
  }));
  // What the queue already holds under the same key is left as it is.
  await boss.insert(name, jobs, {
    db: { executeSql: async (text, values) => ({ rows: await query(text, values) }) },
  });
}

function toData(payload: unknown): object {
  return typeof payload === "object" && payload !== null ? payload : { value: payload };
}
