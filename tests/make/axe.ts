// What axe says of a page, for people who cannot see it or use no mouse.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds serious or worse on a page: the rule and the first element. */
export async function seriousOn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const run: unknown = Reflect.get(globalThis, "axe");
    if (typeof run !== "object" || run === null || !("run" in run) || typeof run.run !== "function") {
      return ["no axe"];
    }
    const { violations } = await run.run(document, { resultTypes: ["violations"] });
    return violations
      .filter((found: { impact: string }) => found.impact === "serious" || found.impact === "critical")
      .map((found: { id: string; nodes: { html: string }[] }) =>
        `${found.id}: ${found.nodes[0]?.html.slice(0, 150)}`
      );
  });
}
