// Requests for storage commitment that are not as PS3.4 J.3 has them: each is refused with the standard's status, or
// the association is aborted, and nothing is asked of the archive.
import { afterEach, describe, expect, it } from "vitest";
import { type CommitmentRequest, statuses } from "#core/dimse/mod.ts";
import { commandFields, noDataset, withDataset } from "#core/dimse/commandSet.ts";
import { reportDataset } from "#core/dimse/commitment/report.ts";
import { storageCommitmentClass, storageCommitmentInstance } from "#core/dimse/commitment/request.ts";
import { Requestor } from "#core/dimse/user/requestor.ts";
import { type Listener, startListener } from "#tests/make/dicomListener.ts";
import { noise } from "#tests/make/dicom.ts";

const implicit = "1.2.840.10008.1.2";
const secondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

let listener: Listener | undefined;
const asked: CommitmentRequest[] = [];

afterEach(async () => {
  asked.length = 0;
  await listener?.provider.close();
});

type Wish = {
  readonly requestedClass?: string;
  readonly requestedInstance?: string;
  readonly action?: number;
  readonly dataset?: Uint8Array;
};

async function callListener(): Promise<Requestor> {
  listener = await startListener({
    commit: (request) => {
      asked.push(request);
      return Promise.resolve({ status: statuses.success });
    },
  });
  return await Requestor.open({
    host: "127.0.0.1",
    port: listener.port,
    calledAeTitle: "VETWARE",
    callingAeTitle: "MODALITY",
    contexts: [
      { id: 1, abstractSyntax: storageCommitmentClass, transferSyntaxes: [implicit] },
      { id: 3, abstractSyntax: secondaryCapture, transferSyntaxes: [implicit] },
    ],
  });
}

async function act(requestor: Requestor, wish: Wish, context = 1) {
  const { dataset } = wish;
  return await requestor.request(context, {
    RequestedSOPClassUID: wish.requestedClass ?? storageCommitmentClass,
    RequestedSOPInstanceUID: wish.requestedInstance ?? storageCommitmentInstance,
    ActionTypeID: wish.action ?? 1,
    CommandField: commandFields.actionRequest,
    CommandDataSetType: dataset ? withDataset : noDataset,
  }, dataset && once(dataset));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A request has the same form as a result without failures. */
function request(transactionUID: string, ...uids: string[]): Uint8Array {
  const held = uids.map((sopInstanceUID) => ({ sopClassUID: secondaryCapture, sopInstanceUID }));
  return reportDataset({ transactionUID, held, failed: [] });
}

describe("PA-2 a request for storage commitment", () => {
  it("is taken as it is, and the answer names class, instance and action", async () => {
    const requestor = await callListener();
    const answer = await act(requestor, { dataset: request("2.25.1", "2.25.2", "2.25.3") });
    expect(answer).toMatchObject({
      CommandField: commandFields.actionRequest | commandFields.response,
      Status: 0,
      AffectedSOPClassUID: storageCommitmentClass,
      AffectedSOPInstanceUID: storageCommitmentInstance,
      ActionTypeID: 1,
    });
    expect(asked).toEqual([{
      transactionUID: "2.25.1",
      instances: ["2.25.2", "2.25.3"].map((sopInstanceUID) => ({
        sopClassUID: secondaryCapture,
        sopInstanceUID,
      })),
      who: { practice: "practice", peer: "peer" },
      callingAeTitle: "MODALITY",
    }]);
    await requestor.release();
  });

  it("that is wrong is refused with the standard's status, and the association goes on", async () => {
    const requestor = await callListener();
    const good = request("2.25.1", "2.25.2");
    const wrong: [Wish, number][] = [
      [{ requestedClass: "1.2.840.10008.1.20.2", dataset: good }, 0x0118],
      [{ requestedInstance: "2.25.9", dataset: good }, 0x0112],
      [{ action: 2, dataset: good }, 0x0123],
      [{}, 0x0120],
      [{ dataset: noise(500) }, 0x0106],
      [{ dataset: request("2.25.1") }, 0x0106],
      [{ dataset: request("../etc", "2.25.2") }, 0x0106],
      [{ dataset: request("2.25.1", "2.25.2", "no uid") }, 0x0106],
      [{ dataset: good.subarray(0, good.length - 10) }, 0x0106],
    ];
    for (const [wish, status] of wrong) expect((await act(requestor, wish)).Status).toBe(status);
    expect((await act(requestor, { dataset: good }, 3)).Status).toBe(0x0118);
    expect(asked).toEqual([]);
    expect((await act(requestor, { dataset: good })).Status).toBe(0);
    await requestor.release();
  });

  it("without an end aborts the association", async () => {
    const requestor = await callListener();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(2 ** 20);
    }
    const command = {
      RequestedSOPClassUID: storageCommitmentClass,
      RequestedSOPInstanceUID: storageCommitmentInstance,
      ActionTypeID: 1,
      CommandField: commandFields.actionRequest,
      CommandDataSetType: withDataset,
    };
    await expect(requestor.request(1, command, endless())).rejects.toThrow(/abort|broke/i);
    expect(asked).toEqual([]);
  });

  it("is refused in negotiation where nobody keeps anything", async () => {
    listener = await startListener();
    const requestor = await Requestor.open({
      host: "127.0.0.1",
      port: listener.port,
      calledAeTitle: "VETWARE",
      callingAeTitle: "MODALITY",
      contexts: [{ id: 1, abstractSyntax: storageCommitmentClass, transferSyntaxes: [implicit] }],
    });
    expect(requestor.anyContextFor(storageCommitmentClass)).toBeUndefined();
    await requestor.release();
  });
});
