// A run of the two sample tests alone, for the test of the reporter.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["skips.test.ts"],
    reporters: [fileURLToPath(new URL("../reporter.ts", import.meta.url))],
  },
});
