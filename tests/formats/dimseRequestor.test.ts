// The upper layer as requestor, against our own listener: the half on which sending will stand.
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Indication, UpperLayerEvent } from "#core/dimse/actions.ts";
import { dicomApplicationContext, writeAssociateRequest } from "#core/dimse/associate.ts";
import { type CommandSet, readCommandSet, writeCommandSet } from "#core/dimse/commandSet.ts";
import { defaultLimits } from "#core/dimse/limits.ts";
import { writeCommandPdus } from "#core/dimse/messages.ts";
import { UpperLayer } from "#core/dimse/upperLayer.ts";
import { startListener, until } from "#tests/make/dicomListener.ts";

const request = writeAssociateRequest({
  protocolVersion: 1,
  calledAeTitle: "VETWARE",
  callingAeTitle: "VETWARE",
  applicationContext: dicomApplicationContext,
  contexts: [{ id: 1, abstractSyntax: "1.2.840.10008.1.1", transferSyntaxes: ["1.2.840.10008.1.2"] }],
  userInformation: {
    maximumLength: 0,
    implementationClassUID: "1.2.3",
    implementationVersionName: "TEST",
    userIdentityResponse: false,
  },
});

function requestor(port: number) {
  const heard: { indication: Indication; event: UpperLayerEvent }[] = [];
  const responses: (CommandSet | undefined)[] = [];
  const gone = { yes: false };
  const layer = new UpperLayer({
    role: "requestor",
    open: () => connect(port, "127.0.0.1"),
    request,
    limits: defaultLimits,
    user: {
      indicate: (indication, event) => void heard.push({ indication, event }),
      fragment: ({ bytes }) => void responses.push(readCommandSet(bytes)),
      heard: () => {},
      gone: () => void (gone.yes = true),
    },
  });
  return { layer, heard, responses, gone };
}

describe("PA-1 the upper layer as requestor", () => {
  it("proposes, echoes, releases and closes", async () => {
    const listener = await startListener();
    const { layer, heard, responses, gone } = requestor(listener.port);
    layer.start();
    await until(() => layer.state === 6);
    expect(heard[0]?.event.accept?.contexts).toEqual([
      { id: 1, result: "accepted", transferSyntax: "1.2.840.10008.1.2" },
    ]);
    const echo = {
      CommandField: 0x30,
      MessageID: 9,
      CommandDataSetType: 0x101,
      AffectedSOPClassUID: "1.2.840.10008.1.1",
    };
    layer.occur({ name: "P-DATA request", send: writeCommandPdus(1, writeCommandSet(echo), 0) });
    await until(() => responses.length === 1);
    expect(responses[0]).toMatchObject({ CommandField: 0x8030, MessageIDBeingRespondedTo: 9, Status: 0 });
    layer.occur({ name: "A-RELEASE request" });
    await until(() => gone.yes);
    expect(heard.at(-1)?.indication).toBe("A-RELEASE confirmation");
    expect(layer.state).toBe(1);
    await listener.provider.close();
    expect(listener.lines.at(-1)?.fields.how).toBe("released");
  });

  it("hears why it is rejected", async () => {
    const reject = "calling AE title not recognized";
    const listener = await startListener({ authorize: () => Promise.resolve({ reject }) });
    const { layer, heard, gone } = requestor(listener.port);
    layer.start();
    await until(() => gone.yes);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({
      indication: "A-ASSOCIATE rejected",
      event: { reject: { result: 1, source: 1, reason: 3 } },
    });
    await listener.provider.close();
  });

  it("is told when nobody listens", async () => {
    const listener = await startListener();
    await listener.provider.close();
    const { layer, heard, gone } = requestor(listener.port);
    layer.start();
    await until(() => gone.yes);
    expect(heard.map((one) => one.indication)).toEqual(["A-P-ABORT indication"]);
  });
});
