// Where Deno is, for tests that start the edge or a supervisor under it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

let asked: string | undefined;

/**
 * The path of Deno: the one that started the tests, else the one on PATH, else npm's. npx itself is never what a
 * test starts, since a signal to it does not reach the program behind it.
 */
export function denoPath(): string {
  const onPath = () =>
    (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "deno")).find(existsSync);
  return asked ??= process.env.VETWARE_DENO ?? onPath() ?? denoOfNpm();
}

function denoOfNpm(): string {
  const question = ["-y", "deno@2.9", "eval", "console.log(Deno.execPath())"];
  return execFileSync("npx", question, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
