// What is read from peers and written to them: PDUs, command sets, negotiation, the queue of a dataset.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AssociateRequest,
  dicomApplicationContext,
  readAssociateAccept,
  readAssociateRequest,
  writeAssociateAccept,
  writeAssociateRequest,
} from "#core/dimse/associate.ts";
import { Admission, sourceOf } from "#core/dimse/admission.ts";
import { readCommandSet, writeCommandSet } from "#core/dimse/commandSet.ts";
import { DatasetAborted, DatasetStream } from "#core/dimse/datasetStream.ts";
import { defaultLimits } from "#core/dimse/limits.ts";
import { writeCommandPdus } from "#core/dimse/messages.ts";
import { chooseTransferSyntax, isStorageClass, isUid } from "#core/dimse/mod.ts";
import { negotiate } from "#core/dimse/negotiate.ts";
import { type Fragment, PduReader } from "#core/dimse/pduReader.ts";
import { associateRequest, command, data, echoCommand, userItem } from "#tests/make/scu.ts";

const implicitLittle = "1.2.840.10008.1.2";
const explicitLittle = "1.2.840.10008.1.2.1";
const jpegLossless = "1.2.840.10008.1.2.4.70";
const jpegBaseline = "1.2.840.10008.1.2.4.50";
const computedRadiography = "1.2.840.10008.5.1.4.1.1.1";

const proposal: AssociateRequest = {
  protocolVersion: 1,
  calledAeTitle: "VETWARE",
  callingAeTitle: "XRAY ROOM 1",
  applicationContext: dicomApplicationContext,
  contexts: [
    { id: 1, abstractSyntax: "1.2.840.10008.1.1", transferSyntaxes: [implicitLittle] },
    { id: 3, abstractSyntax: computedRadiography, transferSyntaxes: [explicitLittle, jpegLossless] },
  ],
  userInformation: {
    maximumLength: 16384,
    implementationClassUID: "1.2.3",
    implementationVersionName: "TEST_1",
    userIdentityResponse: false,
  },
};

function collect(most = defaultLimits.pduBytes) {
  const seen: { pdus: [number, Uint8Array][]; fragments: Fragment[]; faults: string[] } = {
    pdus: [],
    fragments: [],
    faults: [],
  };
  const reader: PduReader = new PduReader({
    pdu: (type, body) => void seen.pdus.push([type, body]),
    data: () => {},
    fragment: (fragment) => void seen.fragments.push(fragment),
    fault: (reason) => {
      seen.faults.push(reason);
      reader.stop();
    },
  }, most);
  return { seen, reader };
}

describe("A-ASSOCIATE PDUs (PS3.8 9.3)", () => {
  it("a proposal that we write reads back as it was", () => {
    expect(readAssociateRequest(writeAssociateRequest(proposal).subarray(6), defaultLimits)).toEqual(
      proposal,
    );
  });

  it("an acceptance that we write reads back as it was", () => {
    const { calledAeTitle, callingAeTitle, applicationContext, userInformation } = proposal;
    const contexts = negotiate(proposal.contexts).answers;
    const accept = { calledAeTitle, callingAeTitle, applicationContext, userInformation, contexts };
    expect(readAssociateAccept(writeAssociateAccept(accept).subarray(6), defaultLimits)).toEqual(accept);
  });

  it("a proposal written by another hand is read, with roles, windows and extended negotiation passed over", () => {
    const items = [0x53, 0x54, 0x56, 0x57].map((type) => userItem(type, Buffer.from([0, 1, 0, 1])));
    const bytes = associateRequest(proposal.contexts, {
      callingAeTitle: "XRAY ROOM 1",
      maxPdu: 16384,
      items,
    });
    expect(readAssociateRequest(bytes.subarray(6), defaultLimits)).toMatchObject({
      callingAeTitle: "XRAY ROOM 1",
      contexts: proposal.contexts,
    });
  });

  it("any cut or changed proposal is read or refused, never a crash", () => {
    const bytes = writeAssociateRequest(proposal).subarray(6);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length - 1), fc.nat(255), (cut, at, byte) => {
        const changed = Uint8Array.from(bytes.subarray(0, cut));
        if (at < changed.length) changed[at] = byte;
        const read = readAssociateRequest(changed, defaultLimits);
        return read === undefined || read.contexts.length > 0;
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["an even context id", associateRequest([{ id: 2, abstractSyntax: "1.2", transferSyntaxes: ["1.2"] }])],
    [
      "the same id twice",
      associateRequest([1, 1].map((id) => ({ id, abstractSyntax: "1.2", transferSyntaxes: ["1.2"] }))),
    ],
    [
      "more contexts than ids",
      associateRequest(
        Array.from({ length: 200 }, (_, at) => ({
          id: (at * 2 + 1) & 0xff,
          abstractSyntax: "1.2",
          transferSyntaxes: ["1"],
        })),
      ),
    ],
    ["no context", associateRequest([])],
    [
      "a thousand user items",
      associateRequest(proposal.contexts, { items: Array(1000).fill(userItem(0x56, Buffer.alloc(2))) }),
    ],
  ])("a proposal with %s is invalid", (_, bytes) => {
    expect(readAssociateRequest(bytes.subarray(6), defaultLimits)).toBeUndefined();
  });
});

describe("reading PDUs from a stream", () => {
  const stream = Buffer.concat([
    associateRequest(proposal.contexts),
    data(1, 3, echoCommand),
    data(3, 0, Buffer.from("dataset ")),
    data(3, 2, Buffer.from("bytes")),
    Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]),
  ]);

  it("does not depend on how the network cut them", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      const { seen, reader } = collect();
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        reader.push(stream.subarray(at, at + size));
        at += size;
      }
      const bytes = (kind: string) =>
        Buffer.concat(seen.fragments.filter((one) => one.kind === kind).map((one) => one.bytes));
      expect(seen.faults).toEqual([]);
      expect(seen.pdus.map(([type]) => type)).toEqual([1, 5]);
      expect(bytes("command").equals(echoCommand)).toBe(true);
      expect(bytes("dataset").toString()).toBe("dataset bytes");
      expect(seen.fragments.filter((one) => one.last)).toHaveLength(2);
      expect(reader.atRest).toBe(true);
    }));
  });

  it("dataset bytes are slices of what the socket gave, not copies", () => {
    const { seen, reader } = collect();
    const chunk = data(3, 2, Buffer.alloc(5000));
    reader.push(chunk);
    expect(seen.fragments[0]?.bytes.buffer).toBe(chunk.buffer);
  });

  it.each([
    ["a PDU longer than the bound", Buffer.from([4, 0, 0, 2, 0, 1]), "invalid PDU parameter value"],
    ["a length of four gibibytes", Buffer.from([1, 0, 255, 255, 255, 255]), "invalid PDU parameter value"],
    ["an unknown type", Buffer.from([9, 0, 0, 0, 0, 4]), "unrecognized PDU"],
    ["a release of the wrong length", Buffer.from([5, 0, 0, 0, 0, 5]), "invalid PDU parameter value"],
    ["an empty P-DATA-TF", Buffer.from([4, 0, 0, 0, 0, 0]), "invalid PDU parameter value"],
    [
      "a value longer than its PDU",
      Buffer.from([4, 0, 0, 0, 0, 8, 0, 0, 0, 9, 1, 0]),
      "invalid PDU parameter value",
    ],
    [
      "a value of no length",
      Buffer.from([4, 0, 0, 0, 0, 8, 0, 0, 0, 1, 1, 0]),
      "invalid PDU parameter value",
    ],
    [
      "a rest too short for a value",
      Buffer.from([4, 0, 0, 0, 0, 9, 0, 0, 0, 2, 1, 0]),
      "invalid PDU parameter value",
    ],
  ])("%s is a fault as soon as its header is there", (_, bytes, fault) => {
    const { seen, reader } = collect();
    reader.push(bytes);
    expect(seen.faults).toEqual([fault]);
    reader.push(stream);
    expect(seen.pdus).toEqual([]);
  });
});

describe("command sets (PS3.7 6.3)", () => {
  it("one that we write reads back as it was", () => {
    const written = {
      AffectedSOPClassUID: computedRadiography,
      CommandField: 0x8001,
      MessageIDBeingRespondedTo: 7,
      CommandDataSetType: 0x0101,
      Status: 0xa700,
      ErrorComment: "odd length",
      AffectedSOPInstanceUID: "1.2.3",
    };
    const read = readCommandSet(writeCommandSet(written));
    expect(read).toEqual({ ...written, ...emptied(read ?? {}) });
  });

  it("has even values and a group length over what follows", () => {
    const bytes = Buffer.from(
      writeCommandSet({ CommandField: 1, CommandDataSetType: 1, AffectedSOPInstanceUID: "1.2" }),
    );
    expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12);
    expect(bytes.length % 2).toBe(0);
  });

  it("is cut into PDUs no longer than the peer takes", () => {
    for (const maximum of [7, 20, 100, 4096, 0]) {
      const { seen, reader } = collect();
      const pdus = writeCommandPdus(5, echoCommand, maximum);
      reader.push(pdus);
      expect(Buffer.concat(seen.fragments.map((one) => one.bytes)).equals(echoCommand)).toBe(true);
      expect(seen.fragments.map((one) => one.last).indexOf(true)).toBe(seen.fragments.length - 1);
      if (maximum > 0) {
        expect(Math.max(...seen.fragments.map((one) => one.bytes.length + 6))).toBeLessThanOrEqual(maximum);
      }
    }
  });

  it("random bytes are refused or read, never a crash", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readCommandSet(bytes);
    }));
    expect(readCommandSet(Buffer.from("not a command set"))).toBeUndefined();
    expect(readCommandSet(command({ 0x0002: "1.2" }))).toBeUndefined();
  });
});

function emptied(read: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value === undefined));
}

describe("negotiation (PS3.8 9.3.3.2)", () => {
  it("refuses unknown abstract and transfer syntaxes context by context and leaves the others open", () => {
    const { answers, open } = negotiate([
      { id: 1, abstractSyntax: "1.2.3.4", transferSyntaxes: [implicitLittle] },
      { id: 3, abstractSyntax: computedRadiography, transferSyntaxes: ["1.2.3.4"] },
      { id: 5, abstractSyntax: computedRadiography, transferSyntaxes: ["1.2.3.4", explicitLittle] },
    ]);
    expect(answers.map((one) => one.result)).toEqual([
      "abstract syntax not supported",
      "transfer syntaxes not supported",
      "accepted",
    ]);
    expect([...open]).toEqual([[5, { abstractSyntax: computedRadiography, transferSyntax: explicitLittle }]]);
  });

  it("prefers what the sender has compressed without loss, and never asks it to lose a pixel", () => {
    expect(chooseTransferSyntax([explicitLittle, jpegLossless])).toBe(jpegLossless);
    expect(chooseTransferSyntax([jpegLossless, explicitLittle])).toBe(jpegLossless);
    expect(chooseTransferSyntax([jpegBaseline, implicitLittle])).toBe(jpegBaseline);
    expect(chooseTransferSyntax([implicitLittle, jpegBaseline])).toBe(implicitLittle);
    expect(chooseTransferSyntax(["1.2.3"])).toBeUndefined();
  });

  it("takes storage classes it has no name for, but not those for queries", () => {
    expect(isStorageClass("1.2.840.10008.5.1.4.1.1.999.1")).toBe(true);
    expect(isStorageClass("1.2.840.10008.5.1.4.34.7")).toBe(true);
    expect(isStorageClass("1.2.840.10008.5.1.4.1.2.2.1")).toBe(false);
    expect(isStorageClass("1.2.840.10008.5.1.4.1.1.201.2")).toBe(false);
  });

  it.each(["", "1", "..", "1..2", "../etc/passwd", "1.2.a", `1.${"2".repeat(63)}`])(
    "%j is no UID",
    (value) => {
      expect(isUid(value)).toBe(false);
    },
  );
});

describe("the queue between a socket and the consumer of a dataset", () => {
  function flow() {
    const calls: string[] = [];
    const shared = { bytes: 0 };
    const queue = {
      backlogBytes: 4096,
      backlogBytesTotal: 100_000,
      crowdedBacklogBytes: 1024,
      shared,
      pause: () => void calls.push("pause"),
      resume: () => void calls.push("resume"),
    };
    return { queue, calls, shared };
  }

  it("holds the peer back until the consumer has taken what waits", async () => {
    const { queue, calls, shared } = flow();
    const stream = new DatasetStream(queue);
    for (let slice = 0; slice < 4; slice++) stream.push(new Uint8Array(1000));
    expect(calls).toEqual(["pause"]);
    const batch = await stream[Symbol.asyncIterator]().next();
    expect(batch.value).toHaveLength(4);
    expect(calls).toEqual(["pause", "resume"]);
    expect(shared.bytes).toBe(0);
  });

  it("charges tiny slices for what they cost in memory", () => {
    const { queue, calls } = flow();
    const stream = new DatasetStream(queue);
    for (let slice = 0; slice < 10; slice++) stream.push(new Uint8Array(1));
    expect(calls).toEqual(["pause"]);
  });

  it("gives each association less when all together hold too much", () => {
    const { queue, calls } = flow();
    queue.shared.bytes = 100_001;
    new DatasetStream(queue).push(new Uint8Array(600));
    expect(calls).toEqual(["pause"]);
  });

  it("throws into the consumer when the rest will not come, also when it waits already", async () => {
    const stream = new DatasetStream(flow().queue);
    const waiting = stream[Symbol.asyncIterator]().next();
    stream.abort("transport closed");
    await expect(waiting).rejects.toMatchObject({ code: "aborted", because: "transport closed" });
    await expect(waiting).rejects.toBeInstanceOf(DatasetAborted);
  });

  it("a consumer that turns away lets the peer go on", async () => {
    const { queue, calls, shared } = flow();
    const stream = new DatasetStream(queue);
    stream.push(new Uint8Array(5000));
    for await (const _ of stream) break;
    stream.push(new Uint8Array(5000));
    expect(calls).toEqual(["pause", "resume"]);
    expect(shared.bytes).toBe(0);
    expect(stream.takenWhole).toBe(false);
  });
});

describe("who may hold how many sockets", () => {
  const limits = {
    ...defaultLimits,
    waiting: 4,
    waitingPerAddress: 3,
    associations: 3,
    associationsPerAddress: 2,
  };

  it("an address has its share of sockets that wait, and another its own", () => {
    const admission = new Admission(limits);
    const places = [1, 2, 3, 4].map(() => admission.enter("10.0.0.1", () => {}));
    expect(places.map((place) => place !== undefined)).toEqual([true, true, true, false]);
    expect(admission.enter("10.0.0.2", () => {})).toBeDefined();
  });

  it("a full pool makes room at the cost of the most crowded address, oldest first", () => {
    const admission = new Admission(limits);
    const evicted: string[] = [];
    for (const name of ["a", "b", "c"]) admission.enter("10.0.0.1", () => evicted.push(name));
    admission.enter("10.0.0.2", () => evicted.push("d"));
    expect(admission.enter("10.0.0.3", () => {})).toBeDefined();
    expect(evicted).toEqual(["a"]);
    expect(admission.counts.waiting).toBe(4);
  });

  it("associations are counted by address and in all, and given back", () => {
    const admission = new Admission(limits);
    const enter = (ip: string) => admission.enter(ip, () => {});
    const first = enter("10.0.0.1");
    expect([first, enter("10.0.0.1"), enter("10.0.0.1")].map((place) => place?.associate())).toEqual([
      "associated",
      "associated",
      "address limit",
    ]);
    const third = enter("10.0.0.2");
    expect([third?.associate(), enter("10.0.0.3")?.associate()]).toEqual(["associated", "total limit"]);
    first?.leave();
    first?.leave();
    third?.dissociate();
    expect(admission.counts).toEqual({ waiting: 3, associations: 1 });
  });

  it("IPv6 customers are told apart by their first 64 bits, mapped IPv4 by its address", () => {
    expect(sourceOf("2001:db8:0:7::1")).toBe(sourceOf("2001:db8::7:a:b:c:d"));
    expect(sourceOf("2001:db8:0:7::1")).not.toBe(sourceOf("2001:db8:0:8::1"));
    expect(sourceOf("::ffff:127.0.0.2")).toBe("127.0.0.2");
    expect(sourceOf("::1")).toBe("0:0:0:0");
  });
});
