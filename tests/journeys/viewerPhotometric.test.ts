// PA-5 pictures of every photometric interpretation as DCMTK renders them: real files through the product's own
// derivation into a real browser, compared sample for sample on the screen.
//
// Tolerances, in grey levels of 256: what is stored without loss may differ by one (rounding); a lossy JPEG or JPEG 2000
// by three on the mean, since decoders differ in their transforms and in how they spread colour over its neighbours.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromium, desktop, openBrowser, watchedPage } from "#tests/make/browser.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { buildViewer } from "#tests/make/viewer/build.ts";
import { derivedFile, type Picture, seriesOf } from "#tests/make/viewer/pictures.ts";
import {
  differences,
  filesOfEveryPhotometric,
  type RealFile,
  renderedByDcmtk,
  type Rendering,
} from "#tests/make/viewer/rendering.ts";
import { stageSeen, until } from "#tests/make/viewer/seen.ts";
import { serveShare, type ShareServer, studyOf } from "#tests/make/viewer/shareServer.ts";

const lossy = [
  "1.2.840.10008.1.2.4.50",
  "1.2.840.10008.1.2.4.51",
  "1.2.840.10008.1.2.4.53",
  "1.2.840.10008.1.2.4.55",
  "1.2.840.10008.1.2.4.81",
  "1.2.840.10008.1.2.4.91",
];

type Compared = { file: RealFile; picture: Picture; rendering: Rendering };

needs(chromium, data("dicom"), program("dcmj2pnm"), program("dcml2pnm"), program("gdcmconv")).describe(
  "PA-5 every photometric interpretation",
  () => {
    let folder: string;
    let browser: Browser;
    let server: ShareServer;
    const compared: Compared[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "viewer-photometric-"));
      await buildViewer(join(folder, "dist"));
      for (const file of filesOfEveryPhotometric(4)) {
        const picture = await derivedFile(file.path, join(folder, file.name));
        const rendering = renderedByDcmtk(file, folder);
        if (picture && rendering) compared.push({ file, picture, rendering });
      }
      server = await serveShare(join(folder, "dist"), compared.map(({ picture }) => picture), []);
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it("is among the files that are compared", () => {
      const seen = new Set(compared.map(({ file }) => file.image.photometricInterpretation));
      expect([...seen].sort()).toEqual([
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_ICT",
        "YBR_RCT",
      ]);
      expect(compared.length).toBeGreaterThan(20);
    });

    it("is on the screen as DCMTK renders it", async () => {
      const context = await desktop(browser);
      const { page } = await watchedPage(context);
      const different: string[] = [];
      for (const { file, picture, rendering } of compared) {
        server.state.study = studyOf([seriesOf([picture], { modality: "OT" })]);
        await page.goto("about:blank");
        await page.goto(server.link);
        await until(page, "full");
        await page.keyboard.press("Home");
        await page.keyboard.press("1");
        await until(page, "full");
        const { mean, most } = differences(await stageSeen(page), rendering);
        const good = lossy.includes(file.transferSyntaxUID) ? mean <= 3 : most <= 1;
        if (!good) {
          different.push(
            `${file.name} (${file.image.photometricInterpretation}): mean ${mean}, most ${most}`,
          );
        }
      }
      await context.close();
      expect(different).toEqual([]);
    });
  },
);
