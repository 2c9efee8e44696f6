// The share page: `apps/dist/viewer/index.html` is served at /s, its hashed files at /assets/viewer/.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/assets/viewer/",
  resolve: { alias: { "#core": here("../../core"), "#apps": here("..") } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  build: {
    outDir: here("../dist/viewer"),
    emptyOutDir: true,
    assetsDir: "",
    // Nothing as data: in the page; the content policy names files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome111", "firefox114", "safari16.4"],
  },
});
