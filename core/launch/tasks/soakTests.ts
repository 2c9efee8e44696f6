// What `deno task soak` runs: the test files that count in rounds, all of them or those that were named.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** An hour: full counts take their time. */
const testTimeout = "--testTimeout=3600000";

/** The test files under `root` that count in rounds (tests/make/soak.ts), as paths from there. */
export async function countingTests(root: string): Promise<string[]> {
  const names = await readdir(join(root, "tests"), { recursive: true });
  // Rules are not soaked; they test the counting itself.
  const files = names.filter((name) => name.endsWith(".test.ts") && !name.startsWith("rules"));
  const paths = files.map((name) => join("tests", name)).sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), "utf8")));
  return paths.filter((_, at) => texts[at]?.includes("make/soak.ts"));
}

/**
 * Words for vitest: the files whose path holds one of the words asked for, all without any. Options are passed on.
 * Undefined when words were given and no file holds one.
 */
export function soakWords(asked: readonly string[], counting: readonly string[]): string[] | undefined {
  const isOption = (word: string) => word.startsWith("-");
  const names = asked.filter((word) => !isOption(word));
  const chosen = counting.filter((path) => names.length === 0 || names.some((name) => path.includes(name)));
  return chosen.length === 0 ? undefined : [testTimeout, ...asked.filter(isOption), ...chosen];
}
