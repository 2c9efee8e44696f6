// Memory while instances of 1 GB come in by C-STORE: one, one on a disk that takes 20 MB/s, eight at once, and eight on
// the slow disk (smaller ones, for they share its pace). Growth over the idle core, database included, in MiB.
// Targets: ≤ 128 (one), ≤ 256 (eight). Prints a line of JSON a row. VETWARE_BENCH_MEGABYTES sets another size.
import { loadavg } from "node:os";
import { type GrowthLoad, storeGrowth } from "#tests/make/storeGrowth.ts";

const megabytes = Number(process.env.VETWARE_BENCH_MEGABYTES ?? 1000);
const loads: readonly GrowthLoad[] = [
  { instances: 1, megabytes },
  { instances: 1, megabytes, megabytesPerSecond: 20 },
  { instances: 8, megabytes },
  { instances: 8, megabytes: megabytes / 5, megabytesPerSecond: 20 },
];

for (const load of loads) {
  const growth = await storeGrowth(load);
  const target = load.instances === 1 ? 128 : 256;
  console.log(
    JSON.stringify({ bench: "C-STORE memory", ...load, ...growth, target, loadAverage: loadavg()[0] }),
  );
}
