// The share page from link to picture and to the end of the link, in a real browser, against a small edge that
// answers as the real one does (PA-4, PA-6).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { seriousOn } from "#tests/make/axe.ts";
import { chromium, desktop, openBrowser, phone, watchedPage } from "#tests/make/browser.ts";
import { needs } from "#tests/make/needs.ts";
import { buildViewer } from "#tests/make/viewer/build.ts";
import { chestPhantom, cinePhantom, slicePhantom } from "#tests/make/viewer/phantoms.ts";
import { FrameRange } from "#core/contract/pixels.ts";
import { damaged, derivedPicture, pending, type Picture, seriesOf } from "#tests/make/viewer/pictures.ts";
import { until } from "#tests/make/viewer/seen.ts";
import { serveShare, type ShareServer, studyOf } from "#tests/make/viewer/shareServer.ts";

needs(chromium).describe("PA-6 the share page", () => {
  let folder: string;
  let browser: Browser;
  let server: ShareServer;
  let chest: Picture;
  let broken: Picture;
  let cine: Picture;
  let slices: Picture[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "viewer-share-"));
    await buildViewer(join(folder, "dist"));
    chest = await derivedPicture(folder, "chest", chestPhantom(1500, 1200));
    broken = damaged(chest);
    cine = await derivedPicture(folder, "cine", cinePhantom(8));
    slices = [];
    for (let slice = 0; slice < 14; slice++) {
      slices.push(await derivedPicture(folder, `slice${slice}`, slicePhantom(slice, 14)));
    }
    server = await serveShare(join(folder, "dist"), [chest, broken, cine, ...slices], []);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    Object.assign(server.state, {
      refusal: null,
      rights: ["view"],
      words: "",
      passcode: null,
      asksPress: false,
      study: studyOf([seriesOf([chest], { description: "Thorax" })]),
      delay: 0,
      broken: false,
      keepsCookies: true,
    });
  });

  const it = needs(chromium).it;

  it("shows the preview first, then refines by byte ranges at the ends of tile parts", async () => {
    const context = await phone(browser);
    const watched = await watchedPage(context);
    server.state.delay = 1200;
    await watched.page.goto(server.link);
    await until(watched.page, "preview");
    expect(watched.requests.some(({ url }) => url.includes(".wasm"))).toBe(false);
    await until(watched.page, "full");
    const ranges = watched.requests.flatMap(({ range }) => range ?? []);
    expect(ranges).toEqual([`bytes=0-${FrameRange.parse(chest.instance.picture?.frames[0]).length - 1}`]);
    expect(watched.violations).toEqual([]);
    expect(watched.faults).toEqual([]);
    expect(watched.foreign(server.origin)).toEqual([]);
    await context.close();
  });

  it("says whose pictures these are, from whom and until when, whole on a phone and a small desktop", async () => {
    server.state.rights = ["view", "download", "adopt"];
    for (const [context, width] of [[await phone(browser), 390], [await desktop(browser), 1280]] as const) {
      const { page } = await watchedPage(context);
      await page.setViewportSize({ width, height: 800 });
      await page.goto(server.link);
      for (
        const words of [
          "Bella",
          "Annika Lindqvist",
          "Bernese mountain dog, female, spayed, 7 years",
          "Thorax, three views",
          "Harbour Street Animal Hospital",
          /^Open until/,
        ]
      ) {
        const line = page.locator(".head").getByText(words);
        await line.waitFor();
        const cut = await line.evaluate((one) => one.scrollWidth - one.clientWidth);
        expect([width, words, cut]).toEqual([width, words, 0]);
      }
      await page.getByRole("button", { name: "About these pictures" }).click();
      const about = page.getByRole("dialog");
      await about.getByText(/^Harbour Street Animal Hospital shows you these pictures of Bella/).waitFor();
      await about.getByText(/You may look at them and download them/).waitFor();
      expect(await seriousOn(page)).toEqual([]);
      await context.close();
    }
  });

  it("sends the token in the body of one POST and nowhere else, and stores nothing", async () => {
    const context = await desktop(browser);
    const { page, requests } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    const token = server.link.split("#")[1] ?? "";
    expect(requests.filter(({ url }) => url.split("#")[0]?.includes(token))).toEqual([]);
    expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    const stored = await page.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      (await indexedDB.databases()).length,
      (await caches.keys()).length,
      document.cookie,
    ]);
    expect(stored).toEqual([0, 0, 0, 0, ""]);
    await context.close();
  });

  it("opens a limited link only by a press, and a reload is no second opening", async () => {
    server.state.asksPress = true;
    const before = server.opened();
    const context = await phone(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await page.getByRole("heading", { name: "Pictures are waiting for you" }).waitFor();
    expect(server.opened()).toBe(before);
    await page.getByRole("button", { name: "Open the pictures" }).tap();
    await until(page, "full");
    await page.reload();
    await until(page, "full");
    expect(server.opened()).toBe(before + 1);
    await context.close();
  });

  it("says that a passcode is wrong and takes the right one", async () => {
    server.state.passcode = "4711";
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    const field = page.getByLabel("Passcode");
    await field.waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await field.fill("1234");
    await page.keyboard.press("Enter");
    await page.getByText("This passcode is not right.").waitFor();
    await field.fill("4711");
    await page.keyboard.press("Enter");
    await until(page, "full");
    await context.close();
  });

  it("closes at once with the server's words when the link is taken back and a frame is asked for", async () => {
    server.state.study = studyOf([seriesOf(slices, { modality: "CT" })]);
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    server.state.refusal = "revoked";
    server.state.words = "The practice has taken this link back. Ask the practice for a new one.";
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "This link was taken back" }).waitFor({ timeout: 5000 });
    await page.getByText("Ask the practice for a new one.").waitFor();
    expect(await page.locator("canvas").count()).toBe(0);
    await context.close();
  });

  it("closes when it is looked at again after the link was taken back", async () => {
    const context = await phone(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    server.state.refusal = "expired";
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.getByRole("heading", { name: "This link has expired" }).waitFor({ timeout: 5000 });
    expect(await page.locator("canvas, img").count()).toBe(0);
    await context.close();
  });

  it("has one neutral page for every token that opens nothing, without asking about one that cannot be", async () => {
    const context = await phone(browser);
    const { page, requests } = await watchedPage(context);
    for (const hash of ["#" + "x".repeat(43), "#nonsense", ""]) {
      await page.goto("about:blank");
      await page.goto(`${server.origin}/s${hash}`);
      await page.getByRole("heading", { name: "Nothing opens here" }).waitFor();
    }
    expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    await context.close();
  });

  it("says that there is no connection and goes on by itself", async () => {
    server.state.broken = true;
    const context = await phone(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await page.getByRole("heading", { name: "The pictures cannot be reached" }).waitFor();
    server.state.broken = false;
    await until(page, "full");
    await context.close();
  });

  it("shows a picture that is being prepared as soon as it is ready", async () => {
    const series = seriesOf([chest]);
    server.state.study = studyOf([{ ...series, instances: [pending(chest)] }]);
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await page.getByText("still being prepared").first().waitFor();
    server.state.study = { ...server.state.study, series: [series] };
    await until(page, "full");
    await context.close();
  });

  it("says in place that a damaged picture cannot be shown, and shows the next one", async () => {
    server.state.study = studyOf([seriesOf([broken, chest])]);
    const context = await desktop(browser);
    const { page, violations } = await watchedPage(context);
    await page.goto(server.link);
    await page.getByText(/^This picture cannot be shown: /).waitFor();
    await page.keyboard.press("ArrowDown");
    await until(page, "full");
    expect(violations).toEqual([]);
    await context.close();
  });

  it("explains itself when the browser refuses the visit's cookie", async () => {
    server.state.keepsCookies = false;
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await page.getByRole("heading", { name: "This browser does not keep the pictures open" }).waitFor();
    await context.close();
  });

  it("scrolls a stack by wheel and keys and plays a cine", async () => {
    server.state.study = studyOf([
      seriesOf(slices, { modality: "CT" }),
      seriesOf([cine], { modality: "US" }),
    ]);
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    const place = page.locator('.corner[data-at="top-right"]');
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => place.textContent()).toBe("2 / 14");
    await page.mouse.move(700, 400);
    await page.mouse.wheel(0, 180);
    await expect.poll(() => place.textContent()).toBe("5 / 14");
    await page.locator(".rail-item").nth(1).click();
    await expect.poll(() => place.textContent()).toBe("1 / 8");
    await page.getByRole("button", { name: "Play" }).click();
    const seen = new Set<string | null>();
    await expect.poll(async () => seen.add(await place.textContent()).size, { timeout: 8000 })
      .toBeGreaterThan(4);
    await page.getByRole("button", { name: "Pause" }).click();
    await context.close();
  });

  it("keeps markup in names as text", async () => {
    const markup = '<img src=x onerror="document.title=1"><b>Bella</b>';
    const series = seriesOf([chest], { description: markup });
    const study = studyOf([series]);
    server.state.study = { ...study, patient: { ...study.patient, animal: markup }, practice: markup };
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    expect(await page.locator("h1").textContent()).toBe(markup);
    expect(await page.title()).toBe("Shared pictures");
    await context.close();
  });

  it("has nothing serious for axe, with pictures, menus, dialogs and measurements, on phone and desktop", async () => {
    server.state.rights = ["view", "download", "adopt"];
    server.state.study = studyOf([
      seriesOf([chest], { description: "Thorax" }),
      seriesOf(slices, { modality: "CT" }),
    ]);
    for (const context of [await phone(browser), await desktop(browser)]) {
      const { page } = await watchedPage(context);
      await page.goto(server.link);
      await until(page, "full");
      expect(await seriousOn(page)).toEqual([]);
      await page.getByRole("button", { name: "More" }).click();
      expect(await seriousOn(page)).toEqual([]);
      await page.getByRole("menuitem", { name: "Help" }).click();
      expect(await seriousOn(page)).toEqual([]);
      await page.getByRole("button", { name: "Close" }).click();
      await page.locator(".stage-host").focus();
      for (const key of ["l", "Enter", "Enter", "ArrowRight", "ArrowRight", "Enter", "Escape"]) {
        await page.keyboard.press(key);
      }
      await page.locator(".mark-grip").first().waitFor();
      expect(await seriousOn(page)).toEqual([]);
      await page.getByRole("button", { name: "Add to our records" }).click();
      expect(await seriousOn(page)).toEqual([]);
      await context.close();
    }
  });

  it("gives the keys back to the picture in the moment a dialog is closed", async () => {
    const context = await phone(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Help" }).click();
    await page.getByRole("dialog").waitFor();
    const focused = await page.evaluate(async () => {
      document.querySelector<HTMLElement>("dialog[open] button")?.click();
      await new Promise((done) => setTimeout(done));
      document.querySelector<HTMLElement>(".stage-host")?.focus();
      await new Promise((done) => setTimeout(done, 300));
      return document.activeElement?.className;
    });
    expect(focused).toBe("stage-host");
    await context.close();
  });

  it("is used by keys alone: every tool by a button or a menu line that Tab and arrows reach", async () => {
    server.state.rights = ["view", "download"];
    const context = await desktop(browser);
    const { page } = await watchedPage(context);
    await page.goto(server.link);
    await until(page, "full");
    const focused = () =>
      page.evaluate(() =>
        document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent
      );
    const seen = new Set<string | null | undefined>();
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      seen.add(await focused());
    }
    for (const button of await page.locator(".tools button:visible").all()) {
      expect(seen).toContain(await button.getAttribute("aria-label"));
    }
    await page.getByRole("button", { name: "Measure" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(focused).toMatch(/^Length/);
    await page.keyboard.press("End");
    await expect.poll(focused).toMatch(/^Calibrate/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect.poll(focused).toMatch(/^Angle/);
    await page.keyboard.press("Escape");
    await expect.poll(focused).toBe("Measure");
    await page.keyboard.press("Enter");
    await expect.poll(focused).toMatch(/^Length/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("Angle", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "More" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(focused).toMatch(/^As the file says/);
    const lines = await page.getByRole("menu").locator(".menu-item").count();
    const reached = new Set<string | null | undefined>();
    for (let line = 0; line < lines; line++) {
      reached.add(await focused());
      await page.keyboard.press("ArrowDown");
    }
    expect(reached.size).toBe(lines);
    await context.close();
  });

  it("has buttons of 44 px or more under a finger, upright and sideways", async () => {
    server.state.study = studyOf([seriesOf(slices, { modality: "CT" })]);
    for (const sideways of [false, true]) {
      const context = await phone(browser, { sideways });
      const { page } = await watchedPage(context);
      await page.goto(server.link);
      await until(page, "full");
      for (const button of await page.locator(".tools button:visible").all()) {
        const box = await button.boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40);
        expect(box?.height ?? 0).toBeGreaterThanOrEqual(44);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await context.close();
    }
  });
});
