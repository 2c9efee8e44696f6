// Every pixel at full bit depth (PA-5), seen in a real browser: what the screen shows is what the table says, and
// what DCMTK renders, on every way of drawing. And: turning the window asks the server for nothing.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { displayTable } from "#core/domain/window.ts";
import { chromium, desktop, openBrowser, phone, type Watched, watchedPage } from "#tests/make/browser.ts";
import { needs, program } from "#tests/make/needs.ts";
import { buildViewer } from "#tests/make/viewer/build.ts";
import { fingersOn } from "#tests/make/viewer/fingers.ts";
import { chestPhantom, cinePhantom, faintPhantom, slicePhantom } from "#tests/make/viewer/phantoms.ts";
import { derivedPicture, type Picture, seriesOf } from "#tests/make/viewer/pictures.ts";
import {
  brightness,
  differing,
  pictureRequests,
  reading,
  stageSeen,
  until,
} from "#tests/make/viewer/seen.ts";
import { serveShare, type ShareServer, studyOf } from "#tests/make/viewer/shareServer.ts";

const wide = { center: 32_768, width: 65_536 };
const narrow = { center: 31_000, width: 700 };

needs(chromium).describe("PA-5 the picture on the screen", () => {
  let folder: string;
  let browser: Browser;
  let server: ShareServer;
  const made: Record<string, Picture> = {};

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "viewer-pixels-"));
    await buildViewer(join(folder, "dist"));
    made.wide = await derivedPicture(folder, "wide", faintPhantom(wide));
    made.narrow = await derivedPicture(folder, "narrow", faintPhantom(narrow));
    made.dark = await derivedPicture(folder, "dark", { ...faintPhantom(narrow), photometric: "MONOCHROME1" });
    made.signed = await derivedPicture(folder, "signed", slicePhantom(3, 9));
    made.colour = await derivedPicture(folder, "colour", { ...cinePhantom(1), frames: 1 });
    made.chest = await derivedPicture(folder, "chest", chestPhantom(1800, 1500));
    server = await serveShare(join(folder, "dist"), Object.values(made), []);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const picture = (name: string): Picture => {
    const found = made[name];
    if (!found) throw new Error(`no picture ${name}`);
    return found;
  };

  /** Opens the link on one picture and waits for its last pixel. */
  async function show(
    context: BrowserContext,
    name: string,
    before?: (watched: Watched) => Promise<unknown>,
  ) {
    server.state.study = studyOf([seriesOf([picture(name)])]);
    const watched = await watchedPage(context);
    await before?.(watched);
    await watched.page.goto(server.link);
    await until(watched.page, "full");
    return watched;
  }

  const greyOf = (
    phantom: ReturnType<typeof faintPhantom>,
    window: { center: number; width: number },
    more: { signed?: boolean; invert?: boolean } = {},
  ) => {
    const { signed = false, invert = false } = more;
    const table = displayTable({
      bitsStored: 16,
      signed,
      rescale: { slope: 1, intercept: 0 },
      window,
      invert,
    });
    const least = signed ? -32_768 : 0;
    const stored = (value: number) => signed && value > 32_767 ? value - 65_536 : value;
    return (x: number, y: number) => table[stored(phantom.value(x, y, 0, 0)) - least] ?? -1;
  };

  const ways: readonly [string, (watched: Watched) => Promise<unknown>][] = [
    ["WebGL", () => Promise.resolve()],
    [
      "WebGL in tiles of 300",
      ({ page }) =>
        page.addInitScript(() => {
          const real = WebGL2RenderingContext.prototype.getParameter;
          WebGL2RenderingContext.prototype.getParameter = function (name: number) {
            return name === this.MAX_TEXTURE_SIZE ? 300 : real.call(this, name);
          };
        }),
    ],
    [
      "canvas 2D where there is no WebGL",
      ({ page }) =>
        page.addInitScript(() => {
          const real: (kind: string, ...more: unknown[]) => unknown = HTMLCanvasElement.prototype.getContext;
          Reflect.set(
            HTMLCanvasElement.prototype,
            "getContext",
            function (this: unknown, kind: string, ...more: unknown[]) {
              return kind === "webgl2" ? null : Reflect.apply(real, this, [kind, ...more]);
            },
          );
        }),
    ],
  ];

  for (const [way, before] of ways) {
    needs(chromium).it(
      `equals the display table at 1:1 for every sample, at two windows, by ${way}`,
      async () => {
        const context = await desktop(browser);
        for (const [name, window] of [["wide", wide], ["narrow", narrow]] as const) {
          const phantom = faintPhantom(window);
          const { page, violations, faults } = await show(context, name, before);
          await page.keyboard.press("1");
          const seen = await stageSeen(page);
          expect(differing(seen, phantom, greyOf(phantom, window))).toBe(0);
          expect([...violations, ...faults]).toEqual([]);
          await page.close();
        }
        await context.close();
      },
    );
  }

  needs(chromium).it("equals the table inverted, for MONOCHROME1, and for signed values", async () => {
    const context = await desktop(browser);
    const phantom = faintPhantom(narrow);
    const dark = await show(context, "dark");
    await dark.page.keyboard.press("1");
    expect(differing(await stageSeen(dark.page), phantom, greyOf(phantom, narrow, { invert: true }))).toBe(0);
    await dark.page.keyboard.press("i");
    expect(differing(await stageSeen(dark.page), phantom, greyOf(phantom, narrow))).toBe(0);
    const slice = slicePhantom(3, 9);
    const signed = await show(context, "signed");
    await signed.page.keyboard.press("1");
    const grey = greyOf(slice, { center: 40, width: 400 }, { signed: true });
    expect(differing(await stageSeen(signed.page), slice, grey)).toBe(0);
    await context.close();
  });

  needs(chromium).it("equals the table on a screen with two device pixels a CSS pixel", async () => {
    const context = await desktop(browser, { scale: 2 });
    const phantom = faintPhantom(narrow);
    const { page } = await show(context, "narrow");
    await page.keyboard.press("1");
    expect(differing(await stageSeen(page), phantom, greyOf(phantom, narrow))).toBe(0);
    await context.close();
  });

  needs(chromium).it("shows colour as it is", async () => {
    const context = await desktop(browser);
    const phantom = cinePhantom(1);
    const { page } = await show(context, "colour");
    await page.keyboard.press("1");
    const seen = await stageSeen(page);
    const [left, top] = [Math.round(seen.width / 2 - 160), Math.round(seen.height / 2 - 120)];
    for (const [x, y] of [[0, 0], [230, 120], [319, 239], [77, 201]] as const) {
      const wanted = [0, 1, 2].map((channel) => phantom.value(x, y, 0, channel));
      expect(seen.at(left + x, top + y)).toEqual(wanted);
    }
    await context.close();
  });

  needs(chromium).it("is drawn again after the graphics context was lost", async () => {
    const context = await desktop(browser);
    const phantom = faintPhantom(narrow);
    const { page } = await show(context, "narrow");
    await page.keyboard.press("1");
    await page.evaluate(async () => {
      const canvas = document.querySelector("canvas");
      const lose = canvas?.getContext("webgl2")?.getExtension("WEBGL_lose_context");
      lose?.loseContext();
      await new Promise((done) => setTimeout(done, 100));
      lose?.restoreContext();
      await new Promise((done) => setTimeout(done, 300));
    });
    expect(differing(await stageSeen(page), phantom, greyOf(phantom, narrow))).toBe(0);
    await context.close();
  });

  needs(chromium, program("dcm2pnm")).it("equals what DCMTK renders at two windows", async () => {
    const context = await desktop(browser);
    for (const [name, window] of [["wide", wide], ["narrow", narrow]] as const) {
      const phantom = faintPhantom(window);
      const pgm = join(folder, `${name}.pgm`);
      const asked = ["+Ww", String(window.center), String(window.width), "--write-raw-pnm"];
      execFileSync("dcm2pnm", [...asked, picture(name).dicomFile, pgm]);
      const rendered = readFileSync(pgm).subarray(-phantom.columns * phantom.rows);
      const { page } = await show(context, name);
      await page.keyboard.press("1");
      const seen = await stageSeen(page);
      expect(differing(seen, phantom, (x, y) => rendered[y * phantom.columns + x] ?? -1)).toBe(0);
      await page.close();
    }
    await context.close();
  });

  needs(chromium).it("turns the window by mouse without asking the server for anything", async () => {
    const context = await desktop(browser);
    const { page, requests } = await show(context, "chest");
    const before = {
      seen: await stageSeen(page),
      window: await reading(page, "bottom-left"),
      asked: pictureRequests(requests),
    };
    await page.mouse.move(700, 450);
    await page.mouse.down();
    await page.mouse.move(820, 330, { steps: 12 });
    await page.mouse.up();
    const window = await reading(page, "bottom-left");
    expect(window[0]).toBeGreaterThan(before.window[0] ?? 0);
    expect(window[1]).toBeLessThan(before.window[1] ?? 0);
    expect(brightness(await stageSeen(page))).toBeGreaterThan(brightness(before.seen) + 5);
    expect(pictureRequests(requests)).toBe(before.asked);
    await page.keyboard.press("r");
    const again = await stageSeen(page);
    for (const [x, y] of [[720, 400], [500, 300], [900, 500]] as const) {
      expect(again.at(x, y)).toEqual(before.seen.at(x, y));
    }
    expect(await reading(page, "bottom-left")).toEqual(before.window);
    await context.close();
  });

  needs(chromium).it("zooms at the pointer by wheel and pans by the right button", async () => {
    const context = await desktop(browser);
    const { page } = await show(context, "chest");
    const [before] = await reading(page, "bottom-right");
    await page.mouse.move(500, 300);
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -240);
    await page.waitForTimeout(100);
    const [after] = await reading(page, "bottom-right");
    expect(after).toBeGreaterThan((before ?? 0) * 1.3);
    const zoomed = await stageSeen(page);
    await page.mouse.down({ button: "right" });
    await page.mouse.move(560, 340, { steps: 6 });
    await page.mouse.up({ button: "right" });
    const panned = await stageSeen(page);
    const same = [[600, 400], [700, 300], [800, 500]].every(([x = 0, y = 0]) =>
      Math.abs((zoomed.at(x, y)[0] ?? 0) - (panned.at(x + 60, y + 40)[0] ?? 0)) <= 2
    );
    expect(same).toBe(true);
    await context.close();
  });

  needs(chromium).it("is pinched, panned and windowed by fingers on a phone", async () => {
    const context = await phone(browser);
    const { page, requests } = await show(context, "chest");
    const fingers = await fingersOn(page);
    const [fitted] = await reading(page, "bottom-right");
    await fingers("touchStart", { x: 180, y: 350 }, { x: 210, y: 350 });
    for (let step = 1; step <= 8; step++) {
      await fingers("touchMove", { x: 180 - step * 8, y: 350 }, { x: 210 + step * 8, y: 350 });
    }
    await fingers("touchEnd");
    await page.waitForTimeout(100);
    const [pinched] = await reading(page, "bottom-right");
    expect(pinched).toBeGreaterThan((fitted ?? 0) * 3);
    const zoomed = await stageSeen(page);
    await fingers("touchStart", { x: 200, y: 300 });
    for (let step = 1; step <= 6; step++) {
      await fingers("touchMove", { x: 200 + step * 10, y: 300 + step * 5 });
    }
    await fingers("touchEnd");
    expect((await stageSeen(page)).data).not.toEqual(zoomed.data);
    expect((await reading(page, "bottom-right"))[0]).toBe(pinched);
    const asked = pictureRequests(requests);
    const window = await reading(page, "bottom-left");
    await page.getByLabel("Drag changes brightness and contrast").tap();
    await fingers("touchStart", { x: 200, y: 300 });
    for (let step = 1; step <= 6; step++) await fingers("touchMove", { x: 200, y: 300 - step * 12 });
    await fingers("touchEnd");
    await page.waitForTimeout(100);
    expect((await reading(page, "bottom-left"))[1]).toBeLessThan(window[1] ?? 0);
    expect(pictureRequests(requests)).toBe(asked);
    await context.close();
  });
});
