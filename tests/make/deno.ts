// Where Deno is, for tests that start the edge or a supervisor under it.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** How Deno is run: the one that started the tests, else the one on PATH, else through npx (slower). */
export function denoCommand(): { readonly program: string; readonly args: readonly string[] } {
  const given = process.env.VETWARE_DENO;
  if (given) return { program: given, args: [] };
  const found = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "deno")).find(
    existsSync,
  );
  return found ? { program: found, args: [] } : { program: "npx", args: ["-y", "deno@2.9"] };
}
