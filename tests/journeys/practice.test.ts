// A practice from its first form to a session that is cut off, in real Chromium against the whole house, with a second
// edge beside it. Everything goes through pages and mails; nothing is put into the database by hand.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keyValues, openKeys } from "#core/launch/keys.ts";
import { chromium, desktop, openBrowser, phone, type Watched, watchedPage } from "#tests/make/browser.ts";
import { type EdgeProcess, startEdgeProcess } from "#tests/make/edgeProcess.ts";
import { followMail as followMailAt } from "#tests/make/mailbox.ts";
import { needs } from "#tests/make/needs.ts";
import { type Platform, startPlatform } from "#tests/make/platform.ts";
import { freePorts } from "#tests/make/ports.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { setUpAuthenticator, signInOnPage } from "#tests/make/signedIn.ts";

const password = "violet giraffe umbrella";

needs(chromium).describe("PL-1 PL-2 PL-4 PL-5 PL-10 PA-4 PL-24 a practice begins to use Vetware", () => {
  let house: Platform;
  let other: EdgeProcess;
  let browser: Browser;
  let folder: string;
  const seen: Watched[] = [];
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    const [databasePort = 0, corePort = 0] = await freePorts(2);
    const ports = { DATABASE_PORT: String(databasePort), CORE_PORT: String(corePort) };
    house = await startPlatform({ environment: ports });
    other = await secondEdge(databasePort, corePort);
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), "vetware-practice-"));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await other?.stop();
    await house?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Another edge of the same house: the same database, core and keys. */
  async function secondEdge(databasePort: number, corePort: number): Promise<EdgeProcess> {
    const keys = await openKeys(join(house.folder, "keys"), { makeMissing: false, now: new Date() });
    const { RPC_PRIVATE_KEY = "", TOKEN_KEY = "", DATABASE_PASSWORD_EDGE = "" } = keyValues(keys);
    const gateway = `http://127.0.0.1:${databasePort}`;
    const address =
      `postgresql://vetware_edge:${DATABASE_PASSWORD_EDGE}@127.0.0.1:${databasePort}/vetware?gateway=http`;
    return await startEdgeProcess({ gateway, addresses: { vetware_edge: address } }, {
      coreUrl: `http://127.0.0.1:${corePort}`,
      environment: { RPC_PRIVATE_KEY, TOKEN_KEY, PUBLIC_URL: house.demo.edge },
    });
  }

  async function someone(small = false): Promise<Page> {
    const context = small ? await phone(browser) : await desktop(browser);
    contexts.push(context);
    const watched = await watchedPage(context);
    seen.push(watched);
    return watched.page;
  }

  const followMail = (page: Page, to: string, subject: RegExp) =>
    followMailAt(page, { edge: house.demo.edge, to, subject });

  it(
    "sign up, verify, second factor, invite, accept, upload, share by mail, open, lower a role, sign out",
    async () => {
      // A veterinarian signs the practice up and proves the address.
      const boss = await someone();
      await boss.goto(`${house.demo.edge}/sign-up`);
      await boss.getByLabel("Your name").fill("Dr Noor Bakker");
      await boss.getByLabel("E-mail address").fill("noor@river.example");
      await boss.getByLabel("Password", { exact: true }).fill(password);
      await boss.getByLabel("Practice", { exact: true }).fill("River Vets");
      await boss.getByLabel("Where it is").fill("Utrecht, Netherlands");
      await boss.getByRole("button", { name: "Sign up" }).click();
      await boss.getByRole("heading", { name: "Look into your mail" }).waitFor();
      await followMail(boss, "noor@river.example", /Confirm your address/);
      await boss.getByRole("button", { name: "Confirm the address" }).click();
      await boss.getByText("Your role asks for a second factor.").waitFor();
      expect(new URL(boss.url()).hash).toBe("");
      await setUpAuthenticator(boss);

      // A colleague is invited and accepts on a telephone.
      await boss.getByRole("link", { name: "Team" }).click();
      await boss.getByRole("button", { name: "Invite someone" }).click();
      await boss.getByLabel("E-mail address").fill("sam@river.example");
      await boss.getByLabel("Role", { exact: true }).selectOption("veterinarian");
      await boss.getByRole("button", { name: "Invite", exact: true }).click();
      const sam = await someone(true);
      await followMail(sam, "sam@river.example", /invites you/);
      await sam.getByLabel("Your name").fill("Sam Visser");
      await sam.getByLabel("Password", { exact: true }).fill(password);
      await sam.getByRole("button", { name: "Accept" }).click();
      await sam.getByRole("heading", { name: "Hello Sam Visser" }).waitFor();
      await boss.getByText("sam@river.example").first().waitFor();

      // The colleague uploads a radiograph and mails it to the owner of the animal.
      const file = join(folder, "bella.dcm");
      await writeFile(file, radiograph({ uid: "2.25.4001", study: "2.25.4000", patientID: "RIVER-1" }));
      await sam.getByLabel("DICOM files to add").setInputFiles(file);
      await sam.getByText("1 file is kept.").waitFor();
      await sam.getByRole("button", { name: "Close" }).click();
      await sam.getByRole("link", { name: /Bella/ }).first().click();
      await sam.getByRole("button", { name: "Share", exact: true }).click();
      await sam.getByLabel("Mail it to").selectOption("client");
      await sam.getByLabel("Their address").fill("owner@home.example");
      await sam.getByLabel("Message (optional)").fill("As we spoke: <b>all is well</b>.");
      await sam.getByLabel("Mail me when it is opened for the first time").check();
      await sam.getByRole("button", { name: "Mail the link" }).click();
      await sam.getByRole("button", { name: "Done" }).click();
      const studyPage = sam.url();
      const owner = await someone(true);
      await followMail(owner, "owner@home.example", /River Vets shares pictures/);
      await owner.locator("canvas").waitFor();
      await owner.locator('[data-stage="full"]').waitFor();
      await followMail(boss, "sam@river.example", /Your link was opened/);

      // The role is lowered; what the role no longer holds is refused at once.
      await boss.goto(`${house.demo.edge}/team`);
      await boss.getByLabel("Role of Sam Visser").selectOption("front_desk");
      await boss.getByText("Sam Visser is front desk now.").waitFor();
      const takeBack = await sam.evaluate(async () => {
        const answer = await fetch("/api/shares/019abf00-0000-7000-8000-000000000001", { method: "DELETE" });
        return answer.status;
      });
      expect(takeBack).toBe(403);
      await sam.goto(studyPage);
      await sam.getByText("to owner@home.example").waitFor();
      expect(await sam.getByRole("button", { name: "Take back" }).count()).toBe(0);

      // Signed out on one edge, the token is dead on the other within three seconds.
      const cookies = await contexts[1]?.cookies() ?? [];
      const token = cookies.find(({ name }) => name === "__Host-vetpacs")?.value;
      const there = async () =>
        (await fetch(`${other.url}/api/studies`, { headers: { authorization: `Bearer ${token}` } })).status;
      expect(await there()).toBe(200);
      await sam.getByRole("button", { name: "Menu" }).click();
      const began = performance.now();
      await sam.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
      while (await there() === 200 && performance.now() - began < 10_000) await pause(50);
      expect(await there()).toBe(401);
      expect(performance.now() - began).toBeLessThan(3000);
      await sam.getByRole("heading", { name: "Sign in to Vetware" }).waitFor();

      for (const watched of seen) {
        expect(watched.foreign(house.demo.edge)).toEqual([]);
        expect(watched.violations).toEqual([]);
        expect(watched.faults).toEqual([]);
      }
      const written = house.output() + await readFile(join(house.folder, "demo.json"), "utf8");
      for (const secret of [password, "noor@river.example", "owner@home.example"]) {
        expect(written).not.toContain(secret);
      }
    },
    180_000,
  );

  it("demo.json still lets scripts in", async () => {
    const page = await someone();
    await signInOnPage(page, house.demo.edge, house.demo);
    await page.getByText("Newest studies").waitFor();
  });
});
