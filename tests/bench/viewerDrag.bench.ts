// Window and level dragged over a picture of 7 Mpx in Chromium with software drawing (SwiftShader), at 1440 × 900: how
// many frames a second reach the screen while the mouse moves at 120 Hz for three seconds, the whole picture shown, and
// at every pixel (1:1). Target: ≥ 15 frames a second. Prints one line of JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { desktop, openBrowser, watchedPage } from "#tests/make/browser.ts";
import { buildViewer } from "#tests/make/viewer/build.ts";
import { chestPhantom } from "#tests/make/viewer/phantoms.ts";
import { derivedPicture, seriesOf } from "#tests/make/viewer/pictures.ts";
import { until } from "#tests/make/viewer/seen.ts";
import { serveShare, studyOf } from "#tests/make/viewer/shareServer.ts";
import { median } from "./ratios.ts";

const rounds = Number(process.env.VETWARE_BENCH_ROUNDS ?? 5);

/** Counts drawings in the page: each sets the table anew and draws once a screen refresh. */
function countDrawings(): void {
  Reflect.set(globalThis, "drawings", 0);
  const real = WebGL2RenderingContext.prototype.drawArrays;
  WebGL2RenderingContext.prototype.drawArrays = function (...given) {
    Reflect.set(globalThis, "drawings", Number(Reflect.get(globalThis, "drawings")) + 1);
    return Reflect.apply(real, this, given);
  };
}

async function framesASecond(page: Page): Promise<number> {
  const drawings = () => page.evaluate(() => Number(Reflect.get(globalThis, "drawings")));
  await page.mouse.move(500, 400);
  await page.mouse.down();
  await page.mouse.move(520, 420, { steps: 4 });
  const before = await drawings();
  const started = performance.now();
  // Dispatched in the page: a protocol message for each move would be the bottleneck.
  await page.evaluate(() =>
    new Promise<void>((done) => {
      const host = document.querySelector(".stage-host");
      let step = 0;
      const end = performance.now() + 3000;
      const timer = setInterval(() => {
        const place = { clientX: 520 + 150 * Math.sin(step / 20), clientY: 420 + 80 * Math.cos(step / 17) };
        host?.dispatchEvent(new PointerEvent("pointermove", { ...place, pointerId: 1, bubbles: true }));
        step++;
        if (performance.now() < end) return;
        clearInterval(timer);
        done();
      }, 1000 / 120);
    })
  );
  const seconds = (performance.now() - started) / 1000;
  const drawn = await drawings() - before;
  await page.mouse.up();
  return drawn / seconds;
}

const folder = mkdtempSync(join(tmpdir(), "viewer-drag-"));
try {
  await buildViewer(join(folder, "dist"));
  const picture = await derivedPicture(folder, "chest", chestPhantom(2400, 3000));
  const server = await serveShare(join(folder, "dist"), [picture], []);
  server.state.study = studyOf([seriesOf([picture])]);
  const browser = await openBrowser();
  const { page } = await watchedPage(await desktop(browser));
  await page.addInitScript(countDrawings);
  await page.goto(server.link);
  await until(page, "full");
  const taken = { whole: [] as number[], everyPixel: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    await page.keyboard.press("0");
    taken.whole.push(await framesASecond(page));
    await page.keyboard.press("1");
    taken.everyPixel.push(await framesASecond(page));
  }
  console.log(JSON.stringify({
    bench: "window and level drag",
    picture: "2400 x 3000",
    screen: "1440 x 900, software drawing",
    rounds,
    target: "15 frames a second",
    whole: median(taken.whole),
    everyPixel: median(taken.everyPixel),
    load: loadavg()[0],
  }));
  await browser.close();
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
