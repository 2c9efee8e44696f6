// Builds an app into a folder of the test's own.
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Runs the product's own vite configuration; takes less than a second. */
export async function buildApp(app: string, outDir: string): Promise<void> {
  const configFile = fileURLToPath(new URL(`../../../apps/${app}/vite.config.ts`, import.meta.url));
  await build({ configFile, logLevel: "error", build: { outDir, emptyOutDir: true } });
}

/** Builds the share page. */
export const buildViewer = (outDir: string): Promise<void> => buildApp("viewer", outDir);
