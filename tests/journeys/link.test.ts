// A link from the study page to its end, in real Chromium against the whole house: shared by mail with download and
// adoption, opened on a phone and on a desktop, read, measured against a known truth by real pointer moves, taken along,
// added to another clinic's records, taken back, closed.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromium, desktop, openBrowser, phone, type Watched, watchedPage } from "#tests/make/browser.ts";
import { followMail as followMailAt } from "#tests/make/mailbox.ts";
import { needs } from "#tests/make/needs.ts";
import { type Platform, startPlatform } from "#tests/make/platform.ts";
import { setUpAuthenticator, signInOnPage } from "#tests/make/signedIn.ts";
import { staffOf } from "#tests/make/staff.ts";
import { fingersOn, spread } from "#tests/make/viewer/fingers.ts";
import { heartPhantom, placesOn } from "#tests/make/viewer/heartPhantom.ts";
import { writePhantom } from "#tests/make/viewer/phantoms.ts";
import { until } from "#tests/make/viewer/seen.ts";

needs(chromium).describe("PA-3 PA-4 PA-5 PA-6 PA-9 a link from its making to its end", () => {
  const seed = Math.floor(Math.random() * 1e6);
  const heart = heartPhantom(seed);
  const points = [heart.carina, heart.apex, ...heart.shortAxis, ...heart.edges.slice(0, 8)];
  let house: Platform;
  let browser: Browser;
  let folder: string;
  const seen: Watched[] = [];

  beforeAll(async () => {
    console.info(`the animal's seed: ${seed}`);
    [house, browser] = await Promise.all([startPlatform(), openBrowser()]);
    folder = await mkdtemp(join(tmpdir(), "vetware-link-"));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function someone(small = false): Promise<Page> {
    const context = small ? await phone(browser) : await desktop(browser);
    const watched = await watchedPage(context);
    seen.push(watched);
    return watched.page;
  }

  const followMail = (page: Page, to: string, subject: RegExp) =>
    followMailAt(page, { edge: house.demo.edge, to, subject });

  const scoreOn = async (page: Page) => {
    const words = await page.locator(".mark-list li").first().textContent() ?? "";
    return Number(/VHS ([\d.]+) v/.exec(words)?.[1]);
  };

  it(
    "is shared, opened, read, measured, taken along, added to other records, taken back and closed",
    async () => {
      const file = join(folder, "heart.dcm");
      writePhantom(file, heart.phantom);
      const staff = staffOf(house.demo);
      await fetch(new URL("/api/uploads", house.demo.edge), {
        method: "PUT",
        headers: { authorization: `Bearer ${house.demo.apiKey}`, "content-type": "application/dicom" },
        body: await readFile(file),
      });
      await expect.poll(
        async () =>
          (await staff.studies()).find(({ pending, patient }) => !patient.animal && pending === 0)?.id,
        {
          timeout: 60_000,
        },
      ).toBeTruthy();
      const study = (await staff.studies()).find(({ patient }) => !patient.animal);

      // Staff measure on the study's own page, and keep it with the study.
      const vet = await someone();
      await signInOnPage(vet, house.demo.edge, house.demo);
      await vet.goto(`${house.demo.edge}/studies/${study?.id}`);
      await until(vet, "full");
      // At the whole picture a CSS pixel is four samples, too coarse for a tenth of a vertebra.
      await vet.getByRole("button", { name: "Zoom in" }).click();
      await vet.getByRole("button", { name: "Measure" }).click();
      await vet.getByRole("menuitemradio", { name: "Vertebral heart score" }).click();
      for (const { x, y } of await placesOn(vet, heart, points)) await vet.mouse.click(x, y, { delay: 20 });
      await vet.getByRole("button", { name: "Done" }).click();
      const score = await scoreOn(vet);
      expect(Math.abs(score - heart.score)).toBeLessThan(0.1);
      await vet.getByRole("button", { name: "Save with the study" }).click();
      await vet.getByText("The measurements are kept with the study.").waitFor();

      // They mail a link to a colleague.
      await vet.getByRole("button", { name: "Share", exact: true }).click();
      await vet.getByLabel("Mail it to").selectOption("clinic");
      await vet.getByLabel("Their address").fill("colleague@river.example");
      await vet.getByLabel("The visitor may download the original files").check();
      await vet.getByLabel("Another clinic may add the study to its own records").check();
      await vet.getByRole("button", { name: "Mail the link" }).click();
      await vet.getByRole("button", { name: "Done" }).click();

      // On a phone: every pixel, what staff measured, and a score by fingers.
      const owner = await someone(true);
      await followMail(owner, "colleague@river.example", /shares/);
      await until(owner, "full");
      const link = owner.url();
      await owner.locator(".mark-list summary").tap();
      expect(await scoreOn(owner)).toBe(score);
      expect(await owner.getByRole("button", { name: "Save with the study" }).count()).toBe(0);
      await owner.locator(".mark-list summary").tap();
      await owner.getByRole("button", { name: "More" }).tap();
      await owner.getByRole("menuitem", { name: "Turn to the right" }).tap();
      await owner.getByRole("button", { name: "Measure" }).tap();
      await owner.getByRole("menuitemradio", { name: "Vertebral heart score" }).tap();
      const finger = await fingersOn(owner);
      await spread(owner, finger, 1.6);
      for (const place of await placesOn(owner, heart, points)) {
        await finger("touchStart", { x: place.x - 10, y: place.y + 6 });
        await finger("touchMove", place);
        await finger("touchEnd");
      }
      await owner.getByRole("button", { name: "Done" }).tap();
      await owner.getByRole("button", { name: "Stop" }).tap();
      await owner.locator(".mark-list summary").tap();
      const own = await owner.locator(".mark-list li").last().textContent() ?? "";
      expect(Math.abs(Number(/VHS ([\d.]+) v/.exec(own)?.[1]) - heart.score)).toBeLessThan(0.1);

      // At a desk: the files are downloaded as they came.
      const colleague = await someone();
      await colleague.goto(link);
      await until(colleague, "full");
      await colleague.getByRole("button", { name: "Download and print" }).click();
      const downloading = colleague.waitForEvent("download");
      await colleague.getByRole("menuitem", { name: "The original DICOM file" }).click();
      expect(await readFile(await (await downloading).path())).toEqual(await readFile(file));

      // Their clinic adds it to its own records, once somebody of it is signed in.
      await colleague.getByRole("button", { name: "Add to our records" }).click();
      await colleague.getByRole("button", { name: "Add it" }).click();
      await colleague.getByText("This is for veterinary practices.").waitFor();
      await signUp(colleague.context());
      await colleague.getByRole("button", { name: "Add it" }).click();
      await colleague.getByText(/^All \d files are in your records/).waitFor({ timeout: 60_000 });
      const opening = colleague.context().waitForEvent("page");
      await colleague.getByRole("link", { name: "Open it in our records" }).click({ timeout: 30_000 });
      const theirs = await opening;
      await theirs.getByText(/from Harbour Animal Clinic/).waitFor();
      await until(theirs, "full");
      expect(await scoreOn(theirs)).toBe(score);

      // It is taken back, with the history before it; what is open closes, the copy stays.
      await vet.reload();
      await vet.getByRole("button", { name: "History" }).click();
      await vet.getByText("Added to the records of another clinic: River Vets").waitFor();
      await vet.getByRole("button", { name: "Close" }).click();
      await vet.getByRole("button", { name: "Take back" }).click();
      await vet.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
      await owner.getByRole("heading", { name: "This link was taken back" }).waitFor({ timeout: 20_000 });
      await colleague.getByRole("heading", { name: "This link was taken back" }).waitFor({ timeout: 20_000 });
      expect(await owner.locator("canvas, img").count()).toBe(0);
      await theirs.reload();
      await until(theirs, "full");

      for (const { foreign, violations, faults } of seen) {
        expect([...foreign(house.demo.edge), ...violations, ...faults]).toEqual([]);
      }
    },
    240_000,
  );

  /** Another practice signs up, in the same browser. */
  async function signUp(context: BrowserContext): Promise<void> {
    const page = await context.newPage();
    await page.goto(`${house.demo.edge}/sign-up`);
    await page.getByLabel("Your name").fill("Dr Noor Bakker");
    await page.getByLabel("E-mail address").fill("noor@river.example");
    await page.getByLabel("Password", { exact: true }).fill("violet giraffe umbrella");
    await page.getByLabel("Practice", { exact: true }).fill("River Vets");
    await page.getByLabel("Where it is").fill("Utrecht, Netherlands");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
    await followMail(page, "noor@river.example", /Confirm your address/);
    await page.getByRole("button", { name: "Confirm the address" }).click();
    await setUpAuthenticator(page);
    await page.close();
  }
});
