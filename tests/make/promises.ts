// Which promises of the requirements the tests name.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./database.ts";

/** The ids that stand in the name of a suite or a test, such as `PL-4`. */
export function promisesInTests(): ReadonlySet<string> {
  const files = globSync("tests/{attacks,contracts,formats,isolation,journeys,rules}/**/*.test.ts", {
    cwd: projectRoot,
  });
  const names = files.flatMap((file) => {
    const text = readFileSync(join(projectRoot, file), "utf8");
    return [...text.matchAll(/(?:describe|it)(?:\.each\([^)]*\))?\(\s*["`]([^"`]*)/g)].map(([, name]) =>
      name ?? ""
    );
  });
  return new Set(names.flatMap((name) => name.match(/\b(?:PL|PA|AI|KS|IN)-\d+\b/g) ?? []));
}
