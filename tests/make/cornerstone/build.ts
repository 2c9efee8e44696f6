// Builds the Cornerstone page into a folder of the test's own, with its workers and codecs.
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Runs vite on this folder. */
export async function buildCornerstone(outDir: string): Promise<void> {
  await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "error",
    resolve: { alias: { events: fileURLToPath(new URL("noEvents.ts", import.meta.url)) } },
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, minify: false },
  });
}
