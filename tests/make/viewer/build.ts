// Builds the share page into a folder of the test's own.
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Runs the product's own vite configuration; takes less than a second. */
export async function buildViewer(outDir: string): Promise<void> {
  const configFile = fileURLToPath(new URL("../../../apps/viewer/vite.config.ts", import.meta.url));
  await build({ configFile, logLevel: "error", build: { outDir, emptyOutDir: true } });
}
