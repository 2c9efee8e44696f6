// A DICOM port on the open internet: what strangers and broken devices send, over real sockets. Reactions are timed;
// the bound asserted is slack for a busy machine, the promise is 100 ms.
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keep, type Listener, startListener, until } from "#tests/make/dicomListener.ts";
import {
  associateRequest,
  command,
  commandNumber,
  data,
  echoCommand,
  pdu,
  type RawPdu,
  RawScu,
  storeCommand,
} from "#tests/make/scu.ts";

const computedRadiography = "1.2.840.10008.5.1.4.1.1.1";
const explicitLittle = "1.2.840.10008.1.2.1";
const contexts = [
  { id: 1, abstractSyntax: "1.2.840.10008.1.1", transferSyntaxes: [explicitLittle] },
  { id: 3, abstractSyntax: computedRadiography, transferSyntaxes: [explicitLittle] },
];
const store = storeCommand({ sopClassUID: computedRadiography, sopInstanceUID: "1.2.3" });
const overlong = Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff]);

let listener: Listener;
beforeAll(async () => void (listener = await startListener()));
afterAll(() => listener.provider.close());

async function associated(port = listener.port): Promise<RawScu> {
  const scu = await RawScu.connect({ port });
  await scu.associate(contexts);
  return scu;
}

/** What comes first after sending, and that the connection is closed by the provider, in milliseconds. */
async function reaction(scu: RawScu, bytes: Uint8Array) {
  const began = performance.now();
  scu.socket.write(bytes);
  const answer = await scu.next();
  await scu.closed();
  const milliseconds = performance.now() - began;
  scu.socket.destroy();
  return { answer, milliseconds };
}

function abortOf(answer: RawPdu | undefined): number[] {
  return [answer?.type ?? 0, answer?.body[2] ?? -1, answer?.body[3] ?? -1];
}

describe("PA-1 PDUs against the standard get A-ABORT with its source and reason, and the door", () => {
  it.each(
    [
      ["a PDU of 4 GiB before association", overlong, 0, 0],
      ["a proposal of 4 GiB", Buffer.from([1, 0, 0xff, 0xff, 0xff, 0xff]), 0, 0],
      ["P-DATA before association", data(1, 3, echoCommand), 0, 0],
      ["a release before association", pdu(5, Buffer.alloc(4)), 0, 0],
      ["a proposal that is no proposal", pdu(1, Buffer.alloc(200, 0xff)), 0, 0],
      ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 0, 0],
      ["a TLS hello", Buffer.from("16030100c8010000c40303", "hex"), 0, 0],
    ] as const,
  )("%s", async (_, bytes, source, reason) => {
    const { answer, milliseconds } = await reaction(await RawScu.connect({ port: listener.port }), bytes);
    expect(abortOf(answer)).toEqual([7, source, reason]);
    expect(milliseconds).toBeLessThan(1000);
  });

  it.each(
    [
      ["a PDU of 4 GiB", overlong, 2, 6],
      ["one byte more than announced", Buffer.from([4, 0, 0, 2, 0, 1]), 2, 6],
      ["a context that was never accepted", data(9, 3, echoCommand), 2, 6],
      ["an unknown PDU type", pdu(0x42, Buffer.alloc(4)), 2, 1],
      ["a second proposal", associateRequest(contexts), 2, 2],
      ["an acceptance", pdu(2, Buffer.alloc(68)), 2, 6],
      ["a value that leaves its PDU", Buffer.from([4, 0, 0, 0, 0, 8, 0, 0, 255, 0, 1, 3]), 2, 6],
      ["a dataset without a command", data(3, 2, Buffer.alloc(10)), 0, 0],
      ["a command that is none", data(3, 3, Buffer.from("rubbish rubbish")), 0, 0],
      [
        "a response nobody asked for",
        data(3, 3, command({ 0x0100: 0x8001, 0x0120: 1, 0x0800: 0x101 })),
        0,
        0,
      ],
      ["a message on two contexts", Buffer.concat([data(3, 3, store), data(1, 2, Buffer.alloc(4))]), 0, 0],
      ["a command inside a dataset", Buffer.concat([data(3, 3, store), data(3, 3, echoCommand)]), 0, 0],
    ] as const,
  )("%s after association", async (_, bytes, source, reason) => {
    const { answer, milliseconds } = await reaction(await associated(), bytes);
    expect(abortOf(answer)).toEqual([7, source, reason]);
    expect(milliseconds).toBeLessThan(1000);
  });

  it("a command set above 64 KiB", async () => {
    const fragments = Array.from({ length: 3 }, () => data(3, 1, Buffer.alloc(30_000)));
    const { answer } = await reaction(await associated(), Buffer.concat(fragments));
    expect(abortOf(answer)).toEqual([7, 0, 0]);
  });

  it("a second store before the first is answered", async () => {
    const slow = await startListener({
      store: async (request) => {
        await keep(request, [], []);
        return await new Promise<never>(() => {});
      },
      limits: { graceMs: 10 },
    });
    const whole = Buffer.concat([data(3, 3, store), data(3, 2, Buffer.alloc(10))]);
    const { answer } = await reaction(await associated(slow.port), Buffer.concat([whole, whole]));
    expect(abortOf(answer)).toEqual([7, 0, 0]);
    await slow.provider.close();
  });

  it("a peer that does not close after its abort is cut off, at once when it floods", async () => {
    const one = await startListener({ limits: { lingerMs: 1000 } });
    const cutOffAfter = async (after: Uint8Array) => {
      const socket = connect({ port: one.port, host: "127.0.0.1", allowHalfOpen: true });
      const began = performance.now();
      const closed = new Promise<void>((resolve) =>
        socket.once("close", () => resolve()).on("error", () => {})
      );
      socket.resume().write(overlong);
      const pour = setInterval(
        () => socket.writableLength < 1 << 20 && !socket.destroyed && socket.write(after),
        1,
      );
      await until(() => performance.now() - began > 20 && one.provider.counts().waiting === 0);
      const milliseconds = performance.now() - began;
      clearInterval(pour);
      socket.destroy();
      await closed;
      return milliseconds;
    };
    expect(await cutOffAfter(Buffer.alloc(1))).toBeGreaterThan(900);
    expect(await cutOffAfter(Buffer.alloc(1 << 20))).toBeLessThan(900);
    await one.provider.close();
  }, 10_000);

  it("random bytes end associations, never the listener", async () => {
    let seed = 20260731;
    const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
    for (let turn = 0; turn < 60; turn++) {
      const scu = turn % 2 ? await associated() : await RawScu.connect({ port: listener.port });
      const base = turn % 2
        ? Buffer.concat([data(3, 3, store), data(3, 2, Buffer.alloc(50))])
        : associateRequest(contexts);
      for (let change = 0; change < 4; change++) {
        base[Math.floor(random() * base.length)] = Math.floor(random() * 256);
      }
      await scu.write(base);
      await Promise.race([scu.next(), wait(20)]);
      scu.socket.resetAndDestroy();
    }
    const scu = await associated();
    expect(await scu.echo(1)).toBe(0);
    await scu.release();
    await until(() => listener.provider.counts().associations === 0);
  }, 20_000);
});

describe("PA-1 a transfer that breaks leaves nothing behind", () => {
  const breaks: [string, string, (scu: RawScu) => unknown][] = [
    ["RST", "transport closed", (scu) => scu.socket.resetAndDestroy()],
    ["FIN", "transport closed", (scu) => scu.socket.end()],
    ["A-ABORT", "aborted by peer", (scu) => scu.socket.write(pdu(7, Buffer.alloc(4)))],
    ["an over-long PDU", "protocol error", (scu) => scu.socket.write(overlong)],
  ];
  it.each(breaks)(
    "%s in the middle of a dataset: the store is told, nothing is kept",
    async (_, because, breakOff) => {
      const one = await startListener();
      const scu = await associated(one.port);
      await scu.write(Buffer.concat([data(3, 3, store), data(3, 0, Buffer.alloc(100_000))]));
      await until(() => one.provider.counts().bytes === 100_000);
      breakOff(scu);
      await until(() => one.aborted.length === 1);
      expect(one.aborted).toEqual([because]);
      expect(one.kept).toEqual([]);
      scu.socket.destroy();
      await until(() => one.provider.counts().associations + one.provider.counts().waiting === 0);
      expect(one.provider.counts()).toMatchObject({ backlogBytes: 0, stored: 0, broken: 1, aborted: 1 });
      await one.provider.close();
    },
  );

  it("a dataset that never ends is cut off at the bound", async () => {
    const one = await startListener({ limits: { datasetBytes: 1 << 20, drainBytes: 1 << 20 } });
    const scu = await associated(one.port);
    await scu.write(data(3, 3, store));
    const piece = data(3, 0, Buffer.alloc(60_000));
    for (let sent = 0; sent < 100 && scu.ended === undefined; sent++) await scu.write(piece);
    expect(abortOf(await scu.next())).toEqual([7, 0, 0]);
    expect(one.aborted).toEqual(["too long"]);
    expect(one.provider.counts().bytes).toBeLessThan(3 << 20);
    scu.socket.destroy();
    await one.provider.close();
  });
});

describe("PA-1 sockets that wait", () => {
  it("300 idle sockets from one address do not keep another from an echo", async () => {
    const opened = Array.from(
      { length: 300 },
      () => RawScu.connect({ port: listener.port, from: "127.0.0.2" }),
    );
    const idle = (await Promise.allSettled(opened)).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : []
    );
    expect(idle.length).toBeGreaterThan(200);
    await until(() => listener.provider.counts().turnedAway >= 200);
    expect(listener.provider.counts().waiting).toBeLessThanOrEqual(32);
    const began = performance.now();
    const scu = await associated();
    expect(await scu.echo(1)).toBe(0);
    const milliseconds = performance.now() - began;
    await scu.release();
    for (const one of idle) one.socket.destroy();
    expect(milliseconds).toBeLessThan(1000);
  }, 20_000);

  it("ARTIM closes a silent socket and one that drips its proposal", async () => {
    const one = await startListener({ limits: { artimMs: 300 } });
    const silent = await RawScu.connect({ port: one.port });
    const dripping = await RawScu.connect({ port: one.port });
    const request = associateRequest(contexts);
    const drip = setInterval(() => dripping.socket.write(request.subarray(0, 1)), 50);
    const began = performance.now();
    await Promise.all([silent.closed(), dripping.closed()]);
    clearInterval(drip);
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(performance.now() - began).toBeLessThan(3000);
    await until(() => one.provider.counts().waiting === 0);
    await one.provider.close();
  });

  it("an association that falls silent is aborted, sooner in the middle of a message than between two", async () => {
    const one = await startListener({ limits: { stallMs: 200, idleMs: 60_000 } });
    const between = await associated(one.port);
    const midway = await associated(one.port);
    await midway.write(Buffer.concat([data(3, 3, store), data(3, 0, Buffer.alloc(10))]));
    expect(abortOf(await midway.next())).toEqual([7, 0, 0]);
    await until(() => one.aborted.length === 1);
    expect(one.aborted).toEqual(["stalled"]);
    expect(await between.echo(1)).toBe(0);
    between.socket.destroy();
    await one.provider.close();
  });

  it("a peer that does not close after the release is closed by ARTIM", async () => {
    const one = await startListener({ limits: { artimMs: 200 } });
    const scu = await associated(one.port);
    await scu.write(pdu(5, Buffer.alloc(4)));
    expect((await scu.next())?.type).toBe(6);
    expect(one.provider.counts()).toMatchObject({ associations: 0, waiting: 1 });
    await scu.closed();
    await until(() => one.provider.counts().waiting === 0);
    await one.provider.close();
  });
});

describe("PA-1 memory stays bounded", () => {
  it("200 MB through a slow consumer: the sender is held back, memory is not filled", async () => {
    let bytes = 0;
    const slow = await startListener({
      store: async (request) => {
        for await (const batch of request.dataset) {
          for (const slice of batch) bytes += slice.length;
          await wait(30);
        }
        return { status: 0 };
      },
    });
    const scu = await associated(slow.port);
    const before = process.memoryUsage().rss;
    let mostWaiting = 0;
    let mostGrown = 0;
    const watch = setInterval(() => {
      mostWaiting = Math.max(mostWaiting, slow.provider.counts().backlogBytes);
      mostGrown = Math.max(mostGrown, process.memoryUsage().rss - before);
    }, 10);
    await scu.write(data(3, 3, store));
    const piece = data(3, 0, Buffer.alloc(131_066));
    const pieces = Math.ceil(200e6 / 131_066);
    for (let sent = 0; sent < pieces; sent++) await scu.write(piece);
    await scu.write(data(3, 2, Buffer.alloc(0)));
    expect(commandNumber(await scu.response(), 0x0900)).toBe(0);
    clearInterval(watch);
    expect(bytes).toBe(pieces * 131_066);
    expect(slow.provider.counts().pauses).toBeGreaterThan(10);
    expect(mostWaiting).toBeLessThan(5 << 20);
    expect(mostGrown).toBeLessThan(96 << 20);
    await scu.release();
    await slow.provider.close();
  }, 60_000);

  it("a dataset in single bytes, not taken, is held back long before it costs memory", async () => {
    let release: () => void = () => {};
    const stuck = new Promise<void>((resolve) => release = resolve);
    const one = await startListener({
      store: async (request) => {
        await stuck;
        return await keep(request, [], []);
      },
    });
    const scu = await associated(one.port);
    const tiny = Buffer.concat(Array.from({ length: 4000 }, () => data(3, 0, Buffer.from([1]))));
    await scu.write(data(3, 3, store));
    for (let sent = 0; sent < 20 && one.provider.counts().pauses === 0; sent++) {
      scu.socket.write(tiny);
      await wait(20);
    }
    expect(one.provider.counts().pauses).toBe(1);
    expect(one.provider.counts().bytes).toBeLessThan(20_000);
    release();
    scu.socket.destroy();
    await one.provider.close();
  });
});
