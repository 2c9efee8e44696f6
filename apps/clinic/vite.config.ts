import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/assets/clinic/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The viewer's decoder.
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("../dist/clinic", import.meta.url)),
    emptyOutDir: true,
    assetsDir: "",
    // A data: address would need its own word in the Content-Security-Policy.
    assetsInlineLimit: 0,
    target: "es2022",
  },
});
