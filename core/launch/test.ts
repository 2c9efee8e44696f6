// `deno task test` and, with --soak, `deno task soak`: installs what the lock names, builds the pages that changed, runs vitest under Node. Further
// arguments go to vitest (`deno task test tests/rules`). Runs under Deno; VETWARE_DENO tells the tests which. With
// --soak only the tests that count in rounds (tests/make/soak.ts) run, with their full counts.
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv, env, execPath, exit } from "node:process";
import { buildApps } from "./build.ts";
import { findNode, run } from "./node.ts";

const root = resolve(import.meta.dirname ?? ".", "../..");

const installed = await run(execPath, ["install", "--quiet", "--frozen"], root);
if (installed !== 0) exit(installed);
const node = await findNode(root);
await buildApps(root, node);
env.VETWARE_DENO = execPath;

const asked = argv.slice(2).filter((word) => word !== "--soak");
exit(await run(node, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...await wantedTests()], root));

/** What vitest is to run: what was asked for; for a soak, every test file that counts in rounds. */
async function wantedTests(): Promise<string[]> {
  if (!argv.includes("--soak")) return asked;
  env.VETWARE_SOAK = "all";
  const names = await readdir(join(root, "tests"), { recursive: true });
  const files = names.filter((name) => name.endsWith(".test.ts")).map((name) => join("tests", name));
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), "utf8")));
  const counting = files.filter((_, at) => texts[at]?.includes("make/soak.ts"));
  return ["--testTimeout=3600000", ...(asked.length > 0 ? asked : counting)];
}
