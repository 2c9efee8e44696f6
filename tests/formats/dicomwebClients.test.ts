// Other people's DICOMweb clients against our service over HTTP: Orthanc's plugin (PA-1, PA-3), which sends, searches
// and retrieves, and the npm package dicomweb-client in a browser, on a page of another origin, with an API key.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { afterAll, beforeAll, expect, it } from "vitest";
import { element, tags } from "#core/dicom/mod.ts";
import { listen, type Listener } from "#edge/listen.ts";
import { chromium, openBrowser } from "#tests/make/browser.ts";
import { sha256 } from "#tests/make/archive.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { multipartOf } from "#tests/make/multipart.ts";
import { needs } from "#tests/make/needs.ts";
import { type Orthanc, orthancNeed, startOrthanc } from "#tests/make/orthanc.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";

const plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const pluginNeed = { name: "the Orthanc plugin DICOMweb", present: existsSync(plugin) };
const study = "2.25.52000";
const files = [1, 2].map((number) =>
  radiograph({
    uid: `2.25.5200${number}`,
    study,
    patientID: "WEB-1",
    more: [element(tags.SeriesNumber, 1), element(tags.InstanceNumber, number)],
  })
);

let core: TestCore;
let edge: TestEdge;
let listener: Listener;
let root: string;
let key: string;

beforeAll(async () => {
  core = await startCore();
  edge = await startEdge({ database: core.database, core });
  key = (await edge.given.apiKey({ ...core.practice, name: "" })).secret;
  listener = await listen((request, bindings) => edge.app.fetch(request, bindings), {
    host: "127.0.0.1",
    port: 0,
    origin: "http://127.0.0.1",
  });
  root = `http://127.0.0.1:${listener.port}/dicomweb`;
}, 120_000);
afterAll(async () => {
  await listener?.close(0);
  await edge?.stop();
  await core?.stop();
});

const instancesOf = async (uid: string) => {
  const answer = await fetch(`${root}/studies/${uid}/instances`, { headers: bearer(key) });
  return z.array(z.unknown()).parse(await answer.json()).length;
};

needs(orthancNeed, pluginNeed).describe("PA-1 PA-3 Orthanc as DICOMweb client", () => {
  let orthanc: Orthanc;

  beforeAll(async () => {
    const server = { Url: `${root}/`, HttpHeaders: bearer(key) };
    orthanc = await startOrthanc({ Plugins: [plugin], DicomWeb: { Servers: { vetware: server } } });
  }, 60_000);
  afterAll(() => orthanc?.stop());

  const json = async (answer: Response) => {
    expect(answer.status, await answer.clone().text()).toBe(200);
    return await answer.json();
  };

  it("sends a study by STOW-RS, finds it by QIDO-RS and takes it back whole by WADO-RS", async () => {
    for (const file of files) await orthanc.post("/instances", Uint8Array.from(file));
    const [local = ""] = z.array(z.string()).parse(await json(await orthanc.get("/studies")));
    await json(
      await orthanc.post("/dicom-web/servers/vetware/stow", { Resources: [local], Synchronous: true }),
    );
    await eventually(() => instancesOf(study), (count) => count === 2);

    const found = z.array(z.record(z.string(), z.unknown())).parse(
      await json(
        await orthanc.post("/dicom-web/servers/vetware/qido", {
          Uri: "/studies",
          Arguments: { PatientID: "WEB-1" },
        }),
      ),
    );
    expect(JSON.stringify(found)).toContain(study);

    await orthanc.delete(`/studies/${local}`);
    expect(await json(await orthanc.get("/instances"))).toEqual([]);
    await json(
      await orthanc.post("/dicom-web/servers/vetware/retrieve", {
        Resources: [{ Study: study }],
        Synchronous: true,
      }),
    );
    const ids = z.array(z.string()).parse(await json(await orthanc.get("/instances")));
    const back = await Promise.all(
      ids.map(async (id) => new Uint8Array(await (await orthanc.get(`/instances/${id}/file`)).arrayBuffer())),
    );
    expect(back.map(sha256).sort()).toEqual(files.map(sha256).sort());
  }, 60_000);
});

/** What the page brings back of each file and each call. */
const Brought = z.object({
  studies: z.number(),
  series: z.number(),
  instances: z.number(),
  metadata: z.array(z.string()),
  whole: z.array(z.number()),
  frame: z.number(),
  rendered: z.string(),
  stored: z.string(),
});

needs(chromium).describe("PA-3 dicomweb-client in a browser, from another origin", () => {
  let browser: Browser;
  let page: Page;
  let elsewhere: Server;

  beforeAll(async () => {
    const { body, contentType } = multipartOf(files);
    const headers = { ...bearer(key), "content-type": contentType };
    expect((await fetch(`${root}/studies`, { method: "POST", headers, body })).status).toBe(200);
    await eventually(() => instancesOf(study), (count) => count === 2);
    elsewhere = createServer((_, answer) =>
      void answer.setHeader("content-type", "text/html").end("<p>A viewer")
    );
    elsewhere.listen(0, "localhost");
    await once(elsewhere, "listening");
    const address = elsewhere.address();
    const port = typeof address === "object" && address ? address.port : 0;
    browser = await openBrowser();
    page = await browser.newPage();
    await page.goto(`http://localhost:${port}/`);
    const main = createRequire(import.meta.url).resolve("dicomweb-client");
    await page.addScriptTag({ path: main.replace(/[^/]+$/, "dicomweb-client.js") });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    elsewhere?.close();
  });

  it("searches, reads metadata, fetches instances, frames and pictures, and stores", async () => {
    const more = radiograph({ uid: "2.25.52101", study: "2.25.52100", patientID: "WEB-2" });
    const brought = await page.evaluate(ask, { root, headers: bearer(key), study, more: [...more] });
    const pixels = 300 * 200 * 2;
    expect(Brought.parse(brought)).toEqual({
      studies: 1,
      series: 1,
      instances: 2,
      metadata: ["2.25.52001", "2.25.52002"],
      whole: files.map((file) => file.length),
      frame: pixels,
      rendered: "ffd8",
      stored: expect.stringContaining("2.25.52101"),
    });
    await eventually(() => instancesOf("2.25.52100"), (count) => count === 1);
  }, 60_000);
});

type Asked = { root: string; headers: Record<string, string>; study: string; more: number[] };

type Dataset = Record<string, { Value?: string[] }>;

/** What is called of the package, which has no types of its own; what it gives is checked outside of the page. */
type Client = Record<"searchForStudies" | "searchForSeries" | "searchForInstances", Ask<Dataset[]>> & {
  readonly retrieveStudyMetadata: Ask<Dataset[]>;
  readonly retrieveInstance: Ask<ArrayBuffer>;
  readonly retrieveInstanceFrames: Ask<ArrayBuffer[]>;
  readonly retrieveInstanceRendered: Ask<ArrayBuffer | ArrayBuffer[]>;
  readonly storeInstances: Ask<unknown>;
};
type Ask<Answer> = (options: Record<string, unknown>) => Promise<Answer>;
type Package = {
  readonly api: { readonly DICOMwebClient: new (options: Record<string, unknown>) => Client };
};

/** Runs in the page. */
async function ask({ root, headers, study, more }: Asked): Promise<unknown> {
  const { api }: Package = Reflect.get(globalThis, "DICOMwebClient");
  const client = new api.DICOMwebClient({ url: root, headers });
  const valueOf = (dataset: Dataset, tag: string) => dataset[tag]?.Value?.[0] ?? "";
  const found = await client.searchForInstances({ studyInstanceUID: study });
  const metadata = await client.retrieveStudyMetadata({ studyInstanceUID: study });
  const names = metadata.map((one) => ({
    studyInstanceUID: study,
    seriesInstanceUID: valueOf(one, "0020000E"),
    sopInstanceUID: valueOf(one, "00080018"),
  }));
  const whole: ArrayBuffer[] = [];
  for (const name of names) whole.push(await client.retrieveInstance(name));
  const [frame] = await client.retrieveInstanceFrames({ ...names[0], frameNumbers: [1] });
  // a single picture comes as it is or in a list, by the package's version
  const [picture] = [
    await client.retrieveInstanceRendered({ ...names[0], mediaTypes: [{ mediaType: "image/jpeg" }] }),
  ].flat();
  const rendered = new Uint8Array(picture ?? new ArrayBuffer(0));
  const stored = await client.storeInstances({ datasets: [Uint8Array.from(more).buffer] });
  return {
    studies: (await client.searchForStudies({ queryParams: { PatientID: "WEB-1" } })).length,
    series: (await client.searchForSeries({ studyInstanceUID: study })).length,
    instances: found.length,
    metadata: names.map((name) => name.sopInstanceUID).sort(),
    whole: whole.map((bytes) => bytes.byteLength),
    frame: frame?.byteLength,
    rendered: [...rendered.subarray(0, 2)].map((byte) => byte.toString(16)).join(""),
    stored: typeof stored === "string" ? stored : JSON.stringify(stored ?? null),
  };
}
