// `deno task bench`: runs every tests/bench/*.bench.ts under Node, one after another; names as arguments choose.
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv, env, execPath, exit, stdout } from "node:process";
import { findNode, run } from "./node.ts";

const root = resolve(import.meta.dirname ?? ".", "../..");
const folder = join(root, "tests/bench");
const wanted = argv.slice(2);

const node = await findNode(root);
env.VETWARE_DENO = execPath;
let worst = 0;
for (const name of (await readdir(folder)).sort()) {
  const isChosen = wanted.length === 0 || wanted.some((word) => name.includes(word));
  if (!name.endsWith(".bench.ts") || !isChosen) continue;
  stdout.write(`\n${name}\n`);
  worst = Math.max(worst, await run(node, [join(folder, name)], root));
}
exit(worst);
