// A study's round in the staff app, in a real browser on the whole platform: it comes in as a ZIP, is downloaded as
// one, is sent back to a PACS, and is deleted and taken back (PA-1, PA-2, PA-3).
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CreatedShare } from "#core/contract/shares.ts";
import { element, tags, writeDirectory } from "#core/dicom/mod.ts";
import { chromium, openBrowser, phone, type Watched, watchedPage } from "#tests/make/browser.ts";
import { temporaryFolder } from "#tests/make/dicom.ts";
import { needs, program } from "#tests/make/needs.ts";
import { type Platform, startPlatform } from "#tests/make/platform.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { readSendable } from "#tests/make/scu.ts";
import { signInOnPage } from "#tests/make/signedIn.ts";
import { type Staff, staffOf } from "#tests/make/staff.ts";
import { startStoreScp, type StoreScp } from "#tests/make/storescp.ts";
import { eventually } from "#tests/make/until.ts";
import { zipMade } from "#tests/make/zipMade.ts";
import { entriesByPython, unpack } from "#tests/make/zipped.ts";

const study = "2.25.33001";
const files = [1, 2].map((number) =>
  radiograph({
    uid: `2.25.3310${number}`,
    study,
    patientID: "ROUND-1",
    more: [element(tags.SeriesNumber, 1), element(tags.InstanceNumber, number)],
  })
);

needs(chromium, program("storescp"), program("unzip"), program("python3")).describe(
  "PA-1 PA-3 a study's round",
  () => {
    let platform: Platform;
    let staff: Staff;
    let browser: Browser;
    let pacs: StoreScp;
    let watched: Watched;
    let page: Page;

    beforeAll(async () => {
      [platform, browser, pacs] = await Promise.all([startPlatform(), openBrowser(), startStoreScp()]);
      staff = staffOf(platform.demo);
      await staff.ask("POST", "/api/peers", {
        name: "Cellar PACS",
        aeTitle: pacs.aeTitle,
        address: "127.0.0.1/32",
        destination: { host: "127.0.0.1", port: pacs.port },
      });
      watched = await watchedPage(await phone(browser));
      page = watched.page;
      page.setDefaultTimeout(20_000);
      await signInOnPage(page, platform.demo.edge, platform.demo);
      await goTo("Studies");
    }, 180_000);
    const goTo = async (label: string) => {
      await page.getByRole("button", { name: "Menu" }).click();
      await page.getByRole("dialog").getByRole("link", { name: label, exact: true }).click();
    };
    afterAll(async () => {
      await browser?.close();
      await pacs?.stop();
      await platform?.stop();
    });

    it("begins with a ZIP: what is in it appears, what was not taken is told with the reason", async () => {
      const zip = await zipMade([
        ...files.map((bytes, at) => ({ name: `DICOM/IM${at}`, bytes })),
        { name: "<b>README</b>.TXT", bytes: Buffer.from("Put this disc into your computer. ".repeat(9)) },
      ]);
      await page.getByLabel("DICOM files to add").setInputFiles({
        name: "disc.zip",
        mimeType: "application/zip",
        buffer: zip,
      });
      const tray = page.getByRole("region", { name: "Uploads" });
      await tray.getByText("2 files are kept, 1 not taken.").waitFor();
      await tray.getByText("1 file was not taken").click();
      await tray.getByText("<b>README</b>.TXT").waitFor();
      await tray.getByText(/This is not a DICOM file/).waitFor();
      await tray.getByRole("button", { name: "Close" }).click();
      await page.getByRole("link", { name: /ROUND-1/ }).click();
      await page.getByText(/^2 files, /).waitFor();
    });

    it("is downloaded as a ZIP that holds the very files, with a DICOMDIR", async () => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download ZIP" }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("Bella 2026-11-23.zip");
      const path = join(temporaryFolder(), "study.zip");
      await download.saveAs(path);
      expect(entriesByPython(path).map(({ name }) => name)).toContain("DICOMDIR");
      const folder = temporaryFolder();
      unpack(path, folder);
      for (const [at, bytes] of files.entries()) {
        const kept = await readFile(join(folder, `DICOM/SE000001/IM00000${at + 1}`));
        expect(kept.equals(bytes)).toBe(true);
      }
    });

    it("is downloaded by the visitor of a link that allows it, files and all", async () => {
      const [shown] = await staff.studies("ROUND-1");
      const wish = { studyId: shown?.id, rights: ["download"] };
      const { url } = CreatedShare.parse(await staff.ask("POST", "/api/shares", wish));
      const visitor = await watchedPage(await phone(browser));
      await visitor.page.goto(url);
      await visitor.page.getByRole("button", { name: "Download and print" }).click();
      const [download] = await Promise.all([
        visitor.page.waitForEvent("download"),
        visitor.page.getByRole("menuitem", { name: "All DICOM files (ZIP)" }).click(),
      ]);
      const path = join(temporaryFolder(), "shared.zip");
      await download.saveAs(path);
      expect(entriesByPython(path).map(({ name }) => name).filter((name) => name.startsWith("DICOM/")))
        .toHaveLength(2);
      expect([visitor.faults, visitor.violations]).toEqual([[], []]);
    });

    it("is sent to a PACS, which gets the very datasets", async () => {
      await page.getByRole("button", { name: "Send to PACS…" }).click();
      await page.getByLabel("To", { exact: true }).selectOption({ label: `Cellar PACS (${pacs.aeTitle})` });
      await page.getByRole("button", { name: "Send", exact: true }).click();
      const sent = page.getByRole("region", { name: "Sent to PACS" });
      await sent.getByText("2 of 2 files").waitFor();
      await sent.getByText("Sent", { exact: true }).waitFor();
      const received = await eventually(() => pacs.files(), (all) => all.length === 2);
      const datasets = (all: readonly Uint8Array[]) =>
        all.map((file) => Buffer.from(readSendable(file).dataset).toString("base64")).sort();
      expect(datasets(received)).toEqual(datasets(files));
    });

    it("is deleted, taken back by Undo, deleted again, and restored from the bin", async () => {
      const putIntoBin = async () => {
        await page.getByRole("button", { name: "Delete", exact: true }).click();
        await page.getByRole("button", { name: "Put into the bin" }).click();
        await page.getByRole("link", { name: /ROUND-1/ }).waitFor({ state: "detached" });
      };
      await putIntoBin();
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByRole("link", { name: /ROUND-1/ }).click();
      await putIntoBin();
      await goTo("Bin");
      await page.getByText("30 days left").waitFor();
      await page.getByRole("button", { name: "Restore the study of Bella" }).click();
      await page.getByText("The bin is empty").waitFor();
      await goTo("Studies");
      await page.getByRole("link", { name: /ROUND-1/ }).waitFor();
    });

    it("may begin with the folder of a disc: the table of contents and what is no DICOM stay behind", async () => {
      const folder = temporaryFolder();
      await mkdir(join(folder, "DISC/DICOM"), { recursive: true });
      const more = radiograph({ uid: "2.25.33201", study: "2.25.33200", patientID: "ROUND-2" });
      await writeFile(join(folder, "DISC/DICOM/IM1"), more);
      await writeFile(join(folder, "DISC/DICOMDIR"), writeDirectory([], "2.25.33209"));
      await writeFile(join(folder, "DISC/START.EXE"), "MZ");
      await page.getByLabel("A folder to add").setInputFiles(join(folder, "DISC"));
      const tray = page.getByRole("region", { name: "Uploads" });
      await tray.getByText("1 file is kept, 2 not taken.").waitFor();
      await tray.getByText("A DICOMDIR, a table of contents. It is not needed.").waitFor();
      await tray.getByRole("button", { name: "Close" }).click();
      await page.getByRole("link", { name: /ROUND-2/ }).waitFor();
    });

    it("is paused and goes on with what was not kept, once a file each", async () => {
      const many = Array.from({ length: 5 }, (_, at) => ({
        name: `IM${at}`,
        mimeType: "application/dicom",
        buffer: Buffer.from(
          radiograph({
            uid: `2.25.3330${at}`,
            study: "2.25.33300",
            patientID: "ROUND-3",
            rows: 900,
            columns: 900,
          }),
        ),
      }));
      const devices = await page.context().newCDPSession(page);
      const speed = (bytesASecond: number) =>
        devices.send("Network.emulateNetworkConditions", {
          offline: false,
          latency: 0,
          downloadThroughput: -1,
          uploadThroughput: bytesASecond,
        });
      await speed(400_000);
      await page.getByLabel("DICOM files to add").setInputFiles(many);
      const tray = page.getByRole("region", { name: "Uploads" });
      await tray.getByRole("button", { name: "Pause" }).click();
      await tray.getByText(/^Paused: \d of 5 done$/).waitFor();
      await speed(-1);
      expect(await tray.getByText(/of it was sent|Being put away/).count()).toBe(0);
      await tray.getByRole("button", { name: "Resume" }).click();
      await tray.getByText("5 files are kept.").waitFor();
      await tray.getByRole("button", { name: "Close" }).click();
      await expect.poll(async () => (await staff.studies("ROUND-3"))[0]?.instanceCount, { timeout: 20_000 })
        .toBe(5);
    });

    it("broke no content policy, asked no other host and failed nowhere", () => {
      expect(watched.violations).toEqual([]);
      expect(watched.faults).toEqual([]);
      expect(watched.foreign(platform.demo.edge)).toEqual([]);
    });
  },
);
