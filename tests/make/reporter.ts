// Says at the end what was skipped and why, and with VETWARE_REQUIRE=all makes any skip a failure: a suite that
// quietly runs less than it says is worse than a red one. The reason stands in the name: `… [skipped: needs …]`.
import type { Reporter, TestModule } from "vitest/node";

/** One skipped test: where, its name without the reason, and the reason. */
export type Skip = { readonly file: string; readonly name: string; readonly reason: string };

/** A test's full name taken apart; a skip that gives no reason says so. */
export function skipOf(file: string, fullName: string): Skip {
  const reason = /\[skipped: ([^\]]+)\]/.exec(fullName)?.[1] ?? "no reason given";
  return { file, name: fullName.replace(/ ?\[skipped: [^\]]+\]/g, ""), reason };
}

/** The table: a line for each reason and file, with the number of tests. */
export function skipTable(skips: readonly Skip[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason, file } of skips) {
    const row = `${reason} · ${file}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  return [...counts].sort().map(([row, count]) => `  ${String(count).padStart(4)}  ${row}`);
}

const say = (line: string) => process.stdout.write(`${line}\n`);

export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({ module, test }))
    );
    const count = (state: string) => tests.filter(({ test }) => test.result().state === state).length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const skips = tests
      .filter(({ test }) => test.result().state === "skipped")
      .map(({ module, test }) => skipOf(module.relativeModuleId, test.fullName));

    if (skips.length > 0) {
      say("\nSkipped, and why:");
      skipTable(skips).forEach(say);
    }
    if (skips.length > 0 && process.env.VETWARE_REQUIRE === "all") {
      say("VETWARE_REQUIRE=all: a skipped test is a failure.");
      process.exitCode = 1;
    }
    say(`\n${count("passed")} passed, ${count("failed") + brokenFiles} failed, ${skips.length} skipped`);
  }
}
