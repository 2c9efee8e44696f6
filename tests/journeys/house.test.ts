// One path through the whole house, nothing faked: a PACS sends a radiograph, staff see and share it, its owner
// opens the link on a phone, the practice takes it back.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CreatedShare, type Share } from "#core/contract/shares.ts";
import { StudyList, UploadReceipt } from "#core/contract/studies.ts";
import { chromium, desktop, openBrowser, phone, watchedPage } from "#tests/make/browser.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { type Platform, startPlatform } from "#tests/make/platform.ts";
import { testData } from "#tests/make/data.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { readSendable } from "#tests/make/scu.ts";
import { signInOnPage } from "#tests/make/signedIn.ts";
import { type Staff, staffOf, visitOf } from "#tests/make/staff.ts";
import { until } from "#tests/make/until.ts";
import { faintPhantom, type Phantom, writePhantom } from "#tests/make/viewer/phantoms.ts";
import { differing, pictureRequests, reading, stageSeen } from "#tests/make/viewer/seen.ts";

const run = promisify(execFile);
const radiographs = ["dicom/derived__vetdx14_3036x2496_ele.dcm", "dicom/wg04__RG2_JPLL.dcm"];

let house: Platform;
let staff: Staff;
let folder: string;

beforeAll(async () => {
  house = await startPlatform();
  staff = staffOf(house.demo);
  folder = await mkdtemp(join(tmpdir(), "vetware-house-"));
}, 180_000);

afterAll(async () => {
  await house?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("PA-1 PA-4 PA-5 the demo practice is there after the first start", () => {
  it("opens its share link for anyone who has it, with pictures of every instance", async () => {
    await until(async () => (await staff.studies()).every((study) => study.pending === 0), 60_000);
    const { opened } = await visitOf(await staff.open(house.demo.shareUrl));
    const instances = opened.study.series.flatMap((series) => series.instances);
    expect(instances.length).toBeGreaterThan(0);
    expect(instances.map((instance) => instance.state)).toEqual(instances.map(() => "ready"));
  });
});

describe("PA-1 PA-2 what a PACS sends is kept whole", () => {
  it("a radiograph sent by C-STORE appears, and its original comes back byte for byte", async () => {
    const bytes = radiograph({ uid: "2.25.1001", study: "2.25.1000", patientID: "HOUSE-1" });
    expect(await staff.send(bytes)).toEqual([0]);
    const study = await staff.preparedStudy("HOUSE-1");
    const [instance] = (await staff.pictures(study.id)).series[0]?.instances ?? [];
    const kept = await staff.original(study.id, instance?.id ?? "");
    const { dataset } = readSendable(bytes);
    expect(Buffer.from(kept.subarray(-dataset.length)).equals(dataset)).toBe(true);
  });

  needs(program("storescu"), ...radiographs.map(data)).it(
    "DCMTK's storescu sends a 14-bit and a JPEG lossless radiograph; both are taken and shown",
    async () => {
      const { host, port, calledAeTitle } = house.demo.dicom;
      const [plain = "", lossless = ""] = radiographs.map(testData);
      const peer = ["-aet", "TESTPACS", "-aec", calledAeTitle, host, String(port)];
      await run("storescu", [...peer, plain]);
      await run("storescu", ["-xs", ...peer, lossless]);
      await until(async () => {
        const all = await staff.studies();
        return all.length >= 3 && all.every((study) => study.pending === 0);
      }, 60_000);
      const modalities = (await staff.studies()).slice(0, 3).map((study) => study.thumbnail);
      expect(modalities.every((thumbnail) => thumbnail !== null)).toBe(true);
    },
  );
});

needs(chromium).describe(
  "PA-4 PA-5 PA-6 PL-18 PL-24 from the staff's page to an owner's phone and back",
  () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser?.close();
    });

    it("sign in, add a file, share it, open it on a phone and a desktop, take it back", async () => {
      const file = join(folder, "bella.dcm");
      await writeFile(file, radiograph({ uid: "2.25.2001", study: "2.25.2000", patientID: "HOUSE-2" }));
      const office = await desktop(browser);
      const vet = await watchedPage(office);
      await signIn(vet.page);

      await vet.page.getByLabel("DICOM files to add").setInputFiles(file);
      await vet.page.getByText("1 file is kept.").waitFor();
      await vet.page.getByLabel("Search", { exact: true }).fill("HOUSE-2");
      const line = vet.page.getByRole("list", { name: "Studies, newest first" }).getByRole("link").first();
      await line.filter({ hasText: "HOUSE-2" }).waitFor();
      await staff.preparedStudy("HOUSE-2");
      await vet.page.getByRole("button", { name: "Close" }).click();
      await line.click();

      const url = await makeLink(vet.page);
      expect(new URL(url).pathname).toBe("/s");
      expect(new URL(url).hash.length).toBe(44);

      const pocket = await phone(browser);
      const owner = await watchedPage(pocket);
      await owner.page.goto(url);
      await pictureIsWhole(owner.page);
      const other = await watchedPage(office);
      await other.page.goto(url);
      await pictureIsWhole(other.page);

      await other.page.getByRole("button", { name: "Download and print" }).click();
      const original = other.page.getByRole("menuitem", { name: "The original DICOM file" });
      const [download] = await Promise.all([other.page.waitForEvent("download"), original.click()]);
      expect(await readFile(await download.path())).toEqual(await readFile(file));

      await vet.page.getByRole("button", { name: "Take back" }).first().click();
      await vet.page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
      await vet.page.getByText("Taken back", { exact: true }).waitFor();
      await owner.page.reload();
      await owner.page.getByText(/taken back|took (it|this link) back/i).first().waitFor();
      await other.page.getByText(/taken back|took (it|this link) back/i).first().waitFor({ timeout: 40_000 });

      for (const watched of [vet, owner, other]) {
        expect(watched.foreign(house.demo.edge)).toEqual([]);
        expect(watched.violations).toEqual([]);
        expect(watched.faults).toEqual([]);
      }
      await pocket.close();
      await office.close();
    });

    it("a link to a shared study says who opened it", async () => {
      const [study] = await staff.studies("HOUSE-2");
      const { shares } = await staff.ask("GET", `/api/studies/${study?.id}/shares`) as { shares: Share[] };
      const { visits } = await staff.ask("GET", `/api/shares/${shares[0]?.id}/visits`) as {
        visits: { action: string }[];
      };
      const actions = visits.map((visit) => visit.action);
      expect(actions).toContain("share.opened");
      expect(actions).toContain("share.revoked");
    });

    needs(chromium, program("dcm2pnm")).it(
      "the canvas equals DCMTK's rendering before and after the window is turned, and turning asks for nothing",
      async () => {
        const phantom = faintPhantom({ center: 31_000, width: 700 });
        const file = join(folder, "faint.dcm");
        writePhantom(file, phantom);
        const office = await desktop(browser);
        const { page, requests } = await watchedPage(office);
        await page.goto(await sharedUpload(file));
        await page.locator('[data-stage="full"]').waitFor();
        await page.keyboard.press("1");
        const asked = pictureRequests(requests);
        await expectAsDcmtk(page, file, phantom);

        await page.mouse.move(700, 450);
        await page.mouse.down();
        await page.mouse.move(820, 330, { steps: 12 });
        await page.mouse.up();
        const [width] = await reading(page, "bottom-left");
        expect(width).not.toBe(700);
        await expectAsDcmtk(page, file, phantom);
        expect(pictureRequests(requests)).toBe(asked);
        await office.close();
      },
    );

    /** Compares every sample on the screen with what DCMTK renders at the window that the page names. */
    async function expectAsDcmtk(page: Page, file: string, phantom: Phantom): Promise<void> {
      const [width = 0, center = 0] = await reading(page, "bottom-left");
      const rendered = join(folder, "rendered.pgm");
      await run("dcm2pnm", ["+Ww", String(center), String(width), "--write-raw-pnm", file, rendered]);
      const grey = (await readFile(rendered)).subarray(-phantom.columns * phantom.rows);
      const seen = await stageSeen(page);
      expect(differing(seen, phantom, (x, y) => grey[y * phantom.columns + x] ?? -1)).toBe(0);
    }

    /** Uploads a file and answers a link to its study, once the picture is made. */
    async function sharedUpload(file: string): Promise<string> {
      const sent = await fetch(new URL("/api/uploads", house.demo.edge), {
        method: "PUT",
        headers: { authorization: `Bearer ${house.demo.apiKey}`, "content-type": "application/dicom" },
        body: await readFile(file),
      });
      const { studyInstanceUid } = UploadReceipt.parse(await sent.json());
      const list = () => staff.ask("GET", `/api/studies?studyInstanceUid=${studyInstanceUid}`);
      await until(async () => StudyList.parse(await list()).studies[0]?.pending === 0, 60_000);
      const [study] = StudyList.parse(await list()).studies;
      return CreatedShare.parse(await staff.ask("POST", "/api/shares", { studyId: study?.id })).url;
    }

    async function signIn(page: Page): Promise<void> {
      await signInOnPage(page, house.demo.edge, house.demo);
      await page.getByRole("link", { name: "Studies", exact: true }).click();
      await page.getByRole("heading", { name: "Studies" }).waitFor();
    }

    async function makeLink(page: Page): Promise<string> {
      await page.getByRole("button", { name: "Share", exact: true }).click();
      await page.getByLabel("Note").fill("The owner");
      await page.getByLabel("The visitor may download the original files").check();
      await page.getByRole("button", { name: "Make the link" }).click();
      const url = await page.getByRole("textbox", { name: "The link" }).inputValue();
      await page.getByRole("button", { name: "Done" }).click();
      return url;
    }

    async function pictureIsWhole(page: Page): Promise<void> {
      await page.locator("canvas").waitFor();
      await page.locator('[data-stage="full"]').waitFor();
    }
  },
);

describe("PL-20 one journey is followed through both halves", () => {
  it("edge and core write the same trace and request id for one request", async () => {
    const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
    const study = (await staff.studies())[0];
    const { share } = CreatedShare.parse(
      await staff.ask("POST", "/api/shares", { studyId: study?.id, passcode: "tell nobody" }),
    );
    expect(share.hasPasscode).toBe(true);
    await fetch(
      new URL(`/api/studies/${study?.id}/instances/${study?.thumbnail}/thumbnail`, house.demo.edge),
      {
        headers: { authorization: `Bearer ${house.demo.apiKey}`, traceparent },
      },
    );
    const parts = () =>
      house.output().split("\n").filter((line) => line.includes("0123456789abcdef0123456789abcdef"))
        .map((line) => JSON.parse(line).part);
    await until(() => parts().includes("edge") && parts().includes("core"));
  });
});
