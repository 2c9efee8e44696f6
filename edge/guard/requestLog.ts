// The request log (PL-11): rows in the database, which can be purged, written in the background in batches. The
// queue is bounded; what does not fit is counted and said, never waited for.
import { sql } from "drizzle-orm";
import { faultFields } from "#core/contract/log.ts";
import type { Log } from "#core/contract/log.ts";
import { sqlState } from "#db/mod.ts";
import type { Database } from "#db/mod.ts";
import type { requestLog } from "#db/schema/mod.ts";

/** A line of the log as it is inserted. */
export type RequestRow =
  & Required<Pick<typeof requestLog.$inferInsert, "id" | "method" | "path" | "status">>
  & {
    readonly at: Date;
    readonly milliseconds: number;
    readonly ip: string | null;
    readonly userAgent: string | null;
  };

/** Where lines go. `flush` waits until those given so far are written or given up. */
export type RequestLog = { add(row: RequestRow): void; flush(): Promise<void> };

const batch = 500;
const most = 5000;

/** Opens the log; lines wait `delayMs` at most before they are sent. */
export function openRequestLog(db: Database, log: Log, delayMs = 1000): RequestLog {
  let waiting: RequestRow[] = [];
  let dropped = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();

  const write = async () => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const rows = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      await insert(db, rows).catch((fault: unknown) => {
        dropped += rows.length;
        log(
          "request_log_failed",
          { rows: rows.length, state: sqlState(fault), ...faultFields(fault) },
          "warning",
        );
      });
    }
    if (dropped > 0) log("request_log_dropped", { rows: dropped }, "warning");
    dropped = 0;
  };
  const flush = () => writing = writing.then(write);

  return {
    add(row) {
      if (waiting.length >= most) return void dropped++;
      waiting.push(row);
      timer ??= setTimeout(() => void flush(), delayMs);
    },
    flush,
  };
}

async function insert(db: Database, rows: readonly RequestRow[]): Promise<void> {
  const values = rows.map((row) =>
    sql`(${row.id}::uuid, ${row.at.toISOString()}::timestamptz, ${row.method}, ${row.path}, ${row.status}::int,
      ${row.milliseconds}::int, ${row.ip}::inet, ${row.userAgent})`
  );
  await db.lookUp(sql`insert into request_log (id, at, method, path, status, milliseconds, ip, user_agent)
    values ${sql.join(values, sql`, `)}`);
}
