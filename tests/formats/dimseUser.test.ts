// Sending: C-ECHO and C-STORE as service user, against DCMTK's storescp, our own listener, and peers that misbehave.
import { readFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AssociationFailed, echoPeer, openStoreUser, type SentInstance } from "#core/dimse/mod.ts";
import { Requestor } from "#core/dimse/user/requestor.ts";
import { testData } from "#tests/make/data.ts";
import { dicomDataset, secondaryCapture } from "#tests/make/dicom.ts";
import { startListener } from "#tests/make/dicomListener.ts";
import { data, needs, program } from "#tests/make/needs.ts";
import { readSendable } from "#tests/make/scu.ts";
import { startStoreScp } from "#tests/make/storescp.ts";

const explicit = "1.2.840.10008.1.2.1";
const titles = { calledAeTitle: "STORESCP", callingAeTitle: "VETWARE" };

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function made(
  sopInstanceUID: string,
  dataset = dicomDataset({ pixels: new Uint8Array(512), sopInstanceUID }),
) {
  return { sopClassUID: secondaryCapture, sopInstanceUID, transferSyntaxUID: explicit, dataset };
}

function sent(one: ReturnType<typeof readSendable>, piece = 100_000): SentInstance {
  return { ...one, dataset: inPieces(one.dataset, piece) };
}

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0)) await end();
});

/** A peer of raw sockets that does what it is told with each. */
async function peer(behave: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

const files = [
  "dicom/derived__vetdx14_3036x2496_ele.dcm",
  "dicom/wg04__RG2_JPLL.dcm",
  "dicom/wg04__CT1_RLE.dcm",
  "dicom/wg04__RG2_J2KR.dcm",
];

describe("PA-3 sending by C-STORE to DCMTK", () => {
  const dcmtk = needs(program("storescp"), ...files.map(data));

  for (const words of [["+xa"], ["+xa", "-pdu", "4096"], ["+xa", "-pdu", "131072"]]) {
    dcmtk.it(`sends every byte of a dataset unchanged (storescp ${words.join(" ")})`, async () => {
      const scp = await startStoreScp(words);
      cleanUp.push(scp.stop);
      const instances = await Promise.all(
        files.map(async (name) => readSendable(await readFile(testData(name)))),
      );
      const user = await openStoreUser({ host: "127.0.0.1", port: scp.port, ...titles, instances });
      for (const one of instances) expect((await user.send(sent(one))).status).toBe(0);
      await user.release();
      const kept = (await scp.files()).map((file) => readSendable(file));
      for (const one of instances) {
        const same = kept.find(({ sopInstanceUID }) => sopInstanceUID === one.sopInstanceUID);
        expect(Buffer.compare(same?.dataset ?? Buffer.alloc(0), one.dataset)).toBe(0);
      }
    });
  }

  dcmtk.it("says before sending what the peer does not take, and sends the rest", async () => {
    const scp = await startStoreScp(["+xe"]);
    cleanUp.push(scp.stop);
    const one = readSendable(await readFile(testData("dicom/wg04__RG2_JPLL.dcm")));
    const plain = made("2.25.77");
    const user = await openStoreUser({
      host: "127.0.0.1",
      port: scp.port,
      ...titles,
      instances: [one, plain],
    });
    expect(user.accepts(one)).toBe(false);
    expect(await user.send(sent(one))).toMatchObject({ status: 0x0122 });
    expect((await user.send(sent({ ...plain, dataset: Buffer.from(plain.dataset) }))).status).toBe(0);
    await user.release();
    expect(await scp.files()).toHaveLength(1);
  });

  dcmtk.it("echoes", async () => {
    const scp = await startStoreScp();
    cleanUp.push(scp.stop);
    expect(await echoPeer({ host: "127.0.0.1", port: scp.port, ...titles })).toEqual({ status: 0 });
  });
});

describe("PA-3 sending by C-STORE, whatever the peer does", () => {
  it("hears the status and the comment of a refusal and goes on", async () => {
    const listener = await startListener({
      store: () => Promise.resolve({ status: 0xa700, comment: "archive disk is full" }),
    });
    cleanUp.push(() => listener.provider.close());
    const one = made("2.25.78");
    const user = await openStoreUser({ host: "127.0.0.1", port: listener.port, ...titles, instances: [one] });
    for (const _ of [1, 2]) {
      expect(await user.send({ ...one, dataset: inPieces(one.dataset, 64) })).toEqual({
        status: 0xa700,
        comment: "archive disk is full",
      });
    }
    await user.release();
  });

  it("says why it was rejected", async () => {
    const listener = await startListener({
      authorize: () => Promise.resolve({ reject: "calling AE title not recognized" }),
    });
    cleanUp.push(() => listener.provider.close());
    await expect(echoPeer({ host: "127.0.0.1", port: listener.port, ...titles })).rejects.toMatchObject({
      code: "rejected",
      message: "The peer rejected the association: calling AE title not recognized.",
    });
  });

  it("says that nobody listens", async () => {
    const port = await peer(() => {});
    for (const end of cleanUp.splice(0)) await end();
    await expect(echoPeer({ host: "127.0.0.1", port, ...titles })).rejects.toMatchObject({
      code: "unreachable",
    });
  });

  it("gives up on a peer that takes the connection and says nothing", async () => {
    const port = await peer(() => {});
    const calling = { host: "127.0.0.1", port, ...titles, limits: { associateMs: 100 } };
    await expect(echoPeer(calling)).rejects.toMatchObject({ code: "timeout" });
  });

  it("gives up on a peer that stops reading in the middle of a dataset, with little of it in memory", async () => {
    const listener = await startListener({ store: () => new Promise(() => {}), limits: { graceMs: 0 } });
    cleanUp.push(() => listener.provider.close());
    const requestor = await Requestor.open({
      host: "127.0.0.1",
      port: listener.port,
      ...titles,
      contexts: [{ id: 1, abstractSyntax: secondaryCapture, transferSyntaxes: [explicit] }],
      limits: { stallMs: 300 },
    });
    let taken = 0;
    const endless = async function* () {
      for (; taken < 2000; taken++) yield Buffer.alloc(1_000_000);
    };
    const command = {
      AffectedSOPClassUID: secondaryCapture,
      CommandField: 1,
      Priority: 0,
      CommandDataSetType: 1,
      AffectedSOPInstanceUID: "2.25.79",
    };
    await expect(requestor.request(1, command, endless())).rejects.toMatchObject({ code: "timeout" });
    expect(taken).toBeLessThan(50);
  });

  it("tells a peer that goes away in the middle from one that refuses", async () => {
    const listener = await startListener({
      store: async ({ dataset }) => {
        for await (const _ of dataset) void listener.provider.close();
        return { status: 0 };
      },
      limits: { graceMs: 0 },
    });
    const one = made("2.25.80");
    const user = await openStoreUser({ host: "127.0.0.1", port: listener.port, ...titles, instances: [one] });
    const slow = async function* () {
      for (let at = 0; at < 100; at++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield Buffer.alloc(10_000);
      }
    };
    await expect(user.send({ ...one, dataset: slow() })).rejects.toMatchObject({ code: "aborted" });
    await expect(user.send({ ...one, dataset: slow() })).rejects.toBeInstanceOf(AssociationFailed);
  });

  it("aborts the association when the bytes of an instance cannot be read, and nothing of it is kept", async () => {
    const listener = await startListener();
    cleanUp.push(() => listener.provider.close());
    const one = made("2.25.81");
    const user = await openStoreUser({ host: "127.0.0.1", port: listener.port, ...titles, instances: [one] });
    const broken = async function* () {
      yield Buffer.alloc(200_000);
      throw new Error("the disk is gone");
    };
    await expect(user.send({ ...one, dataset: broken() })).rejects.toThrow("the disk is gone");
    await expect.poll(() => listener.aborted).toEqual(["aborted by peer"]);
    expect(listener.kept).toHaveLength(0);
  });

  it("can be given up from outside, before and during", async () => {
    const listener = await startListener({ store: () => new Promise(() => {}), limits: { graceMs: 0 } });
    cleanUp.push(() => listener.provider.close());
    const one = made("2.25.82");
    const giveUp = new AbortController();
    const calling = {
      host: "127.0.0.1",
      port: listener.port,
      ...titles,
      instances: [one],
      signal: giveUp.signal,
    };
    const user = await openStoreUser(calling);
    const sending = user.send({ ...one, dataset: inPieces(one.dataset, 100) });
    setTimeout(() => giveUp.abort(), 50);
    await expect(sending).rejects.toMatchObject({ code: "cancelled" });
    await expect(openStoreUser(calling)).rejects.toMatchObject({ code: "cancelled" });
  });

  it("does not fall for a peer that answers what was not asked, or answers garbage", async () => {
    const port = await peer((socket) => socket.write(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")));
    await expect(echoPeer({ host: "127.0.0.1", port, ...titles })).rejects.toMatchObject({ code: "aborted" });
    const huge = await peer((socket) => socket.write(Buffer.from([2, 0, 0xff, 0xff, 0xff, 0xff, 0, 0])));
    await expect(echoPeer({ host: "127.0.0.1", port: huge, ...titles })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  it("refuses to propose more kinds than an association has contexts", async () => {
    const instances = Array.from(
      { length: 129 },
      (_, at) => ({ ...made("2.25.83"), sopClassUID: `1.2.${at}` }),
    );
    await expect(openStoreUser({ host: "127.0.0.1", port: 1, ...titles, instances })).rejects.toThrow(
      RangeError,
    );
  });
});
