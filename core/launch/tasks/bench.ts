// `deno task bench`: runs every tests/bench/*.bench.ts under Node, one after another; names as arguments choose.
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv, env, execPath, exit, stderr, stdout } from "node:process";
import { findNode, run } from "../node.ts";

/** The benches among the files of their folder, in order; with words, those whose name holds one of them. */
export function chosenBenches(names: readonly string[], words: readonly string[]): string[] {
  const isChosen = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
  return names.filter((name) => name.endsWith(".bench.ts") && isChosen(name)).sort();
}

async function runBenches(words: readonly string[]): Promise<number> {
  const root = resolve(import.meta.dirname ?? ".", "../../..");
  const folder = join(root, "tests/bench");
  const names = await readdir(folder);
  const chosen = chosenBenches(names, words);
  if (chosen.length === 0) {
    stderr.write(`None of these is asked for:\n  ${chosenBenches(names, []).join("\n  ")}\n`);
    return 1;
  }
  const node = await findNode(root);
  env.VETWARE_DENO = execPath;
  let worst = 0;
  for (const name of chosen) {
    stdout.write(`\n${name}\n`);
    worst = Math.max(worst, await run(node, [join(folder, name)], root));
  }
  return worst;
}

if (import.meta.main) exit(await runBenches(argv.slice(2)));
