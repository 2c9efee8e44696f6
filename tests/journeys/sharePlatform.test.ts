// The whole way with a real core: a file goes in through the edge, its picture is made, a link is made from the
// command line, a visitor opens it and reads the picture in ranges, and taking it back stops them.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OpenedShare } from "#core/contract/shares.ts";
import { StudyList, UploadReceipt } from "#core/contract/studies.ts";
import { findPlatform, makeShare, ShareFault, shareWish } from "#core/launch/tasks/share.ts";
import { listen } from "#edge/listen.ts";
import type { Listener } from "#edge/listen.ts";
import { startCore, type TestCore } from "#tests/make/core.ts";
import { bearer, startEdge, type TestEdge } from "#tests/make/edge.ts";
import { FrameRange } from "#core/contract/pixels.ts";
import type { GivenKey } from "#tests/make/given.ts";
import { radiograph } from "#tests/make/radiograph.ts";
import { eventually } from "#tests/make/until.ts";

const sent = radiograph({ uid: "2.25.4001", study: "2.25.4000", rows: 1500, columns: 1200 });

describe("the command line of a link", () => {
  it("is read in minutes, hours and days, and refused in words", () => {
    const study = "019abf00-0000-7000-8000-000000000001";
    expect(shareWish([study, "--expires", "12h", "--views", "3", "--passcode", "1234"]))
      .toEqual({ study, expiresInDays: 0.5, maxViews: 3, passcode: "1234" });
    expect(shareWish(["1.2.840.1"])).toEqual({ study: "1.2.840.1" });
    for (
      const bad of [[], ["x y"], [study, study], [study, "--views", "0"], [study, "--expires", "400d"], [
        study,
        "--what",
      ]]
    ) {
      expect(() => shareWish(bad)).toThrow(ShareFault);
    }
  });

  it("wants a platform", async () => {
    await expect(findPlatform({ VETWARE_DATA: "/nonexistent" })).rejects.toThrow(/VETWARE_API_KEY/);
    expect(await findPlatform({ VETWARE_URL: "http://x", VETWARE_API_KEY: "k" })).toEqual({
      url: "http://x",
      apiKey: "k",
    });
  });
});

describe("PA-4, PA-5, PA-6 a file's way out", () => {
  let core: TestCore;
  let edge: TestEdge;
  let key: GivenKey;
  let listener: Listener;
  let url: string;

  beforeAll(async () => {
    core = await startCore();
    edge = await startEdge({ database: core.database, core });
    const { id, aeTitle } = core.practice;
    key = await edge.given.apiKey({ id, aeTitle, name: "Practice" });
    listener = await listen((request, bindings) => edge.app.fetch(request, bindings), {
      host: "127.0.0.1",
      port: 0,
      origin: "http://127.0.0.1",
    });
    url = `http://127.0.0.1:${listener.port}`;
  });
  afterAll(async () => {
    await listener.close(0);
    await edge.stop();
    await core.stop();
  });

  it("from upload to a link that is taken back", async () => {
    const put = await fetch(`${url}/api/uploads`, {
      method: "PUT",
      headers: { ...bearer(key.secret), "content-type": "application/dicom" },
      body: Uint8Array.from(sent),
    });
    const receipt = UploadReceipt.parse(await put.json());
    expect(receipt).toMatchObject({
      bytes: sent.length,
      sha256: createHash("sha256").update(sent).digest("hex"),
    });

    const list = async () => {
      const query = new URLSearchParams({ studyInstanceUid: receipt.studyInstanceUid ?? "" });
      return StudyList.parse(
        await (await fetch(`${url}/api/studies?${query}`, { headers: bearer(key.secret) })).json(),
      );
    };
    const { studies: [study] } = await eventually(
      list,
      (page) => page.studies[0]?.thumbnail !== undefined && page.studies[0].thumbnail !== null,
      60_000,
    );
    expect(study).toMatchObject({ instanceCount: 1, pending: 0, liveShares: 0 });

    const address = await makeShare(
      { url, apiKey: key.secret },
      shareWish([receipt.studyInstanceUid ?? "", "--views", "2"]),
    );
    const token = address.split("#")[1] ?? "";
    const opening = await fetch(`${url}/api/opened`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, pressed: true }),
    });
    const opened = OpenedShare.parse(await opening.json());
    const cookie = (opening.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    const [instance] = opened.study.series[0]?.instances ?? [];
    expect(instance).toMatchObject({
      state: "ready",
      pixels: { rows: 1500, columns: 1200, bitsAllocated: 16 },
    });

    const at = `${url}/api/opened/${opened.shareId}/instances/${instance?.id}`;
    const frame = FrameRange.parse(instance?.picture?.frames[0]);
    const end = frame.tilePartEnds[2] ?? 0;
    const part = await fetch(`${at}/picture`, {
      headers: { cookie, range: `bytes=${frame.offset}-${end - 1}` },
    });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, end]);
    expect(part.headers.get("content-range")).toBe(`bytes 0-${end - 1}/${instance?.picture?.bytes}`);
    expect(
      new Uint8Array(await (await fetch(`${at}/preview`, { headers: { cookie } })).arrayBuffer()).subarray(
        8,
        12,
      ),
    )
      .toEqual(new TextEncoder().encode("WEBP"));
    expect((await fetch(`${at}/picture`, { headers: { cookie, range: "bytes=999999999-" } })).status).toBe(
      416,
    );
    const head = await fetch(`${at}/picture`, { method: "HEAD", headers: { cookie } });
    expect([head.status, head.headers.get("content-length")]).toEqual([
      200,
      String(instance?.picture?.bytes),
    ]);
    expect((await fetch(`${at}/original`, { headers: { cookie } })).status).toBe(403);

    const original = await fetch(`${url}/api/studies/${study?.id}/instances/${instance?.id}/original`, {
      headers: bearer(key.secret),
    });
    expect(createHash("sha256").update(new Uint8Array(await original.arrayBuffer())).digest("hex")).toBe(
      receipt.sha256,
    );

    await fetch(`${url}/api/shares/${opened.shareId}`, { method: "DELETE", headers: bearer(key.secret) });
    expect((await fetch(`${at}/picture`, { headers: { cookie } })).status).toBe(403);
  });

  it("tells a page by events what happened, from where it left off", async () => {
    const gone = new AbortController();
    const follow = async (after?: string) => {
      const headers = { ...bearer(key.secret), ...(after ? { "last-event-id": after } : {}) };
      const answer = await fetch(`${url}/api/events`, { headers, signal: gone.signal });
      expect(answer.headers.get("content-type")).toBe("text/event-stream");
      return answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    };
    const kinds = async (reader: Awaited<ReturnType<typeof follow>>, wanted: RegExp) => {
      let text = "";
      for (const until = Date.now() + 15_000; Date.now() < until && !wanted.test(text);) {
        text += (await reader?.read())?.value ?? "";
      }
      return text;
    };
    const reader = await follow("0-0");
    const text = await kinds(
      reader,
      /event: share\.changed[\s\S]*event: share\.opened[\s\S]*event: share\.changed\ndata: .*\nid: .*\n\n/,
    );
    expect(text).toMatch(/event: study\.changed/);
    expect(text).toMatch(/^retry: 2000\n\nevent: listening\n/);
    const last = [...text.matchAll(/id: (\d+-\d+)/g)].at(-1)?.[1] ?? "";
    const again = await follow(last);
    await makeShare({ url, apiKey: key.secret }, { study: (await firstStudy()) ?? "" });
    const later = await kinds(again, /event: share\.changed/);
    expect([...later.matchAll(/event: (\S+)/g)].map((match) => match[1])).toEqual([
      "listening",
      "share.changed",
    ]);
    gone.abort();
  });

  const firstStudy = async () => {
    const page = StudyList.parse(
      await (await fetch(`${url}/api/studies`, { headers: bearer(key.secret) })).json(),
    );
    return page.studies[0]?.id;
  };
});
