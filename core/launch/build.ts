// Builds the pages of apps/ with vite, those whose sources changed since the last build. An app is a folder of apps/
// with a vite.config.ts; it is built into apps/dist/<name>. What was built from what stands in apps/dist/.built.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { run } from "./node.ts";

const Built = z.record(z.string(), z.string());

/** Folders besides the app's own that its pages may be made of (law 1), and what decides the versions. */
const shared = ["apps/kit", "apps/viewer", "core/contract", "core/domain", "package.json", "deno.lock"];

/** The names of the apps, in order. */
export async function findApps(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "apps"), { withFileTypes: true });
  const isApp = (name: string) => existsSync(join(root, "apps", name, "vite.config.ts"));
  return entries.filter((entry) => entry.isDirectory() && isApp(entry.name)).map((entry) => entry.name)
    .sort();
}

/** Hash over names and contents of everything an app is made of. */
export async function sourceHash(root: string, app: string): Promise<string> {
  const hash = createHash("sha256");
  for (const place of [`apps/${app}`, ...shared]) {
    for (const path of await filesIn(join(root, place))) {
      hash.update(`${relative(root, path)}\0`);
      hash.update(createHash("sha256").update(await readFile(path)).digest());
    }
  }
  return hash.digest("hex");
}

async function filesIn(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true }).catch((fault: unknown) => {
    if (fault instanceof Error && "code" in fault && fault.code === "ENOTDIR") return undefined;
    throw fault;
  });
  if (!entries) return [path];
  const found = await Promise.all(entries.map((entry) => filesIn(join(path, entry.name))));
  return found.flat().sort();
}

/** Builds what changed; answers the names of the apps that were built. @throws when a build fails. */
export async function buildApps(root: string, node: string): Promise<string[]> {
  const record = join(root, "apps/dist/.built");
  const known = existsSync(record) ? Built.parse(JSON.parse(await readFile(record, "utf8"))) : {};
  const built: string[] = [];
  for (const app of await findApps(root)) {
    const hash = await sourceHash(root, app);
    if (known[app] === hash && existsSync(join(root, "apps/dist", app))) continue;
    const code = await run(node, viteArguments(app), root);
    if (code !== 0) throw new Error(`The app ${app} could not be built.`);
    known[app] = hash;
    built.push(app);
    await mkdir(join(root, "apps/dist"), { recursive: true });
    await writeFile(`${record}.new`, JSON.stringify(known));
    await rename(`${record}.new`, record);
  }
  return built;
}

/** What Node is given to build an app. */
export function viteArguments(app: string): string[] {
  return [
    "node_modules/vite/bin/vite.js",
    "build",
    "--config",
    `apps/${app}/vite.config.ts`,
    "--logLevel",
    "warn",
  ];
}
