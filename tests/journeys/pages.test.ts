// Every page as a browser has it: nothing serious for who cannot see or use a mouse (axe), no request to anyone else, no
// breach of the content policy, exactly the cookies that the cookie page lists; a passkey; and how fast pages change.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cookies as listed } from "#core/domain/cookies.ts";
import { clinicPages, sitePages } from "#edge/pages/routes.ts";
import { seriousOn } from "#tests/make/axe.ts";
import { chromium, desktop, openBrowser, type Watched, watchedPage } from "#tests/make/browser.ts";
import { needs } from "#tests/make/needs.ts";
import { type Platform, startPlatform } from "#tests/make/platform.ts";
import { freePorts } from "#tests/make/ports.ts";
import { signInOnPage } from "#tests/make/signedIn.ts";
import { staffOf } from "#tests/make/staff.ts";

needs(chromium).describe("PL-18 PL-24 every page", () => {
  let house: Platform;
  let browser: Browser;
  let context: BrowserContext;
  let watched: Watched;
  let page: Page;
  const set = new Set<string>();

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    // Passkeys are bound to a host name, so people come by one here.
    const environment = { EDGE_PORT: String(port), PUBLIC_URL: `http://localhost:${port}` };
    [house, browser] = await Promise.all([startPlatform({ environment }), openBrowser()]);
    context = await desktop(browser);
    watched = await watchedPage(context);
    page = watched.page;
    page.on("response", async (response) => {
      const headers = await response.headersArray().catch(() => []);
      for (const { name, value } of headers) {
        if (name.toLowerCase() === "set-cookie") set.add(value.split("=")[0] ?? "");
      }
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
  });

  const places = [
    ["phone, light", { width: 390, height: 844 }, "light"],
    ["desktop, dark", { width: 1280, height: 800 }, "dark"],
  ] as const;

  async function look(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await page.goto(house.demo.edge + path);
      for (const [name, size, colorScheme] of places) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.locator("main h1, main h2").first().waitFor();
        await page.getByRole("status", { name: /^(Loading|Reading)/ }).waitFor({ state: "detached" }).catch(
          () => {},
        );
        expect([path, name, await seriousOn(page)]).toEqual([path, name, []]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect([path, name, Math.max(0, overflow)]).toEqual([path, name, 0]);
      }
    }
  }

  it("of the public site is whole for everyone, and sets no cookie for a stranger", async () => {
    await look(sitePages);
    expect([...set]).toEqual([]);
    expect(await context.cookies()).toEqual([]);
  }, 120_000);

  it("of the staff app is whole for everyone", async () => {
    await signInOnPage(page, house.demo.edge, house.demo);
    const studies = await page.getByRole("list", { name: "Studies, newest first" }).getByRole("link").all();
    const study = await studies[0]?.getAttribute("href") ?? "";
    await look([...clinicPages.filter((path) => !path.includes(":")), study]);
  }, 180_000);

  it("a passkey is made and signs in by itself", async () => {
    const devices = await context.newCDPSession(page);
    await devices.send("WebAuthn.enable");
    await devices.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${house.demo.edge}/security`);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByLabel("Name").fill("Laptop at work");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("Laptop at work").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("Laptop at work").waitFor(); // back where the person signed out
    await page.getByText("not used yet").waitFor({ state: "detached" });
  });

  it("changes to another within a tenth of a second", async () => {
    const spent: number[] = [];
    for (
      const [label, heading] of [["Team", "Team"], ["Studies", "Studies"], [
        "Connections",
        "Connections",
      ]] as const
    ) {
      for (let round = 0; round < 4; round++) {
        await page.getByRole("link", { name: "Home", exact: true }).click();
        await page.getByRole("heading", { name: /^Hello/ }).waitFor();
        spent.push(await changeTo(page, label, heading));
      }
    }
    const sorted = spent.sort((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).toBeLessThan(100);
  });

  it("shows what happened after it was read and before its stream of events stood", async () => {
    const held = Promise.withResolvers<void>();
    await page.route("**/api/events", async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.goto(`${house.demo.edge}/links`);
    const links = page.getByRole("list", { name: "Links, newest first" }).locator("> li");
    await links.first().waitFor();
    const shown = await links.count();
    const staff = staffOf(house.demo);
    const [study] = await staff.studies();
    await staff.share(study?.id ?? "");
    held.resolve();
    await expect.poll(() => links.count()).toBe(shown + 1);
    await page.unroute("**/api/events");
  });

  it("has asked nobody else for anything, kept to the content policy, and set the listed cookies alone", async () => {
    await page.goto(house.demo.shareUrl);
    await page.locator("canvas").waitFor();
    expect(watched.foreign(house.demo.edge)).toEqual([]);
    expect(watched.violations).toEqual([]);
    expect(watched.faults).toEqual([]);
    const names = [...set].map((name) => name.replace(/^__Host-share-.*/, "__Host-share-…"));
    expect([...new Set(names)].sort()).toEqual(listed.map(({ name }) => name).sort());
  });
});

/** Milliseconds from the press on a link until the page's heading is painted, measured in the page. */
async function changeTo(page: Page, label: string, heading: string): Promise<number> {
  return await page.evaluate(async ([label, heading]) => {
    const link = [...document.querySelectorAll("nav a")].find((one) => one.textContent === label);
    if (!(link instanceof HTMLElement)) throw new Error(`no link ${label}`);
    const began = performance.now();
    link.click();
    while (document.querySelector("main h1")?.textContent !== heading) {
      await new Promise((next) => requestAnimationFrame(next));
    }
    return performance.now() - began;
  }, [label, heading] as const);
}
