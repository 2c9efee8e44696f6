// PA-9 measuring by hand in a real browser: a vertebral heart score by mouse, by fingers and by keys alone, on an animal
// seeded anew each time, turned and zoomed; what is drawn is undone, described, calibrated and taken along.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { chromium, desktop, openBrowser, phone, watchedPage } from "#tests/make/browser.ts";
import { needs } from "#tests/make/needs.ts";
import { buildViewer } from "#tests/make/viewer/build.ts";
import { fingersOn, spread } from "#tests/make/viewer/fingers.ts";
import { heartPhantom, type Place, placesOn } from "#tests/make/viewer/heartPhantom.ts";
import { derivedPicture, type Picture, seriesOf } from "#tests/make/viewer/pictures.ts";
import { stageSeen, until } from "#tests/make/viewer/seen.ts";
import { serveShare, type ShareServer, studyOf } from "#tests/make/viewer/shareServer.ts";

needs(chromium).describe("PA-9 measuring on the picture", () => {
  const seed = Math.floor(Math.random() * 1e6);
  const heart = heartPhantom(seed);
  let folder: string;
  let browser: Browser;
  let server: ShareServer;
  let picture: Picture;

  beforeAll(async () => {
    console.info(`the animal's seed: ${seed}`);
    folder = mkdtempSync(join(tmpdir(), "viewer-measure-"));
    await buildViewer(join(folder, "dist"));
    picture = await derivedPicture(folder, "heart", heart.phantom);
    server = await serveShare(join(folder, "dist"), [picture], [seriesOf([picture])]);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    server.state.study = studyOf([seriesOf([picture], { description: "Thorax" })]);
    server.state.rights = ["view", "download"];
  });

  const it = needs(chromium).it;
  const points = [heart.carina, heart.apex, ...heart.shortAxis, ...heart.edges.slice(0, 8)];

  /** How far the two ends of the heart's long axis are apart on the page. */
  const between = ([a, b]: readonly Place[]) =>
    Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0));

  const scoreOn = async (page: Page) =>
    Number(/VHS ([\d.,]+) v/.exec(await page.locator(".mark-list li").first().textContent() ?? "")?.[1]);

  it("gives the heart score of a turned and zoomed animal by mouse, within a tenth of a vertebra", async () => {
    const context = await desktop(browser);
    const { page, faults, violations } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    await page.keyboard.press("e");
    await page.keyboard.press("s");
    await page.keyboard.press("+");
    await page.keyboard.press("v");
    for (const { x, y } of await placesOn(page, heart, points)) await page.mouse.click(x, y, { delay: 20 });
    await page.getByRole("button", { name: "Done" }).click();
    expect(await scoreOn(page)).toBeGreaterThan(heart.score - 0.1);
    expect(await scoreOn(page)).toBeLessThan(heart.score + 0.1);
    const before = await scoreOn(page);
    // It moves with the picture, and is the same when the picture is turned and made smaller.
    await page.keyboard.press("Escape");
    await page.keyboard.press("q");
    await page.keyboard.press("-");
    expect(await scoreOn(page)).toBe(before);
    const [apex] = await placesOn(page, heart, [heart.apex]);
    const grip = await page.locator(".mark-grip").nth(1).boundingBox();
    expect(
      Math.hypot(
        (grip?.x ?? 0) + (grip?.width ?? 0) / 2 - (apex?.x ?? 0),
        (grip?.y ?? 0) + (grip?.height ?? 0) / 2 - (apex?.y ?? 0),
      ),
    )
      .toBeLessThan(2.5);
    expect([...faults, ...violations]).toEqual([]);
    await context.close();
  });

  it("gives it by fingers on a phone, under the magnifier", async () => {
    const context = await phone(browser);
    const { page, faults, violations } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    await page.getByRole("button", { name: "Measure" }).tap();
    await page.getByRole("menuitemradio", { name: "Vertebral heart score" }).tap();
    // Two fingers zoom while a tool is in the hand too, and leave no point behind.
    const finger = await fingersOn(page);
    const before = await placesOn(page, heart, points);
    await spread(page, finger, 1.6);
    expect(await page.locator(".mark-dot").count()).toBe(0);
    const places = await placesOn(page, heart, points);
    expect(between(places) / between(before)).toBeCloseTo(1.6, 1);
    for (const place of places) {
      await finger("touchStart", { x: place.x - 15, y: place.y + 10 });
      await finger("touchMove", { x: place.x - 6, y: place.y + 4 });
      await finger("touchMove", place);
      await expect.poll(() => page.locator("rect.magnifier").count()).toBe(1);
      await finger("touchEnd");
    }
    await expect.poll(() => page.locator("rect.magnifier").count()).toBe(0);
    await page.getByRole("button", { name: "Done" }).tap();
    await page.getByRole("button", { name: "Stop" }).tap();
    await page.locator(".mark-list summary").tap();
    const score = await scoreOn(page);
    expect(Math.abs(score - heart.score)).toBeLessThan(0.1);
    expect(await page.locator(".mark-dot").count()).toBe(0);
    expect([...faults, ...violations]).toEqual([]);
    await context.close();
  });

  it("is done by keys alone: placed, moved, removed, undone", async () => {
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    const box = await page.locator(".stage-host").boundingBox();
    if (!box) throw new Error("there is no stage");
    const press = async (key: string, times = 1) => {
      for (let count = 0; count < times; count++) await page.keyboard.press(key);
    };
    await press("l");
    await press("Enter");
    await press("Enter");
    await press("ArrowRight", 12);
    await press("Shift+ArrowRight", 3);
    await press("Enter");
    const words = () => page.locator(".mark-list-words").allTextContents();
    await expect.poll(words).toHaveLength(1);
    const [line = ""] = await words();
    const zoom =
      Number((await page.locator('.corner[data-at="bottom-right"]').textContent())?.match(/(\d+) %/)?.[1]) /
      100;
    const length = Number(line.match(/([\d,.]+) px/)?.[1]?.replaceAll(",", ""));
    expect(Math.abs(length - 123 / zoom)).toBeLessThan(5);
    await press("Escape");
    await page.locator(".mark-grip").nth(1).focus();
    await press("Shift+ArrowLeft", 4);
    const lengthNow = async () => Number((await words())[0]?.match(/([\d,.]+) px/)?.[1]?.replaceAll(",", ""));
    await expect.poll(lengthNow).toBe(length - 40);
    await press("Delete");
    await expect.poll(words).toEqual([]);
    await press("Control+z");
    await expect.poll(words).toHaveLength(1);
    await context.close();
  });

  it("says what lengths stand on, and takes a ball for a scale", async () => {
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    const [one, other, end] = await placesOn(page, heart, [
      heart.squares[0],
      heart.squares[1],
      heart.squares[2],
    ]);
    const drag = async (from: Place | undefined, to: Place | undefined) => {
      await page.mouse.move(from?.x ?? 0, from?.y ?? 0);
      await page.mouse.down();
      await page.mouse.move(((from?.x ?? 0) + (to?.x ?? 0)) / 2, ((from?.y ?? 0) + (to?.y ?? 0)) / 2);
      await page.mouse.move(to?.x ?? 0, to?.y ?? 0);
      await page.mouse.up();
    };
    await page.keyboard.press("l");
    await drag(one, other);
    const words = page.locator(".mark-list-words");
    await expect.poll(() => words.first().textContent()).toContain("px (not calibrated)");
    await page.keyboard.press("k");
    // Beside the ends of the length, whose points would be taken otherwise.
    const beside = (place: Place | undefined) => place && { x: place.x + 14, y: place.y + 14 };
    await drag(beside(one), beside(other));
    await page.getByLabel("How long is it, in millimetres?").fill("66");
    await page.keyboard.press("Enter");
    await expect.poll(() => words.first().textContent()).toMatch(/^Length: 6[56]\.\d mm \(calibrated\)$/);
    await page.keyboard.press("l");
    await drag(other, end);
    await expect.poll(() => words.last().textContent()).toMatch(/^Length: (49|50)\.\d mm \(calibrated\)$/);
    await page.keyboard.press("y");
    await drag(one, end);
    await page.getByLabel("What does the arrow say?").fill("<b>here</b>");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".mark-label").allTextContents()).toContain("<b>here</b>");
    await context.close();
  });

  it("takes the view along as a JPEG that says whose picture it is", async () => {
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    const size = await stageSeen(page);
    await page.getByRole("button", { name: "Download and print" }).click();
    const downloading = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "This view as JPEG" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("Bella-2026-11-20-view.jpg");
    const file = readFileSync(await download.path());
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height > size.height]).toEqual([size.width, true]);
    const at = (x: number, y: number) => data[(y * info.width + x) * info.channels] ?? -1;
    const middle = size.at(Math.round(size.width / 2), Math.round(size.height / 2))[0];
    expect(Math.abs(at(Math.round(size.width / 2), Math.round(size.height / 2)) - middle)).toBeLessThan(12);
    // The foot is white with dark words.
    const foot = Array.from({ length: info.width }, (_, x) => at(x, size.height + 18));
    expect(Math.max(...foot)).toBeGreaterThan(250);
    expect(Math.min(...foot)).toBeLessThan(90);
    await context.close();
  });

  it("offers nothing to take along where the link does not allow it", async () => {
    server.state.rights = ["view"];
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    expect(await page.getByRole("button", { name: "Download and print" }).count()).toBe(0);
    await context.close();
  });
});
