// How often each practice uses a feature (PL-12): counted in memory and added to the database every few seconds.
// A feature is named by the permission its routes ask for; who used it is not kept.
import { faultFields } from "#core/contract/log.ts";
import type { Log } from "#core/contract/log.ts";
import type { Permission } from "#core/domain/permissions.ts";
import type { Database } from "#db/mod.ts";
import { usage } from "#db/schema/mod.ts";

/** Counts uses. `flush` writes what was counted so far. */
export type UsageCounts = { count(practiceId: string, feature: Permission): void; flush(): Promise<void> };

type Counts = Map<string, Map<Permission, number>>;

/** Opens the counter; counts wait `delayMs` at most. What cannot be written is tried again with the next. */
export function openUsage(
  { db, now, newId, log }: {
    readonly db: Pick<Database, "applyAs">;
    readonly now: () => Date;
    readonly newId: () => string;
    readonly log: Log;
  },
  delayMs = 10_000,
): UsageCounts {
  let counts: Counts = new Map();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const add = (practiceId: string, feature: Permission, by: number) => {
    const features = counts.get(practiceId) ?? new Map<Permission, number>();
    counts.set(practiceId, features.set(feature, (features.get(feature) ?? 0) + by));
    timer ??= setTimeout(() => void flush(), delayMs);
  };
  const write = async (practiceId: string, features: ReadonlyMap<Permission, number>) => {
    const day = now().toISOString().slice(0, 10);
    const rows = [...features].map(([feature, count]) => ({ id: newId(), practiceId, day, feature, count }));
    await db.applyAs(practiceId, (q) => q.insert(usage).values(rows)).catch((fault: unknown) => {
      log("usage_not_written", faultFields(fault), "warning");
      for (const [feature, count] of features) add(practiceId, feature, count);
    });
  };
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const counted = counts;
    counts = new Map();
    for (const [practiceId, features] of counted) await write(practiceId, features);
  };
  return { count: (practiceId, feature) => add(practiceId, feature, 1), flush };
}
