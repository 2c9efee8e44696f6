// PA-3 the image loader of Cornerstone, which OHIF and others are built on, in a browser from another origin: it reads a
// study's metadata and decodes its frames over WADO-RS to the very pixels, whatever syntax they are stored in.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { z } from "zod";
import { afterAll, beforeAll, expect, it } from "vitest";
import { element, tags } from "#core/dicom/mod.ts";
import { listen, type Listener } from "#edge/listen.ts";
import { chromium, openBrowser } from "#tests/make/browser.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { buildCornerstone } from "#tests/make/cornerstone/build.ts";
import { temporaryFolder, written } from "#tests/make/dicom.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { multipartOf } from "#tests/make/multipart.ts";
import { needs, program } from "#tests/make/needs.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";

const study = "2.25.53000";
const [rows, columns] = [300, 200];
const raw = [1, 2, 3, 4].map((number) => {
  const uid = `2.25.5300${number}`;
  const more = [
    element(tags.InstanceNumber, number),
    element(tags.RescaleSlope, "1"),
    element(tags.RescaleIntercept, "0"),
  ];
  return { uid, bytes: radiograph({ uid, study, rows, columns, more }) };
});

/** The programs that compress one of them each, without loss. */
const encoders = [null, ["dcmcrle"], ["dcmcjpeg", "+e1"], ["dcmcjpls"]] as const;
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

const Loaded = z.array(z.object({
  instance: z.string(),
  rows: z.number(),
  columns: z.number(),
  pixels: z.array(z.number()),
}));

needs(chromium, program("dcmcrle"), program("dcmcjpeg"), program("dcmcjpls")).describe(
  "PA-3 Cornerstone's image loader",
  () => {
    let core: TestCore;
    let edge: TestEdge;
    let listener: Listener;
    let pages: Server;
    let browser: Browser;
    let root: string;
    let headers: Record<string, string>;
    const folder = temporaryFolder();

    beforeAll(async () => {
      [core, browser] = await Promise.all([
        startCore(),
        openBrowser(),
        buildCornerstone(join(folder, "dist")),
      ]);
      edge = await startEdge({ database: core.database, core });
      headers = bearer((await edge.given.apiKey({ ...core.practice, name: "" })).secret);
      listener = await listen((request, bindings) => edge.app.fetch(request, bindings), {
        host: "127.0.0.1",
        port: 0,
        origin: "http://127.0.0.1",
      });
      root = `http://127.0.0.1:${listener.port}/dicomweb`;
      pages = createServer(async (request, answer) => {
        const path = request.url === "/" ? "/index.html" : request.url ?? "";
        answer.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
        answer.end(await readFile(join(folder, "dist", path)).catch(() => ""));
      }).listen(0, "localhost");
      await once(pages, "listening");
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      pages?.close();
      await listener?.close(0);
      await edge?.stop();
      await core?.stop();
    });

    it("shows every pixel, of frames as they are and of compressed ones", async () => {
      const files = raw.map(({ uid, bytes }, at) => {
        const path = written(folder, `${uid}.dcm`, bytes);
        const [encoder, ...options] = encoders[at] ?? [];
        if (!encoder) return bytes;
        execFileSync(encoder, [...options, path, `${path}.small`], { stdio: "ignore" });
        return new Uint8Array(readFileSync(`${path}.small`));
      });
      const { body, contentType } = multipartOf(files);
      const stored = await fetch(`${root}/studies`, {
        method: "POST",
        headers: { ...headers, "content-type": contentType },
        body,
      });
      expect(stored.status).toBe(200);
      const found = async () =>
        (await (await fetch(`${root}/studies/${study}/instances`, { headers })).json()).length;
      await eventually(found, (count) => count === raw.length);

      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", (fault) => faults.push(String(fault)));
      const address = pages.address();
      await page.goto(`http://localhost:${typeof address === "object" && address ? address.port : 0}/`);
      await page.waitForFunction(() => Reflect.has(globalThis, "loadStudy"), null, { timeout: 10_000 });
      const loaded = Loaded.parse(
        await page.evaluate((asked) => Reflect.get(globalThis, "loadStudy")(asked), { root, headers, study }),
      );
      expect(faults).toEqual([]);
      expect(loaded.map(({ instance }) => instance).sort()).toEqual(raw.map(({ uid }) => uid));
      for (const { uid, bytes } of raw) {
        const one = loaded.find(({ instance }) => instance === uid);
        expect([one?.rows, one?.columns], uid).toEqual([rows, columns]);
        const samples = new Uint16Array(bytes.slice(bytes.length - 2 * rows * columns).buffer);
        expect(one?.pixels, uid).toEqual([...samples]);
      }
    }, 60_000);
  },
);
