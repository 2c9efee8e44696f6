// The first picture by a link against Cornerstone's loader over our DICOMweb, side by side on one platform and study of
// 3 × 15 MB, in fresh contexts by turns, here and at 20 Mbit/s and 40 ms. Cornerstone's page is built as small as vite
// makes it and paints the first frame at once, by 2D canvas; OHIF loads more before that. Milliseconds from the
// navigation to the picture painted; medians. Target: ours at least twice as soon. Prints a line of JSON for each.
import { randomFillSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { loadavg, tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { desktop, openBrowser } from "#tests/make/browser.ts";
import { buildCornerstone } from "#tests/make/cornerstone/build.ts";
import { startPlatform } from "#tests/make/platform.ts";
import { noisyRadiograph } from "#tests/make/radiograph.ts";
import { staffOf } from "#tests/make/staff.ts";
import { megabit, type Slow, slowDown, visit } from "./painted.ts";
import { median, medianRatio } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);
const study = "2.25.20261128";
const [rows, columns] = [3000, 2500];
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
const networks: readonly (readonly [string, Slow | undefined])[] = [
  ["local", undefined],
  ["20 Mbit/s, 40 ms", { rate: 20 * megabit, delay: 40 }],
];

const folder = mkdtempSync(join(tmpdir(), "cornerstone-bench-"));
await buildCornerstone(join(folder, "dist"));
const pages = createServer(async (request, answer) => {
  const path = request.url === "/" ? "/index.html" : request.url ?? "";
  answer.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
  answer.end(await readFile(join(folder, "dist", path)).catch(() => ""));
});
pages.listen(0, "127.0.0.1");
await once(pages, "listening");
const address = pages.address();
const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
const platform = await startPlatform();

async function theirs(browser: Browser, slow: Slow | undefined): Promise<number> {
  const context = await desktop(browser);
  try {
    const page = await context.newPage();
    if (slow) await slowDown(page, slow);
    await page.goto(origin);
    const headers = { authorization: `Bearer ${platform.demo.apiKey}` };
    const asked = { root: `${platform.demo.edge}/dicomweb`, headers, study };
    return Number(
      await page.evaluate((given) => {
        const show: unknown = Reflect.get(globalThis, "showFirst");
        return typeof show === "function" ? show(given) : NaN;
      }, asked),
    );
  } finally {
    await context.close();
  }
}

try {
  const staff = staffOf(platform.demo);
  const files = [1, 2, 3].map((number) =>
    noisyRadiograph(
      { uid: `${study}.${number}`, study, patientID: "SIDE", rows, columns },
      randomFillSync(new Uint8Array(rows * columns)),
    )
  );
  await staff.send(...files);
  const { url } = await staff.share((await staff.preparedStudy("SIDE")).id);
  const browser = await openBrowser();
  for (const [network, slow] of networks) {
    const [ours, other]: [number[], number[]] = [[], []];
    for (let round = -1; round < rounds; round++) {
      const { first } = await visit(await desktop(browser), url, slow);
      const painted = await theirs(browser, slow);
      if (round < 0) continue;
      ours.push(first);
      other.push(painted);
    }
    const figures = { oursMs: median(ours), cornerstoneMs: median(other), ratio: medianRatio(other, ours) };
    const row = { bench: "first picture beside Cornerstone", network, rounds, targetRatio: 2 };
    console.log(JSON.stringify({ ...row, ...figures, load: loadavg()[0] }));
  }
  await browser.close();
} finally {
  await platform.stop();
  pages.close();
  pages.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}
