// The upper layer's table against PS3.8 Table 9-10, written down here a second time as the standard prints it: a row an
// event, a column a state. Every pair is tried, 19 × 13.
import { describe, expect, it } from "vitest";
import { actions, type Effects, type UpperLayerEvent } from "#core/dimse/actions.ts";
import { actionOf, type EventName, type State, states, stateTable } from "#core/dimse/stateTable.ts";

const printed: Record<EventName, string> = {
  //                                  1    2    3    4    5    6    7    8    9    10    11   12   13
  "A-ASSOCIATE request": "             AE-1 -    -    -    -    -    -    -    -    -     -    -    -",
  "transport connected": "             -    -    -    AE-2 -    -    -    -    -    -     -    -    -",
  "A-ASSOCIATE-AC received": "         -    AA-1 AA-8 -    AE-3 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6",
  "A-ASSOCIATE-RJ received": "         -    AA-1 AA-8 -    AE-4 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6",
  "transport connection indication": " AE-5 -    -    -    -    -    -    -    -    -     -    -    -",
  "A-ASSOCIATE-RQ received": "         -    AE-6 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7",
  "A-ASSOCIATE accept": "              -    -    AE-7 -    -    -    -    -    -    -     -    -    -",
  "A-ASSOCIATE reject": "              -    -    AE-8 -    -    -    -    -    -    -     -    -    -",
  "P-DATA request": "                  -    -    -    -    -    DT-1 -    AR-7 -    -     -    -    -",
  "P-DATA-TF received": "              -    AA-1 AA-8 -    AA-8 DT-2 AR-6 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6",
  "A-RELEASE request": "               -    -    -    -    -    AR-1 -    -    -    -     -    -    -",
  "A-RELEASE-RQ received": "           -    AA-1 AA-8 -    AA-8 AR-2 AR-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-6",
  "A-RELEASE-RP received": "           -    AA-1 AA-8 -    AA-8 AA-8 AR-3 AA-8 AA-8 AR-10 AR-3 AA-8 AA-6",
  "A-RELEASE response": "              -    -    -    -    -    -    -    AR-4 AR-9 -     -    AR-4 -",
  "A-ABORT request": "                 -    -    AA-1 AA-2 AA-1 AA-1 AA-1 AA-1 AA-1 AA-1  AA-1 AA-1 -",
  "A-ABORT received": "                -    AA-2 AA-3 -    AA-3 AA-3 AA-3 AA-3 AA-3 AA-3  AA-3 AA-3 AA-2",
  "transport closed": "                -    AA-5 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4 AA-4  AA-4 AA-4 AR-5",
  "ARTIM expired": "                   -    AA-2 -    -    -    -    -    -    -    -     -    -    AA-2",
  "invalid PDU received": "            -    AA-1 AA-8 -    AA-8 AA-8 AA-8 AA-8 AA-8 AA-8  AA-8 AA-8 AA-7",
};

// PS3.8 Tables 9-6 to 9-9: the effects of each action in order, and the state it leads to
const described: Record<string, readonly [string, State]> = {
  "AE-1": ["connect", 4],
  "AE-2": ["send", 5],
  "AE-3": ["A-ASSOCIATE accepted", 6],
  "AE-4": ["A-ASSOCIATE rejected, close", 1],
  "AE-5": ["start ARTIM", 2],
  "AE-6": ["stop ARTIM, A-ASSOCIATE indication", 3],
  "AE-7": ["send", 6],
  "AE-8": ["send, start ARTIM", 13],
  "DT-1": ["send", 6],
  "DT-2": ["P-DATA indication", 6],
  "AR-1": ["A-RELEASE-RQ", 7],
  "AR-2": ["A-RELEASE indication", 8],
  "AR-3": ["A-RELEASE confirmation, close", 1],
  "AR-4": ["A-RELEASE-RP, start ARTIM", 13],
  "AR-5": ["stop ARTIM", 1],
  "AR-6": ["P-DATA indication", 7],
  "AR-7": ["send", 8],
  "AR-8": ["A-RELEASE indication", 10],
  "AR-9": ["A-RELEASE-RP", 11],
  "AR-10": ["A-RELEASE confirmation", 12],
  "AA-1": ["A-ABORT service-user, start ARTIM", 13],
  "AA-2": ["stop ARTIM, close", 1],
  "AA-3": ["A-P-ABORT indication, close", 1],
  "AA-4": ["A-P-ABORT indication", 1],
  "AA-5": ["stop ARTIM", 1],
  "AA-6": ["", 13],
  "AA-7": ["A-ABORT service-provider", 13],
  "AA-8": ["A-ABORT service-provider, A-P-ABORT indication, start ARTIM", 13],
};

function recorded(role: "requestor" | "acceptor", acceptable = true) {
  const done: string[] = [];
  const effects: Effects = {
    role,
    connect: () => void done.push("connect"),
    send: () => void done.push("send"),
    sendAbort: (source) => void done.push(`A-ABORT ${source}`),
    sendRejection: () => void done.push("A-ASSOCIATE-RJ"),
    refusal: () => acceptable ? undefined : "protocol version not supported",
    sendReleaseReply: () => void done.push("A-RELEASE-RP"),
    sendReleaseRequest: () => void done.push("A-RELEASE-RQ"),
    startArtim: () => void done.push("start ARTIM"),
    stopArtim: () => void done.push("stop ARTIM"),
    closeTransport: () => void done.push("close"),
    indicate: (indication) => void done.push(indication),
  };
  return { effects, done };
}

describe("PA-1 the upper layer follows PS3.8 Table 9-10", () => {
  const events = Object.keys(printed) as EventName[];
  const all = Object.keys(states).map((state) => Number(state) as State);

  it("has the nineteen events and thirteen states of the standard", () => {
    expect(Object.keys(stateTable).sort()).toEqual([...events].sort());
    expect([events.length, all.length]).toEqual([19, 13]);
  });

  it.each(events)("takes the action of the standard in every state on %s", (event) => {
    const row = printed[event].trim().split(/\s+/);
    expect(row).toHaveLength(13);
    expect(all.map((state) => actionOf(event, state) ?? "-")).toEqual(row);
  });

  it("knows no action that the table never calls", () => {
    const called = events.flatMap((event) => all.map((state) => actionOf(event, state)));
    expect(new Set(called.filter((action) => action !== undefined))).toEqual(new Set(Object.keys(actions)));
  });

  it.each(Object.entries(described))("%s does %j", (name, [effects, next]) => {
    const { effects: layer, done } = recorded("acceptor");
    const action = actions[name as keyof typeof actions];
    const event: UpperLayerEvent = { name: "invalid PDU received", send: new Uint8Array(1) };
    expect(action(layer, event)).toBe(next);
    expect(done.join(", ")).toBe(effects);
  });

  it("a proposal that the provider cannot take is rejected in AE-6", () => {
    const { effects, done } = recorded("acceptor", false);
    expect(actions["AE-6"](effects, { name: "A-ASSOCIATE-RQ received" })).toBe(13);
    expect(done).toEqual(["stop ARTIM", "A-ASSOCIATE-RJ", "start ARTIM"]);
  });

  it("the requestor of a release collision awaits the local response first (AR-8)", () => {
    expect(actions["AR-8"](recorded("requestor").effects, { name: "A-RELEASE-RQ received" })).toBe(9);
  });

  it("an abort by the peer's user is told apart from one by its provider (AA-3)", () => {
    const { effects, done } = recorded("acceptor");
    const abort = { source: "service-user", reason: "not specified" } as const;
    expect(actions["AA-3"](effects, { name: "A-ABORT received", abort })).toBe(1);
    expect(done).toEqual(["A-ABORT indication", "close"]);
  });
});
