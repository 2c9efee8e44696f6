// `deno task bench`: runs every tests/bench/*.bench.ts under Node, one after another; words as arguments choose.
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv, env, execPath, exit, stderr, stdout } from "node:process";
import { findNode, run } from "./node.ts";

const root = resolve(import.meta.dirname ?? ".", "../..");
const folder = join(root, "tests/bench");

const names = (await readdir(folder)).filter((name) => name.endsWith(".bench.ts")).sort();
const wanted = argv.slice(2).filter((word) => word !== "--");
const chosen = names.filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
if (chosen.length === 0) {
  stderr.write(`None of these is asked for:\n  ${names.join("\n  ")}\n`);
  exit(1);
}

const node = await findNode(root);
env.VETWARE_DENO = execPath;
let worst = 0;
for (const name of chosen) {
  stdout.write(`\n${name}\n`);
  worst = Math.max(worst, await run(node, [join(folder, name)], root));
}
exit(worst);
