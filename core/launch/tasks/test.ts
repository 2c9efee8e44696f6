// `deno task test` and, with --soak, `deno task soak`: installs what the lock names, builds the pages that changed,
// runs vitest under Node. Further words go to vitest (`deno task test tests/rules`). Runs under Deno; VETWARE_DENO
// tells the tests which. With --soak only the tests that count in rounds run, with their full counts.
import { join, resolve } from "node:path";
import { argv, env, execPath, exit, stderr } from "node:process";
import { buildApps } from "../build.ts";
import { findNode, run } from "../node.ts";
import { countingTests, soakWords } from "./soakTests.ts";

const root = resolve(import.meta.dirname ?? ".", "../../..");

const installed = await run(execPath, ["install", "--quiet", "--frozen"], root);
if (installed !== 0) exit(installed);
const node = await findNode(root);
await buildApps(root, node);
env.VETWARE_DENO = execPath;
exit(await run(node, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...await wantedWords()], root));

/** What vitest is given. */
async function wantedWords(): Promise<string[]> {
  const asked = argv.slice(2).filter((word) => word !== "--soak" && word !== "--");
  if (!argv.includes("--soak")) return asked;
  env.VETWARE_SOAK = "all";
  const counting = await countingTests(root);
  const words = soakWords(asked, counting);
  if (words) return words;
  stderr.write(`None of these is asked for; they count in rounds:\n  ${counting.join("\n  ")}\n`);
  exit(1);
}
