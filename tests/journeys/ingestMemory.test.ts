import { describe, expect } from "vitest";
import { needs, program } from "#tests/make/needs.ts";
import { storeGrowth } from "#tests/make/storeGrowth.ts";

describe("PA-2 an instance larger than what the core may hold", () => {
  // the figures proper are tests/bench/memory.bench.ts's: here the bound only tells holding back from gathering
  needs(program("storescu")).it(
    "comes in at the pace of a slow disk, its sender held back",
    async () => {
      const { growthMiB, seconds } = await storeGrowth({
        instances: 1,
        megabytes: 400,
        megabytesPerSecond: 60,
      });
      expect(seconds).toBeGreaterThan(6);
      expect(growthMiB).toBeLessThan(220);
    },
    120_000,
  );
});
