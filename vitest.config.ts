// The suites. `suite` runs files side by side on embedded parts; `journeys` start the whole house, two at a time, and
// those that bound time or memory run `alone`, after the others; `s3-real` exists only when an S3 store is named, so
// that its absence is not a skip.
import { defineConfig } from "vitest/config";

const unhurried = {
  expect: { poll: { timeout: 10_000 } },
  testTimeout: 30_000,
  hookTimeout: 60_000,
  teardownTimeout: 15_000,
};
const realStoreTests = "tests/contracts/objectsReal.test.ts";

const suite = {
  ...unhurried,
  name: "suite",
  include: ["tests/{rules,contracts,formats,attacks,isolation,soak}/**/*.test.ts"],
  exclude: [realStoreTests],
  maxWorkers: 2,
  sequence: { groupOrder: 0 },
};

const bounded =
  "tests/journeys/{databaseAway,ingestAway,ingestCrash,ingestFaults,ingestMemory,session}.test.ts";
const patient = { ...unhurried, testTimeout: 120_000, hookTimeout: 180_000, teardownTimeout: 60_000 };

const journeys = {
  ...patient,
  name: "journeys",
  include: ["tests/journeys/**/*.test.ts"],
  exclude: [bounded],
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
};

const alone = {
  ...patient,
  name: "alone",
  include: [bounded],
  maxWorkers: 1,
  sequence: { groupOrder: 2 },
};

const realStore = {
  ...unhurried,
  name: "s3-real",
  include: [realStoreTests],
  testTimeout: 120_000,
  maxWorkers: 1,
  sequence: { groupOrder: 3 },
};

const projects = [suite, journeys, alone, ...(process.env.S3_BUCKET ? [realStore] : [])];

export default defineConfig({
  test: {
    pool: "forks",
    reporters: ["default", "./tests/make/reporter.ts"],
    projects: projects.map((test) => ({ test })),
  },
});
