// PA-3 WADO-RS (PS3.18 10.4) at the front door, with a real core, real files, and independent tools to compare with.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decodeHTJ2K } from "#core/dicom/pixels/codecs/htj2k.ts";
import { describeInstance, readDirectory, readPart10, tags } from "#core/dicom/mod.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { testData } from "#tests/make/data.ts";
import { dicomFile, encapsulated, noise, temporaryFolder, written } from "#tests/make/dicom.ts";
import { comparedJson } from "#tests/make/dicomJson.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { multipartOf } from "#tests/make/multipart.ts";
import { readParts } from "#tests/make/multipartRead.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { readNetpbm } from "#tests/make/netpbm.ts";
import { references } from "#tests/make/references.ts";
import { eventually } from "#tests/make/until.ts";
import { told, unpack } from "#tests/make/zipped.ts";

const names = [
  "wg04__RG2_JPLL.dcm",
  "cornerstone3D__CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm",
  "wg04__VL1_J2KR.dcm",
  "pydicom__CT_small.dcm",
  "pydicom__MR_small_bigendian.dcm",
  "dicomParser__CT1_UNC.fragmented_bot_jpeg_ls.80.dcm",
  "dcmjs__cine-test.dcm",
  "highdicom__sr_document.dcm",
  "dicomParser__report_dfl.dcm",
  "pydicom__chrGreek.dcm",
  "malformed__CT1_RLE_segment_offset_out_of_range.dcm",
  "derived__vetdx14_3036x2496_ele.dcm",
  "highdicom__dx_image.dcm",
  "dtf__US1_UNCR.dcm",
];

type Known = { name: string; file: Buffer; path: string; syntax: string };

const real = needs(
  data("dicom"),
  program("dcm2json"),
  program("dcmj2pnm"),
  program("dcmdump"),
  program("dcmodify"),
  program("dciodvfy"),
  program("unzip"),
);
const folder = temporaryFolder();

let core: TestCore;
let edge: TestEdge;
let key: string;
const known = new Map<string, Known>();

const ask = async (path: string, accept?: string, method = "GET") =>
  edge.app.request(`/dicomweb${path}`, {
    method,
    headers: { ...bearer(key), ...(accept ? { accept } : {}) },
  });
const of = (name: string): Known => {
  const found = known.get(name);
  if (!found) throw new Error(`${name} was not stored`);
  return found;
};
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const anySyntax = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const anyFrame = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

real.describe("PA-3 WADO-RS", () => {
  beforeAll(async () => {
    core = await startCore();
    edge = await startEdge({ database: core.database, core });
    const clinic = await edge.given.practice("Clinic");
    key = (await edge.given.apiKey(clinic)).secret;
    const files = names.map((name) => readFileSync(testData(`dicom/${name}`)));
    const { body, contentType } = multipartOf(files);
    const headers = { ...bearer(key), "content-type": contentType };
    const stored = await edge.app.request("/dicomweb/studies", { method: "POST", headers, body });
    expect(stored.status).toBe(200);
    for (const [at, file] of files.entries()) {
      const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, transferSyntaxUID } = describeInstance(
        readPart10(file, { until: tags.PixelData }),
      );
      const path = `/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
      const name = names[at] ?? "";
      known.set(name, { name, file, path, syntax: transferSyntaxUID });
    }
    await eventually(
      async () => (await (await ask("/instances")).json()).length,
      (count) => count === names.length,
      30_000,
    );
  }, 180_000);
  afterAll(async () => {
    await edge?.stop();
    await core?.stop();
  });

  it("gives every instance back byte for byte as it came", async () => {
    for (const { name, file, path, syntax } of known.values()) {
      const parts = await readParts(await ask(path, anySyntax));
      expect(parts.map(({ type }) => type), name).toEqual([`application/dicom;transfer-syntax=${syntax}`]);
      expect(Buffer.compare(parts[0]?.bytes ?? Buffer.alloc(0), file), name).toBe(0);
    }
  });

  it("gives a study or a series as a ZIP, whose DICOMDIR lists each file as its class wants", async () => {
    const records = new Map<string, string>();
    for (const { name, file, path } of known.values()) {
      const [, study = "", , series = ""] = path.slice(1).split("/");
      for (const named of [`/studies/${study}`, `/studies/${study}/series/${series}`]) {
        const answer = await ask(named, "application/zip");
        expect([answer.status, answer.headers.get("content-type")], name).toEqual([200, "application/zip"]);
        const zip = written(temporaryFolder(), "study.zip", new Uint8Array(await answer.arrayBuffer()));
        const unpacked = temporaryFolder();
        unpack(zip, unpacked);
        const directory = join(unpacked, "DICOMDIR");
        const uid = path.split("/").at(-1) ?? "";
        const listed = readDirectory(readFileSync(directory))?.find((one) => one.sopInstanceUID === uid);
        records.set(name, listed?.type ?? "");
        const kept = readFileSync(join(unpacked, ...listed?.fileID ?? []));
        expect(kept.equals(file), name).toBe(true);
        const { said } = told("dciodvfy", [directory]);
        expect(said.split("\n").filter((line) => line.startsWith("Error")), name).toEqual([]);
      }
      expect((await ask(path, "application/zip")).status).toBe(406);
    }
    expect(records.get("highdicom__sr_document.dcm")).toBe("SR DOCUMENT");
    expect(records.get("pydicom__CT_small.dcm")).toBe("IMAGE");
  });

  it("gives one instance by itself, whole or a range of it, with a tag", async () => {
    const { path, file } = of("pydicom__CT_small.dcm");
    const accept = "application/dicom; transfer-syntax=*";
    const answer = await ask(path, accept);
    expect(answer.headers.get("etag")).toBe(`"${sha256(file)}"`);
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), file)).toBe(0);
    const headers = { ...bearer(key), accept, range: "bytes=128-131" };
    const part = await edge.app.request(`/dicomweb${path}`, { headers });
    expect([part.status, await part.text()]).toEqual([206, "DICM"]);
  });

  it("gives a series and a study in one body", async () => {
    const { path } = of("pydicom__CT_small.dcm");
    const [, study = "", series = ""] = /^(\/studies\/[^/]+)(\/series\/[^/]+)/.exec(path) ?? [];
    for (const some of [study, study + series]) {
      expect((await readParts(await ask(some, anySyntax))).length).toBeGreaterThan(0);
    }
  });

  it("writes it without compression where nothing else is said, as other tools read it", async () => {
    for (const name of ["wg04__RG2_JPLL.dcm", "pydicom__MR_small_bigendian.dcm", "wg04__VL1_J2KR.dcm"]) {
      const { path } = of(name);
      if (name.includes("bigendian")) {
        expect((await ask(path)).status).toBe(406);
        continue;
      }
      const [part] = await readParts(await ask(path));
      expect(part?.type).toBe("application/dicom;transfer-syntax=1.2.840.10008.1.2.1");
      const file = join(folder, `plain-${name}`);
      writeFileSync(file, part?.bytes ?? "");
      execFileSync("dcmdump", ["-q", "+W", folder, file]);
      const pixels = sha256(readFileSync(`${file}.0.raw`));
      expect(pixels).toBe(referenceOf(name));
    }
  });

  it("says what it cannot give", async () => {
    const { path } = of("cornerstone3D__CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm");
    const status = async (suffix: string, accept?: string) => (await ask(path + suffix, accept)).status;
    expect(await status("", "image/gif")).toBe(406);
    expect(await status("", "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90")).toBe(406);
    expect(await status("/metadata", "text/html")).toBe(406);
    expect(await status("/frames/1", "image/jls")).toBe(406);
    expect(await status("/frames/9")).toBe(404);
    expect(await status("/frames/0")).toBe(400);
    expect(await status(`/frames/${Array(401).fill(1).join(",")}`)).toBe(400);
    expect(await status("/rendered", "text/html")).toBe(406);
    expect(await status("/rendered?viewport=99999,99999")).toBe(400);
    expect(await status("/rendered?viewport=1")).toBe(400);
    expect(await status("/rendered?window=1,0,linear")).toBe(400);
    expect(await status("/rendered?annotation=patient")).toBe(400);
    expect(await status("/bulkdata/00100010/0")).toBe(404);
    expect(await status("/bulkdata/99999999")).toBe(404);
    expect((await ask("/studies/1.2.3/metadata")).status).toBe(404);
    expect((await ask("/studies/..%2f..%2fetc/metadata")).status).toBe(404);
    expect((await ask("/studies/1.2.3;drop/series/1/metadata")).status).toBe(404);
    expect((await ask(path, "not a media type")).status).toBe(400);
  });

  it("says why a frame cannot be decoded, while the original stays to be had", async () => {
    const { path, file } = of("malformed__CT1_RLE_segment_offset_out_of_range.dcm");
    for (const suffix of ["/frames/1", "/rendered"]) {
      const answer = await ask(path + suffix);
      expect(answer.status).toBe(406);
      expect((await answer.json()).detail).toContain("an RLE segment lies outside the frame");
    }
    const [part] = await readParts(await ask(path, anySyntax));
    expect(Buffer.compare(part?.bytes ?? Buffer.alloc(0), file)).toBe(0);
  });

  it("decodes frames to native samples that equal DCMTK's and GDCM's", async () => {
    for (const name of names) {
      const wanted = referenceOf(name);
      if (!wanted || name.startsWith("malformed") || name === "dtf__US1_UNCR.dcm") continue;
      const { path, file } = of(name);
      const count = describeInstance(readPart10(file, { until: tags.PixelData })).image?.frames ?? 0;
      if (count === 0) continue;
      const list = Array.from({ length: count }, (_, at) => at + 1).join(",");
      const parts = await readParts(await ask(`${path}/frames/${list}`));
      expect(new Set(parts.map(({ type }) => type))).toEqual(
        new Set(["application/octet-stream;transfer-syntax=1.2.840.10008.1.2.1"]),
      );
      expect(sha256(Buffer.concat(parts.map(({ bytes }) => bytes))), name).toBe(wanted);
    }
  });

  it("gives frames as they are stored, and the codestreams that were prepared", async () => {
    const { path } = of("dicomParser__CT1_UNC.fragmented_bot_jpeg_ls.80.dcm");
    const [stored] = await readParts(await ask(`${path}/frames/1`, anyFrame));
    expect(stored?.type).toBe("image/jls;transfer-syntax=1.2.840.10008.1.2.4.80");
    expect(stored?.bytes.subarray(0, 2).toString("hex")).toBe("ffd8");
    const jls = await readParts(await ask(`${path}/frames/1`, 'multipart/related; type="image/jls"'));
    expect(jls[0]?.bytes).toEqual(stored?.bytes);

    const htj2k = 'multipart/related; type="image/jphc"; transfer-syntax=1.2.840.10008.1.2.4.202';
    const answer = await eventually(
      () => ask(`${path}/frames/1`, htj2k),
      ({ status }) => status === 200,
      60_000,
    );
    const [made] = await readParts(answer);
    const [native] = await readParts(await ask(`${path}/frames/1`));
    const { pixels } = await decodeHTJ2K(made?.bytes ?? new Uint8Array());
    expect(Buffer.compare(pixels, native?.bytes ?? Buffer.alloc(0))).toBe(0);
  });

  it("tells metadata as dcm2json does", async () => {
    for (const { name, path } of known.values()) {
      const answer = await ask(`${path}/metadata`);
      expect(answer.headers.get("content-type"), name).toBe("application/dicom+json");
      const [ours] = await answer.json();
      // dcm2json stops at compressed pixels; without them it tells the rest
      const header = join(folder, "header.dcm");
      writeFileSync(header, readFileSync(testData(`dicom/${name}`)));
      spawnSync("dcmodify", ["-q", "-nb", "-imt", "-ea", "(7fe0,0010)", header]);
      const said = execFileSync("dcm2json", ["-q", header], { encoding: "utf8", maxBuffer: 1 << 28 });
      const theirs = JSON.parse(said);
      expect(comparedJson(ours, theirs, ""), name).toEqual([]);
    }
  }, 60_000);

  it("gives bulk data by the address that the metadata tells", async () => {
    const { path, file } = of("pydicom__CT_small.dcm");
    const [json] = await (await ask(`${path}/metadata`)).json();
    const uri: string = json["7FE00010"].BulkDataURI;
    expect(uri).toBe(`http://127.0.0.1:8000/dicomweb${path}/bulkdata/7FE00010`);
    const { pixelData } = readPart10(file);
    const value = file.subarray(pixelData?.offset, (pixelData?.offset ?? 0) + (pixelData?.length ?? 0));
    const place = uri.slice("http://127.0.0.1:8000/dicomweb".length);
    expect(Buffer.compare(Buffer.from(await (await ask(place)).arrayBuffer()), value)).toBe(0);
    const [part] = await readParts(await ask(place, 'multipart/related; type="application/octet-stream"'));
    expect(Buffer.compare(part?.bytes ?? Buffer.alloc(0), value)).toBe(0);
  });

  it("renders as DCMTK does, whatever the photometric interpretation", async () => {
    const options: [string, string[]][] = [
      ["pydicom__CT_small.dcm", ["+Wm"]],
      ["wg04__RG2_JPLL.dcm", ["+Wi", "1"]],
      ["highdicom__dx_image.dcm", ["+Wi", "1"]],
      ["dtf__US1_UNCR.dcm", []],
    ];
    for (const [name, words] of options) {
      const target = join(folder, "theirs.pnm");
      execFileSync("dcmj2pnm", [...words, "+op", testData(`dicom/${name}`), target]);
      const answer = await ask(`${of(name).path}/rendered`, "image/png");
      expect(answer.headers.get("content-type"), name).toBe("image/png");
      const ours = await raw(Buffer.from(await answer.arrayBuffer()));
      const theirs = readNetpbm(readFileSync(target));
      expect([ours.width, ours.height, ours.channels], name).toEqual([
        theirs.width,
        theirs.height,
        theirs.channels,
      ]);
      const worst = ours.data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (theirs.data[at] ?? 0))),
        0,
      );
      expect(worst, name).toBeLessThanOrEqual(name.startsWith("pydicom") ? 2 : 1);
    }
  }, 60_000);

  it("renders into a viewport, with a window, a region, one frame, in other types", async () => {
    const { path } = of("derived__vetdx14_3036x2496_ele.dcm");
    const picture = async (suffix: string, accept: string) => {
      const answer = await ask(path + suffix, accept);
      expect(answer.status, suffix).toBe(200);
      const { format, width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
      return `${format} ${width}×${height}`;
    };
    expect(await picture("/rendered?viewport=512,512", "image/jpeg")).toBe("jpeg 421×512");
    expect(await picture("/rendered?viewport=512,512", "*/*")).toBe("jpeg 421×512");
    expect(await picture("/rendered?viewport=100,100,0,0,200,100", "image/webp")).toBe("webp 100×50");
    expect(await picture("/rendered?viewport=300,300&window=8000,2000,sigmoid&quality=50", "image/png")).toBe(
      "png 247×300",
    );
    expect(await picture("/thumbnail", "image/jpeg")).toBe("jpeg 210×256");
    const cine = of("dcmjs__cine-test.dcm").path;
    expect((await ask(`${cine}/frames/2/rendered`)).status).toBe(200);
    expect((await ask(`${cine}/frames/2,3/rendered`)).status).toBe(400);
    expect((await ask(`${of("highdicom__sr_document.dcm").path}/rendered`)).status).toBe(406);
    const study = path.slice(0, path.indexOf("/series"));
    expect((await ask(`${study}/thumbnail`)).status).toBe(200);
  }, 60_000);

  it("prepares the frames of a cine that can be decoded, and says why another cannot", async () => {
    const segment = (seed: number) => {
      const header = new Uint32Array(16);
      header.set([1, 64]);
      const runs = [0, 128].flatMap((at) => [127, ...noise(256, seed).subarray(at, at + 128)]);
      return Uint8Array.from([...new Uint8Array(header.buffer), ...runs]);
    };
    const file = dicomFile({
      bitsAllocated: 8,
      frames: 3,
      transferSyntaxUID: "1.2.840.10008.1.2.5",
      pixels: encapsulated([segment(1), Uint8Array.of(1, 2, 3, 4), segment(3)]),
      sopInstanceUID: "2.25.94",
      studyInstanceUID: "2.25.95",
      seriesInstanceUID: "2.25.96",
    });
    const { body, contentType } = multipartOf([file]);
    const headers = { ...bearer(key), "content-type": contentType };
    await edge.app.request("/dicomweb/studies", { method: "POST", headers, body });
    const frames = "/studies/2.25.95/series/2.25.96/instances/2.25.94/frames";
    const htj2k = "image/jphc";
    const answer = await eventually(
      () => ask(`${frames}/1,3`, htj2k),
      ({ status }) => status === 200,
      60_000,
    );
    const parts = await readParts(answer);
    expect(Buffer.from((await decodeHTJ2K(parts[1]?.bytes ?? new Uint8Array())).pixels)).toEqual(
      Buffer.from(noise(256, 3)),
    );
    const refused = await ask(`${frames}/2`, htj2k);
    expect([refused.status, (await refused.json()).detail]).toEqual([
      406,
      expect.stringContaining("frame 2: the RLE header is cut off"),
    ]);
  }, 60_000);

  it("leaves nothing behind, read to the end or not", async () => {
    const { path } = of("wg04__RG2_JPLL.dcm");
    const answer = await ask(`${path}/frames/1`);
    await answer.body?.cancel();
    expect((await ask(`${path}/frames/1`, undefined, "HEAD")).status).toBe(200);
    await eventually(
      () =>
        Promise.resolve(execFileSync("ls", [join(core.folder, "archive/work")], { encoding: "utf8" }).trim()),
      (listed) => listed === "" || listed === "zip",
    );
  });

  it("escapes markup in values", async () => {
    const file = dicomFile({
      pixels: new Uint8Array(512),
      sopInstanceUID: "2.25.91",
      studyInstanceUID: "2.25.92",
      seriesInstanceUID: "2.25.93",
      replaced: [{ tag: tags.PatientName, value: '<script>^"quoted"' }],
    });
    const { body, contentType } = multipartOf([file]);
    const headers = { ...bearer(key), "content-type": contentType };
    await edge.app.request("/dicomweb/studies", { method: "POST", headers, body });
    const answer = await eventually(() => ask("/studies/2.25.92/metadata"), ({ status }) => status === 200);
    expect((await answer.json())[0]["00100010"]).toEqual({
      vr: "PN",
      Value: [{ Alphabetic: '<script>^"quoted"' }],
    });
  });
});

/** The reference hash of a file's pixels. */
function referenceOf(name: string): string {
  const row = references().find(({ file }) => file === name);
  return row?.lossless === "1" ? row.dcmtk_sha256 || row.gdcm_sha256 || "" : "";
}

async function raw(picture: Buffer) {
  const { channels } = await sharp(picture).metadata();
  const read = channels === 1 ? sharp(picture).toColourspace("b-w") : sharp(picture);
  const { data, info } = await read.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}
