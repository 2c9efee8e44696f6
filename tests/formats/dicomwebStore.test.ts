// PA-1, PA-3 STOW-RS and QIDO-RS (PS3.18 10.5, 10.6) at the front door, with a real core and database behind it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { element, tags, type WritableElement, type WritableValue } from "#core/dicom/mod.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { dicomFile } from "#tests/make/dicom.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import type { GivenPractice } from "#tests/make/given.ts";
import { multipartOf } from "#tests/make/multipart.ts";
import { eventually } from "#tests/make/until.ts";

let core: TestCore;
let edge: TestEdge;
let clinic: GivenPractice;
let key: string;

beforeAll(async () => {
  core = await startCore();
  edge = await startEdge({ database: core.database, core });
  clinic = await edge.given.practice("Clinic");
  key = (await edge.given.apiKey(clinic)).secret;
}, 120_000);
afterAll(async () => {
  await edge?.stop();
  await core?.stop();
});

type Dataset = Record<string, { vr: string; Value?: unknown[] }>;

async function send(path: string, body: BodyInit, contentType: string) {
  const headers = { ...bearer(key), "content-type": contentType };
  const answer = await edge.app.request(path, { method: "POST", headers, body });
  const said: Dataset & Record<string, unknown> = await answer.json();
  return { status: answer.status, type: answer.headers.get("content-type"), said, headers: answer.headers };
}

async function store(files: readonly Uint8Array[], study?: string) {
  const { body, contentType } = multipartOf(files);
  return await send(`/dicomweb/studies${study ? `/${study}` : ""}`, body, contentType);
}

async function find(query: string) {
  const answer = await edge.app.request(`/dicomweb${query}`, { headers: bearer(key) });
  const found: Dataset[] = await answer.json();
  return { status: answer.status, found, headers: answer.headers };
}

const uidsOf = (found: readonly Dataset[], tag = "0020000D") =>
  found.map((one) => one[tag]?.Value?.[0]).sort();

let made = 0;

/** A file of a study with more attributes. */
function file(study: string, more: Partial<Record<keyof typeof tags, WritableValue>> = {}): Uint8Array {
  made++;
  const elements = Object.entries(more).map(([name, value]): WritableElement => {
    return element(tags[name as keyof typeof tags], value ?? null);
  });
  return dicomFile({
    pixels: new Uint8Array(512),
    sopInstanceUID: `2.25.500.${made}`,
    studyInstanceUID: study,
    seriesInstanceUID: `${study}.1`,
    replaced: elements,
  });
}

describe("PA-1 STOW-RS", () => {
  it("stores every instance of a body, tells where each can be fetched, and search finds them", async () => {
    const files = [file("2.25.1"), file("2.25.1"), file("2.25.2")];
    const { status, type, said } = await store(files);
    expect([status, type]).toEqual([200, "application/dicom+json"]);
    const stored = said["00081199"]?.Value as Dataset[];
    expect(uidsOf(stored, "00081155")).toEqual(["2.25.500.1", "2.25.500.2", "2.25.500.3"]);
    expect(stored[0]?.["00081190"]?.Value).toEqual([
      "http://127.0.0.1:8000/dicomweb/studies/2.25.1/series/2.25.1.1/instances/2.25.500.1",
    ]);
    expect(said["00081198"]).toBeUndefined();
    const { found } = await eventually(() => find("/studies"), ({ found }) => found.length === 2);
    expect(uidsOf(found)).toEqual(["2.25.1", "2.25.2"]);
    expect(found.find((one) => one["0020000D"]?.Value?.[0] === "2.25.1")).toMatchObject({
      "00201208": { vr: "IS", Value: [2] },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Tester^Rex" }] },
      "00080061": { vr: "CS", Value: ["OT"] },
      "00081190": { vr: "UR", Value: ["http://127.0.0.1:8000/dicomweb/studies/2.25.1"] },
      "00080090": { vr: "PN" },
    });
  });

  it("stores what it can and says what it cannot: 202 with reasons", async () => {
    const { status, said } = await store([file("2.25.3"), new TextEncoder().encode("not DICOM at all")]);
    expect(status).toBe(202);
    expect(said["00081199"]?.Value).toHaveLength(1);
    expect(said["00081198"]?.Value).toMatchObject([{ "00081197": { vr: "US", Value: [0xc000] } }]);
  });

  it("keeps instances of another study out of the one that the address names", async () => {
    const { status, said } = await store([file("2.25.4"), file("2.25.5")], "2.25.4");
    expect(status).toBe(202);
    expect(said["00081198"]?.Value).toMatchObject([{
      "00081155": { Value: [`2.25.500.${made}`] },
      "00081197": { Value: [0xa900] },
    }]);
    expect((await store([file("2.25.5")], "2.25.4")).status).toBe(409);
    await eventually(() => find("/studies?StudyInstanceUID=2.25.4"), ({ found }) => found.length === 1);
    expect((await find("/studies?StudyInstanceUID=2.25.5")).found).toEqual([]);
  });

  it("takes the same instance twice and keeps it once", async () => {
    const one = file("2.25.6");
    expect((await store([one, one])).status).toBe(200);
    expect((await store([one])).status).toBe(200);
    await eventually(() => find("/studies/2.25.6/instances"), ({ found }) => found.length === 1);
  });

  it("reads bodies whose pieces end anywhere", async () => {
    const { body, contentType } = multipartOf(
      [file("2.25.7"), file("2.25.7"), file("2.25.7")],
      "x".repeat(70),
    );
    for (const size of [1, 7, 71, 997]) {
      let at = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= body.length) return controller.close();
          controller.enqueue(body.subarray(at, at + size));
          at += size;
        },
      });
      const request = new Request("http://127.0.0.1:8000/dicomweb/studies", {
        method: "POST",
        headers: { ...bearer(key), "content-type": contentType },
        body: stream,
        duplex: "half",
      } as RequestInit);
      expect((await edge.app.fetch(request)).status).toBe(200);
    }
  }, 60_000);

  it("refuses in words what is no multipart DICOM", async () => {
    const whole = multipartOf([file("2.25.8")]);
    const refused = async (body: BodyInit, contentType: string) => {
      const { status, type, said } = await send("/dicomweb/studies", body, contentType);
      expect(type).toBe("application/problem+json");
      return `${status} ${said.detail}`;
    };
    expect(await refused("x", "application/dicom")).toBe(
      '415 Send multipart/related; type="application/dicom".',
    );
    expect(await refused("x", 'multipart/related; type="application/dicom+json"; boundary=b')).toMatch(
      /^415 /,
    );
    expect(await refused("x", 'multipart/related; type="application/dicom"')).toBe(
      "400 The content type names no boundary.",
    );
    expect(await refused("x", whole.contentType)).toBe("400 There is no first part.");
    expect(await refused("x".repeat(100_000), whole.contentType)).toBe("400 There is no first part.");
    const long = `--a-boundary\r\nX: ${"y".repeat(20_000)}\r\n\r\n`;
    expect(await refused(long, whole.contentType)).toMatch(/^400 The headers of a part are too long/);
    expect((await send("/dicomweb/studies/not-a-uid", whole.body, whole.contentType)).status).toBe(404);
  });

  it("keeps what came whole before a body broke off, and nothing of the rest", async () => {
    const { body, contentType } = multipartOf([file("2.25.9"), file("2.25.9")]);
    const { status, said } = await send(
      "/dicomweb/studies",
      body.subarray(0, body.length - 200),
      contentType,
    );
    expect(status).toBe(202);
    expect(said["00081199"]?.Value).toHaveLength(1);
    await eventually(() => find("/studies/2.25.9/instances"), ({ found }) => found.length === 1);
  });

  it("takes thousands of parts that are nothing, and stops at its limit", async () => {
    const { body, contentType } = multipartOf(Array.from({ length: 10_001 }, () => new Uint8Array(1)));
    const { status, said } = await send("/dicomweb/studies", body, contentType);
    expect(status).toBe(409);
    expect(said["00081198"]?.Value).toHaveLength(10_000);
  }, 60_000);

  it("needs leave", async () => {
    const { body, contentType } = multipartOf([file("2.25.10")]);
    const reader = await edge.given.apiKey(clinic, { permissions: ["study:read"] });
    for (const [headers, status] of [[{}, 401], [bearer(reader.secret), 403]] as const) {
      const sent = { method: "POST", headers: { ...headers, "content-type": contentType }, body };
      expect((await edge.app.request("/dicomweb/studies", sent)).status).toBe(status);
    }
  });
});

describe("PA-3 QIDO-RS", () => {
  beforeAll(async () => {
    await store([
      file("2.25.20", {
        PatientName: "Garcia^Niña",
        PatientID: "A-1",
        OtherPatientIDs: "985112001234567",
        PatientSpeciesDescription: "Canine",
        PatientBreedDescription: "Border Collie",
        ResponsiblePerson: "García^María",
        StudyDate: "20260115",
        StudyTime: "101500.250000",
        StudyDescription: "Thorax 50% off",
        AccessionNumber: "ACC_1",
        StudyID: "S1",
        ReferringPhysicianName: "Vet^Rita",
        Modality: "DX",
      }),
      file("2.25.21", {
        PatientName: "Bella Smith",
        PatientID: "A-2",
        OtherPatientIDs: "M-1\\M-2\\M-3",
        PatientSpeciesDescription: "Feline",
        StudyDate: "20260220",
        StudyTime: "0930",
        Modality: "CT",
        StudyDescription: "<script>alert(1)</script>",
        AccessionNumber: "ACCX1",
      }),
    ]);
    await eventually(() => find("/studies?PatientID=A-*"), ({ found }) => found.length === 2);
  }, 60_000);

  const nina = ["2.25.20"];
  const bella = ["2.25.21"];
  it.each([
    ["PatientID=A-1", nina],
    ["00100020=A-1", nina],
    ["PatientName=garcia^niña", nina],
    ["PatientName=GARCIA*", nina],
    ["PatientName=*nina", nina],
    ["PatientName=nina", []],
    ["PatientName=g?rcia*", nina],
    ["PatientName=bella smit*", bella],
    ["PatientName=*&PatientID=A-2", bella],
    ["PatientName=%F4%8F%BF%BF*", []],
    ["PatientName=%ED%9F%BF*", []],
    ["PatientName=nina garcia&fuzzymatching=true", nina],
    ["PatientName=NIÑ&fuzzymatching=true", nina],
    ["PatientName=smith bella&fuzzymatching=true", bella],
    ["PatientName=Smith^Bella&fuzzymatching=true", bella],
    ["PatientName=ella&fuzzymatching=true", []],
    ["OtherPatientIDs=985112001234567", nina],
    ["00101002.00100020=985112001234567", nina],
    ["OtherPatientIDs=9851*", nina],
    ["OtherPatientIDs=M-1", bella],
    ["OtherPatientIDs=M-2", bella],
    ["OtherPatientIDs=M-3", bella],
    ["OtherPatientIDs=M-3,985112001234567", [...nina, ...bella]],
    ["OtherPatientIDs=M-%", []],
    ["PatientSpeciesDescription=canine", nina],
    ["PatientBreedDescription=border*", nina],
    ["ResponsiblePerson=maria&fuzzymatching=true", nina],
    ["ReferringPhysicianName=vet*", nina],
    ["StudyDate=20260115", nina],
    ["StudyDate=20260101-20260131", nina],
    ["StudyDate=-20260131&PatientID=A*", nina],
    ["StudyDate=20260201-&PatientID=A*", bella],
    ["StudyDate=20260115-20260220", [...nina, ...bella]],
    ["StudyTime=10-11&PatientID=A*", nina],
    ["StudyTime=0930", bella],
    ["ModalitiesInStudy=CT", bella],
    ["ModalitiesInStudy=CT,DX", [...nina, ...bella]],
    ["AccessionNumber=ACC_1", nina],
    ["AccessionNumber=ACC?1", [...nina, ...bella]],
    ["StudyDescription=*50% off", nina],
    ["StudyDescription=*50_ off", []],
    ["StudyDescription=*<script>*", bella],
    ["StudyID=S1", nina],
    ["StudyInstanceUID=2.25.20,2.25.21", [...nina, ...bella]],
    ["StudyInstanceUID=2.25.20\\2.25.21", [...nina, ...bella]],
    ["PatientName=%25' or 1=1 --", []],
    ["PatientName=&PatientID=A-2", bella],
  ])("finds by %s", async (query, wanted) => {
    const { status, found } = await find(`/studies?${query}`);
    expect(status).toBe(200);
    expect(uidsOf(found)).toEqual(wanted);
  });

  it("returns what the standard wants in the forms of the DICOM JSON model", async () => {
    const { found: [one], headers } = await find("/studies?PatientID=A-1");
    expect(headers.get("content-type")).toBe("application/dicom+json");
    expect(one).toMatchObject({
      "00080020": { vr: "DA", Value: ["20260115"] },
      "00080030": { vr: "TM", Value: ["101500.25"] },
      "00100010": { vr: "PN", Value: [{ Alphabetic: "Garcia^Niña" }] },
      "00101000": { vr: "LO", Value: ["985112001234567"] },
      "00102201": { vr: "LO", Value: ["Canine"] },
      "00201206": { vr: "IS", Value: [1] },
    });
    expect(Object.keys(one ?? {}).slice(0, -1)).toEqual(Object.keys(one ?? {}).slice(0, -1).sort());
  });

  it("searches series and instances, within a study and over all", async () => {
    const { found: series } = await find("/studies/2.25.20/series");
    expect(series).toMatchObject([{ "0020000E": { Value: ["2.25.20.1"] }, "00080060": { Value: ["DX"] } }]);
    expect(series[0]?.["00100010"]).toBeUndefined();
    expect((await find("/studies/2.25.20/series?includefield=PatientName")).found[0]).toHaveProperty(
      "00100010",
    );
    expect(uidsOf((await find("/series?Modality=CT")).found)).toEqual(["2.25.21"]);
    const { found: instances } = await find("/studies/2.25.20/series/2.25.20.1/instances");
    expect(instances).toMatchObject([{ "00280010": { vr: "US", Value: [16] }, "00280100": { Value: [16] } }]);
    expect((await find("/instances?PatientID=A-*")).found).toHaveLength(2);
    expect((await find("/studies/2.25.999/series")).found).toEqual([]);
  });

  it("pages by offset, and by a cursor that nothing new disturbs", async () => {
    const all = uidsOf((await find("/studies?limit=1000")).found);
    const seen: unknown[] = [];
    for (let next: string | undefined = "/studies?limit=3"; next;) {
      const { found, headers } = await find(next);
      seen.push(...uidsOf(found));
      next = /<http:\/\/127\.0\.0\.1:8000\/dicomweb([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    }
    expect(seen.sort()).toEqual(all);
    expect((await find("/studies?limit=2&offset=1")).found).toHaveLength(2);
    expect((await find("/studies?limit=0")).found).toEqual([]);
    for (const level of ["series", "instances"]) {
      const { found, headers } = await find(`/${level}?limit=1`);
      const [, next = ""] = /<[^>]*\/dicomweb([^>]+)>/.exec(headers.get("link") ?? "") ?? [];
      const second = await find(next);
      expect(second.found).toHaveLength(1);
      expect(second.found).not.toEqual(found);
    }
  });

  it.each([
    ["/studies?StudyDate=yesterday", "StudyDate"],
    ["/studies?StudyDate=20261301", "StudyDate"],
    ["/studies?StudyTime=25", "StudyTime"],
    ["/studies?limit=many", "limit"],
    ["/studies?offset=-1", "offset"],
    ["/studies?offset=10001", "offset"],
    ["/studies?fuzzymatching=perhaps", "fuzzymatching"],
    ["/studies?StudyInstanceUID=a.b", "StudyInstanceUID"],
    ["/studies?Modality=CT", "Modality"],
    ["/studies?Colour=blue", "Colour"],
    ["/studies?after=nothing", "after"],
    ["/instances?InstanceNumber=one", "InstanceNumber"],
    ["/studies?PatientName=a%00b", "PatientName"],
  ])("names what is wrong with %s", async (path, field) => {
    const answer = await edge.app.request(`/dicomweb${path}`, { headers: bearer(key) });
    expect(answer.status).toBe(400);
    const { fields } = await answer.json();
    expect(fields.map((one: { field: string }) => one.field)).toEqual([field]);
  });

  it("lets viewers of other origins ask with a key, and never with cookies", async () => {
    const preflight = await edge.app.request("/dicomweb/studies", {
      method: "OPTIONS",
      headers: { "origin": "https://viewer.example", "access-control-request-method": "GET" },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    const { headers } = await find("/studies?limit=1");
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });
});
