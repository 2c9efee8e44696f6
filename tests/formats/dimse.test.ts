// C-ECHO and C-STORE over real sockets, by our own raw sender: what the store is handed equals the file's dataset.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statuses } from "#core/dimse/mod.ts";
import { testData } from "#tests/make/data.ts";
import { keep, type Kept, type Listener, startListener, until } from "#tests/make/dicomListener.ts";
import { data as sample, needs } from "#tests/make/needs.ts";
import {
  associateRequest,
  command,
  commandNumber,
  commandValue,
  data,
  echoCommand,
  pdu,
  RawScu,
  readSendable,
  type Sendable,
  sendFiles,
  storeCommand,
  userItem,
} from "#tests/make/scu.ts";

const verification = "1.2.840.10008.1.1";
const computedRadiography = "1.2.840.10008.5.1.4.1.1.1";
const explicitLittle = "1.2.840.10008.1.2.1";
const contexts = [
  { id: 1, abstractSyntax: verification, transferSyntaxes: [explicitLittle] },
  { id: 3, abstractSyntax: computedRadiography, transferSyntaxes: [explicitLittle] },
];

function instance(bytes: number, sopInstanceUID = "1.2.3.4"): Sendable {
  const dataset = Buffer.alloc(bytes, "0123456789abcdef!");
  return { sopClassUID: computedRadiography, sopInstanceUID, transferSyntaxUID: explicitLittle, dataset };
}

let listener: Listener;
beforeAll(async () => void (listener = await startListener()));
afterAll(() => listener.provider.close());

async function associated(port = listener.port): Promise<RawScu> {
  const scu = await RawScu.connect({ port });
  await scu.associate(contexts);
  return scu;
}

describe("PA-1 C-ECHO and C-STORE", () => {
  it("answers an echo and a release, and announces 128 KiB", async () => {
    const scu = await RawScu.connect({ port: listener.port });
    const accepted = await scu.associate(contexts);
    expect(accepted.maximumLength).toBe(131072);
    expect([...accepted.contexts.values()].map((one) => one.result)).toEqual([0, 0]);
    expect(await scu.echo(1)).toBe(0);
    await scu.write(pdu(5, Buffer.alloc(4)));
    expect((await scu.next())?.type).toBe(6);
    scu.socket.destroy();
  });

  it.each([0, 1, 4090, 131_066, 3_000_001])("a dataset of %i bytes arrives as it was sent", async (bytes) => {
    const scu = await associated();
    const one = instance(bytes, `1.2.3.${bytes}`);
    expect(await scu.store(3, one, 131072)).toBe(0);
    const kept = listener.kept.find((each) => each.sopInstanceUID === one.sopInstanceUID);
    expect(kept?.dataset.equals(one.dataset)).toBe(true);
    expect(kept).toMatchObject({
      who: { practice: "practice", peer: "peer" },
      sopClassUID: computedRadiography,
      transferSyntaxUID: explicitLittle,
      callingAeTitle: "TESTSCU",
      calledAeTitle: "VETWARE",
    });
    await scu.release();
  });

  it.each([[1, 4096], [7, 300], [100_000, 131072]])(
    "writes of %i bytes and PDUs of %i make no difference",
    async (writeBytes, room) => {
      const scu = await associated();
      const one = instance(10_007, `1.2.4.${writeBytes}`);
      expect(await scu.store(3, one, room, writeBytes)).toBe(0);
      expect(listener.kept.at(-1)?.dataset.equals(one.dataset)).toBe(true);
      await scu.release();
    },
    20_000,
  );

  it("keeps several messages of one association apart", async () => {
    const scu = await associated();
    const before = listener.kept.length;
    for (let turn = 1; turn <= 20; turn++) {
      expect(await scu.store(3, instance(turn * 1000, `1.2.5.${turn}`), 4096, undefined, turn)).toBe(0);
      expect(await scu.echo(1)).toBe(0);
    }
    expect(listener.kept.slice(before).map((one) => one.dataset.length)).toEqual(
      Array.from({ length: 20 }, (_, at) => (at + 1) * 1000),
    );
    await scu.release();
  });

  it("the response names the message, the instance and no dataset", async () => {
    const scu = await associated();
    await scu.write(Buffer.concat([data(3, 3, storeCommand(instance(2), 77)), data(3, 2, Buffer.alloc(2))]));
    const response = await scu.response();
    const said = [0x0100, 0x0120, 0x0800, 0x0900].map((element) => commandNumber(response, element));
    expect(said).toEqual([0x8001, 77, 0x0101, 0]);
    expect(commandValue(response, 0x1000)?.toString("latin1")).toBe("1.2.3.4\0");
    await scu.release();
  });

  it("answers only after the store has said what became of the dataset", async () => {
    let decide: (outcome: { status: number }) => void = () => {};
    const slow = await startListener({
      store: async (request) => {
        await keep(request, [], []);
        return await new Promise((resolve) => decide = resolve);
      },
    });
    const scu = await associated(slow.port);
    let answered = false;
    const status = scu.store(3, instance(100), 4096).finally(() => answered = true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    decide({ status: statuses.outOfResources });
    expect(await status).toBe(0xa700);
    scu.socket.destroy();
    await slow.provider.close();
  });

  it("a release that comes while a store runs is answered after its response", async () => {
    const slow = await startListener({
      store: async (request) => {
        const kept = await keep(request, [], []);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return kept;
      },
    });
    const scu = await associated(slow.port);
    await scu.write(Buffer.concat([
      data(3, 3, storeCommand(instance(2))),
      data(3, 2, Buffer.alloc(2)),
      pdu(5, Buffer.alloc(4)),
    ]));
    expect([(await scu.next())?.type, (await scu.next())?.type]).toEqual([4, 6]);
    scu.socket.destroy();
    await slow.provider.close();
  });
});

describe("PA-1 what a store says is what the peer hears", () => {
  async function statusWith(store: Parameters<typeof startListener>[0], bytes = 100_000) {
    const one = await startListener(store);
    const scu = await associated(one.port);
    await scu.write(data(3, 3, storeCommand(instance(bytes))));
    for (let at = 0; at < bytes; at += 60_000) {
      const last = at + 60_000 >= bytes;
      await scu.write(data(3, last ? 2 : 0, Buffer.alloc(Math.min(60_000, bytes - at))));
    }
    const response = await scu.response();
    const status = commandNumber(response, 0x0900);
    expect(await scu.echo(1)).toBe(0);
    await scu.release();
    await one.provider.close();
    return { status, comment: commandValue(response, 0x0902)?.toString("latin1").trim(), lines: one.lines };
  }

  it("a refusal given before the dataset is whole is heard at its end, and the association goes on", async () => {
    const comment = "disk full";
    const heard = await statusWith({ store: () => Promise.resolve({ status: 0xa700, comment }) }, 10_000_000);
    expect(heard).toMatchObject({ status: 0xa700, comment });
  });

  it("a store that throws is out of resources, and its words stay inside", async () => {
    const heard = await statusWith({ store: () => Promise.reject(new Error("ENOSPC /secret/path")) });
    expect(heard.status).toBe(0xa700);
    expect(heard.comment).not.toContain("secret");
    expect(heard.lines.filter((line) => line.event === "store_failed")).toHaveLength(1);
    expect(JSON.stringify(heard.lines)).not.toContain("secret");
  });

  it("a store that claims success without having read the dataset is not believed", async () => {
    const heard = await statusWith({ store: () => Promise.resolve({ status: 0 }) });
    expect(heard.status).toBe(statuses.processingFailure);
  });

  it("a dataset above the bound is refused with 0xA700 and its store sees it end", async () => {
    const aborted: string[] = [];
    const store = (request: Parameters<typeof keep>[0]) => keep(request, [], aborted);
    const heard = await statusWith({ limits: { datasetBytes: 50_000 }, store });
    expect(heard.status).toBe(0xa700);
    expect(aborted).toEqual(["too long"]);
  });
});

describe("PA-1 messages that ask for what we do not do", () => {
  const refused = async (elements: Record<number, number | string>, dataset?: Buffer) => {
    const scu = await associated();
    await scu.write(data(3, 3, command({ 0x0110: 5, 0x0800: dataset ? 1 : 0x101, ...elements })));
    if (dataset) await scu.write(data(3, 2, dataset));
    const response = await scu.response();
    expect(await scu.echo(1)).toBe(0);
    await scu.release();
    return response;
  };

  it.each([0x0010, 0x0020, 0x0021, 0x0100, 0x0130, 0x0140])("operation %i is unrecognized", async (field) => {
    const response = await refused({ 0x0002: computedRadiography, 0x0100: field }, Buffer.alloc(100));
    expect(commandNumber(response, 0x0900)).toBe(0x0211);
    expect(commandNumber(response, 0x0100)).toBe(field | 0x8000);
  });

  it.each(["../../etc/passwd", "", "1.2.3\\4", "x".repeat(200)])(
    "instance UID %j is refused with 0x0117",
    async (uid) => {
      const before = listener.kept.length;
      const elements = { 0x0002: computedRadiography, 0x0100: 1, 0x1000: uid };
      const response = await refused(elements, Buffer.alloc(100));
      expect(commandNumber(response, 0x0900)).toBe(0x0117);
      expect(commandValue(response, 0x1000)).toBeUndefined();
      expect(listener.kept).toHaveLength(before);
    },
  );

  it("a class that is none of storage is refused, and so is a store without a dataset", async () => {
    const query = await refused(
      { 0x0002: "1.2.840.10008.5.1.4.1.2.2.1", 0x0100: 1, 0x1000: "1.2" },
      Buffer.alloc(2),
    );
    expect(commandNumber(query, 0x0900)).toBe(0x0122);
    const empty = await refused({ 0x0002: computedRadiography, 0x0100: 1, 0x1000: "1.2" });
    expect(commandNumber(empty, 0x0900)).toBe(0xc000);
  });

  it("a cancel of what is over is passed over", async () => {
    const scu = await associated();
    await scu.write(data(1, 3, command({ 0x0100: 0xfff, 0x0120: 1, 0x0800: 0x101 })));
    expect(await scu.echo(1)).toBe(0);
    await scu.release();
  });
});

describe("PA-2 who may associate (PS3.8 Table 9-21)", () => {
  const rejected = async (options: Parameters<typeof startListener>[0], request: Buffer) => {
    const one = await startListener(options);
    const scu = await RawScu.connect({ port: one.port });
    await scu.write(request);
    const answer = await scu.next();
    scu.socket.destroy();
    await one.provider.close();
    return answer && [answer.type, ...answer.body];
  };

  it.each(
    [
      ["called AE title not recognized", [3, 0, 1, 1, 7]],
      ["calling AE title not recognized", [3, 0, 1, 1, 3]],
      ["local limit exceeded", [3, 0, 2, 3, 2]],
      ["temporary congestion", [3, 0, 2, 3, 1]],
      ["no reason given", [3, 0, 1, 1, 1]],
    ] as const,
  )("%s", async (reject, bytes) => {
    expect(await rejected({ authorize: () => Promise.resolve({ reject }) }, associateRequest(contexts)))
      .toEqual(bytes);
  });

  it("authorize is told titles and address", async () => {
    const asked: unknown[] = [];
    const authorize = (peer: unknown) => {
      asked.push(peer);
      return Promise.resolve({ practice: "p", peer: "q" });
    };
    await rejected(
      { authorize },
      associateRequest(contexts, { calledAeTitle: "CLINIC", callingAeTitle: "DR 1" }),
    );
    expect(asked).toEqual([{ address: "127.0.0.1", calledAeTitle: "CLINIC", callingAeTitle: "DR 1" }]);
  });

  it("an answer that fails or does not come is congestion", async () => {
    const failing = { authorize: () => Promise.reject(new Error("database gone")) };
    expect(await rejected(failing, associateRequest(contexts))).toEqual([3, 0, 2, 3, 1]);
    const silent = { authorize: () => new Promise<never>(() => {}), limits: { authorizeMs: 50 } };
    expect(await rejected(silent, associateRequest(contexts))).toEqual([3, 0, 2, 3, 1]);
  });

  it("another application context or protocol version is refused", async () => {
    const context = associateRequest(contexts, { applicationContext: "1.2.3" });
    expect(await rejected({}, context)).toEqual([3, 0, 1, 1, 2]);
    expect(await rejected({}, associateRequest(contexts, { version: 2 }))).toEqual([3, 0, 1, 2, 2]);
  });

  it("associations above the limits of an address and of all are rejected", async () => {
    const atOnce = async (limits: Record<string, number>) => {
      const one = await startListener({ limits });
      const scu = await associated(one.port);
      const second = await RawScu.connect({ port: one.port });
      await second.write(associateRequest(contexts));
      const answer = await second.next();
      scu.socket.destroy();
      second.socket.destroy();
      await one.provider.close();
      return [...answer?.body ?? []];
    };
    expect(await atOnce({ associationsPerAddress: 1 })).toEqual([0, 2, 3, 2]);
    expect(await atOnce({ associations: 1 })).toEqual([0, 2, 3, 1]);
  });

  it("user identity is answered only when the peer asks, roles and windows never", async () => {
    const identity = (wanted: number) => userItem(0x58, Buffer.from([1, wanted, 0, 1, 0x61, 0, 0]));
    const others = [userItem(0x53, Buffer.alloc(4)), userItem(0x54, Buffer.alloc(4))];
    const answered = async (items: Buffer[]) => {
      const scu = await RawScu.connect({ port: listener.port });
      await scu.write(associateRequest(contexts, { items }));
      const answer = await scu.next();
      scu.socket.destroy();
      return answer?.body.includes(Buffer.from([0x59, 0, 0, 2, 0, 0])) ?? false;
    };
    expect(await answered([...others, identity(1)])).toBe(true);
    expect(await answered([...others, identity(0)])).toBe(false);
    const scu = await RawScu.connect({ port: listener.port });
    await scu.write(associateRequest(contexts, { items: others }));
    const accept = await scu.next();
    expect(accept?.type).toBe(2);
    scu.socket.destroy();
  });
});

describe("closing the listener", () => {
  it("lets a running store finish, then ends the association; idle ones end at once", async () => {
    const kept: Kept[] = [];
    const one = await startListener({
      store: async (request) => {
        const outcome = await keep(request, kept, []);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return outcome;
      },
    });
    const idle = await associated(one.port);
    const busy = await associated(one.port);
    const status = busy.store(3, instance(1000), 4096);
    await until(() => kept.length === 1);
    const closing = one.provider.close();
    expect((await idle.next())?.type).toBe(7);
    expect(await status).toBe(0);
    await closing;
    await expect(RawScu.connect({ port: one.port })).rejects.toThrow();
  });
});

const files = [
  "cornerstone3D__CTImage.dcm_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm",
  "cornerstone3D__CTImage.dcm_LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2.dcm",
  "derived__vetdx14_3036x2496_ele.dcm",
  "derived__RG2_htj2k_lossless_rpcl.dcm",
  "dicomParser__report_dfl.dcm",
  "pydicom__JPGExtended.dcm",
  "malformed__RG2_JPLL_truncated60.dcm",
  "wg04__RG2_JPLL.dcm",
  "wg04__RG2_JLSL.dcm",
  "wg04__RG2_J2KR.dcm",
  "wg04__RG2_RLE.dcm",
].map((name) => `dicom/${name}`);

needs(...files.map(sample)).describe("PA-1 real files of every kind of syntax", () => {
  it("arrive as they are, over one association", async () => {
    const paths = files.map(testData);
    const sent = await Promise.all(paths.map(async (path) => readSendable(await readFile(path))));
    const before = listener.kept.length;
    const heard = await sendFiles(paths, { port: listener.port, maxPdu: 131072 });
    expect(heard).toEqual(files.map(() => 0));
    const kept = listener.kept.slice(before);
    expect(kept.map((one) => one.transferSyntaxUID)).toEqual(sent.map((one) => one.transferSyntaxUID));
    expect(kept.map((one, at) => sent[at] && one.dataset.equals(sent[at].dataset))).toEqual(
      files.map(() => true),
    );
  });

  it("an echo in between needs no dataset", async () => {
    const scu = await associated();
    await scu.write(data(1, 3, echoCommand));
    expect(commandNumber(await scu.response(), 0x0100)).toBe(0x8030);
    await scu.release();
  });
});
