import type { DomainEvent } from "#core/contract/events.ts";
import { CallRefused } from "#core/rpc/mod.ts";
import { countedBytes, doorsListening, practice, streamOf, uploader } from "#tests/make/doors.ts";
import type { DoorHouse } from "#tests/make/doors.ts";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let house: DoorHouse;
beforeEach(async () => void (house = await doorsListening()));
afterEach(() => house.http.close(0));

const problemOf = (promise: Promise<unknown>) =>
  promise.then(() => undefined, (fault) => fault instanceof CallRefused ? fault.problem : fault);
const thing = { original: "019abf00-0000-7000-8000-0000000000aa" };

describe("the ingest door", () => {
  it("takes a body to its receiver and answers with its hash, its length and what came of it", async () => {
    const bytes = countedBytes(300_000);
    const capability = house.mayIngest(300_000);
    const answer = await house.edge.putIngest(capability, streamOf(bytes), {
      contentType: "application/dicom",
    });
    expect(answer).toEqual({
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: 300_000,
      outcome: { kept: 1 },
    });
    expect(house.kept[0]).toMatchObject({ who: uploader, contentType: "application/dicom" });
    expect(Buffer.from(bytes).equals(house.kept[0]?.bytes ?? Buffer.alloc(0))).toBe(true);
  });

  it("takes an empty body", async () => {
    const answer = await house.edge.putIngest(house.mayIngest(), streamOf(new Uint8Array()));
    expect(answer.bytes).toBe(0);
  });

  it("passes on a receiver's refusal", async () => {
    const refusing = await doorsListening({
      receive: () => Promise.resolve({ refused: { type: "about:blank", title: "No", status: 422 } }),
    });
    const refused = problemOf(refusing.edge.putIngest(refusing.mayIngest(), streamOf(countedBytes(10))));
    expect(await refused).toMatchObject({ status: 422, title: "No" });
    await refusing.http.close(0);
  });

  it("draws a body no faster than the receiver takes it", async () => {
    const held = Promise.withResolvers<void>();
    const slow = await doorsListening({
      receive: async ({ body }) => {
        await held.promise;
        await body.pipeTo(new WritableStream());
        return {};
      },
    });
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 64 * 1024 * 1024) return controller.close();
        controller.enqueue(new Uint8Array(65_536));
      },
    }, { highWaterMark: 0 });
    const answer = slow.edge.putIngest(slow.mayIngest(1024 ** 3), endless);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    held.resolve();
    expect((await answer).bytes).toBe(64 * 1024 * 1024);
    await slow.http.close(0);
  });
});

describe("the bytes door", () => {
  const bytes = countedBytes(100_000);
  beforeEach(() => void house.readable.set(JSON.stringify(thing), { bytes, etag: '"abc"', practice }));
  const ask = (headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET") =>
    house.edge.getBytes(house.mayRead(thing), new Headers(headers), { method });
  const sameBytes = async (response: Response, from: number, to: number) =>
    Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(from, to));

  it("sends the whole with its size, tag and type", async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "accept-ranges": "bytes",
      "content-length": "100000",
      "content-type": "application/dicom",
      "etag": '"abc"',
    });
    expect(await sameBytes(response, 0, 100_000)).toBe(true);
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=10-19", 10, 20],
    ["bytes=99999-", 99_999, 100_000],
    ["bytes=90000-200000", 90_000, 100_000],
    ["bytes=-5", 99_995, 100_000],
    ["bytes=-200000", 0, 100_000],
  ])("sends the range %s and reads no more of the thing", async (range, from, to) => {
    const response = await ask({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${from}-${to - 1}/100000`);
    expect(response.headers.get("content-length")).toBe(String(to - from));
    expect(await sameBytes(response, from, to)).toBe(true);
    expect(house.reads).toEqual([{ offset: from, length: to - from }]);
  });

  it.each(["bytes=100000-", "bytes=200000-300000", "bytes=-0"])("answers 416 to %s", async (range) => {
    const response = await ask({ range });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */100000");
    expect(await response.json()).toMatchObject({ type: "urn:problem:vetware:range-not-satisfiable" });
  });

  it.each(["bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-"])(
    "sends the whole for %s, which is no range it knows",
    async (range) => expect((await ask({ range })).status).toBe(200),
  );

  it("sends a range only of the very bytes that If-Range names", async () => {
    expect((await ask({ "range": "bytes=0-9", "if-range": '"abc"' })).status).toBe(206);
    expect((await ask({ "range": "bytes=0-9", "if-range": '"old"' })).status).toBe(200);
    expect((await ask({ "range": "bytes=0-9", "if-range": 'W/"abc"' })).status).toBe(200);
  });

  it("answers 304 to a tag that is known", async () => {
    const response = await ask({ "if-none-match": '"x", W/"abc"' });
    expect(response.status).toBe(304);
    expect(house.reads).toEqual([]);
  });

  it("answers HEAD with the same headers and reads nothing", async () => {
    const response = await ask({ range: "bytes=0-9" }, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("100000");
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(house.reads).toEqual([]);
  });

  it("breaks the answer off when the source fails half way, so that a part is not taken for the whole", async () => {
    const failing = await doorsListening({
      open: () =>
        Promise.resolve({
          size: 1000,
          mediaType: "application/dicom",
          read: () =>
            Promise.resolve(
              new ReadableStream({
                start: (controller) => controller.enqueue(countedBytes(400)),
                pull: async () => {
                  await new Promise((resolve) => setTimeout(resolve, 50));
                  throw new Error("the disk failed");
                },
              }),
            ),
        }),
    });
    const response = await failing.edge.getBytes(failing.mayRead(thing));
    await expect(response.arrayBuffer()).rejects.toThrow();
    await vi.waitFor(() => expect(failing.lines.map(({ event }) => event)).toContain("answer_broke"));
    await failing.http.close(0);
  });

  it("lets go of the source when the reader goes away", async () => {
    let cancelled = false;
    const endless = await doorsListening({
      open: () =>
        Promise.resolve({
          mediaType: "application/zip",
          read: () =>
            Promise.resolve(
              new ReadableStream({
                pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
                cancel: () => void (cancelled = true),
              }, { highWaterMark: 0 }),
            ),
        }),
    });
    const gone = new AbortController();
    const response = await endless.edge.getBytes(endless.mayRead(thing), new Headers(), {
      signal: gone.signal,
    });
    await response.body?.getReader().read();
    gone.abort();
    await vi.waitFor(() => expect(cancelled).toBe(true));
    await endless.http.close(0);
  });
});

describe("the events door", () => {
  const event = (cursor: string): DomainEvent => ({
    cursor,
    kind: "study.changed",
    subjectId: "019abf00-0000-7000-8000-0000000000aa",
    at: "2026-11-23T20:00:00.000Z",
  });
  const take = async (count: number, after?: string) => {
    const gone = new AbortController();
    const taken: string[] = [];
    for await (const one of house.edge.events({ practice }, after, { signal: gone.signal })) {
      if (one !== "heartbeat") taken.push(one.cursor);
      if (taken.length === count) break;
    }
    gone.abort();
    return taken;
  };

  it("sends what happened after a cursor, in order, and what happens next", async () => {
    house.events.push(event("1-1"), event("1-2"), event("2-3"));
    const taken = take(3, "1-1");
    setTimeout(() => house.events.push(event("4-4")), 50);
    expect(await taken).toEqual(["1-2", "2-3", "4-4"]);
  });

  it("begins with what is new when no cursor is given", async () => {
    house.events.push(event("1-1"));
    const taken = take(1);
    setTimeout(() => house.events.push(event("2-2")), 100);
    expect(await taken).toEqual(["2-2"]);
  });

  it("beats while nothing happens, and ends after its life so that leave is asked for anew", async () => {
    let beats = 0;
    const stream = house.edge.events({ practice }, "0-0");
    for await (const one of stream) {
      expect(one).toBe("heartbeat");
      house.clock.forward(15);
      beats++;
    }
    expect(beats).toBeGreaterThan(10);
    expect(beats).toBeLessThan(25);
  });

  it("refuses an audience that is none", async () => {
    const wrong = house.edge.events({ practice: "all" }, undefined);
    expect(await problemOf(wrong.next())).toMatchObject({ status: 422 });
  });

  it("asks nothing more when the reader is gone", async () => {
    let asked = 0;
    const counting = await doorsListening({ eventsAfter: () => Promise.resolve((asked++, [])) });
    const gone = new AbortController();
    const stream = counting.edge.events({ practice }, "0-0", { signal: gone.signal });
    await stream.next();
    const waiting = stream.next().catch(() => undefined);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(2));
    gone.abort();
    await waiting;
    await new Promise((resolve) => setTimeout(resolve, 50));
    const then = asked;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(then);
    await counting.http.close(0);
  });
});
