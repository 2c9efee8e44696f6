// The actions of PS3.8 Tables 9-6 to 9-9: each a small function that asks the layer for its effects and names the
// next state. They hold no state of their own, so one table of them serves requestor and acceptor.
import type { AbortReason, AbortSource, Rejection } from "./abortReasons.ts";
import type { ActionName, EventName, State } from "./stateTable.ts";
import type { AssociateAccept, AssociateReject, AssociateRequest } from "./associate.ts";

/** What happened, with what the event brought along. */
export type UpperLayerEvent = {
  readonly name: EventName;
  /** Bytes of the PDUs that a local primitive sends. */
  readonly send?: Uint8Array;
  readonly request?: AssociateRequest;
  readonly accept?: AssociateAccept;
  readonly reject?: AssociateReject;
  /** Of a received A-ABORT: who gave up. Of an invalid PDU: what was wrong. */
  readonly abort?: { readonly source: AbortSource; readonly reason: AbortReason };
};

/** What the layer tells its user (PS3.8 7). `A-P-ABORT` covers the provider and the transport. */
export type Indication =
  | "A-ASSOCIATE indication"
  | "A-ASSOCIATE accepted"
  | "A-ASSOCIATE rejected"
  | "P-DATA indication"
  | "A-RELEASE indication"
  | "A-RELEASE confirmation"
  | "A-ABORT indication"
  | "A-P-ABORT indication";

/** What an action can make happen. */
export interface Effects {
  readonly role: "requestor" | "acceptor";
  connect(): void;
  /** One write for all bytes of a primitive. */
  send(bytes: Uint8Array | undefined): void;
  /** Sends A-ABORT and stops listening to the peer. */
  sendAbort(source: AbortSource, reason: AbortReason): void;
  sendRejection(rejection: Rejection): void;
  /** Checks what the provider itself must refuse (protocol version); undefined means acceptable. */
  refusal(request: AssociateRequest | undefined): Rejection | undefined;
  sendReleaseReply(): void;
  sendReleaseRequest(): void;
  startArtim(): void;
  stopArtim(): void;
  closeTransport(): void;
  indicate(indication: Indication): void;
}

type Action = (layer: Effects, event: UpperLayerEvent) => State;

function sendAndStay(state: State): Action {
  return (layer, event) => {
    layer.send(event.send);
    return state;
  };
}

function indicateAndStay(indication: Indication, state: State): Action {
  return (layer) => {
    layer.indicate(indication);
    return state;
  };
}

/** The actions by their names in the standard. */
export const actions: Readonly<Record<ActionName, Action>> = {
  "AE-1": (layer) => {
    layer.connect();
    return 4;
  },
  "AE-2": sendAndStay(5),
  "AE-3": indicateAndStay("A-ASSOCIATE accepted", 6),
  "AE-4": (layer) => {
    layer.indicate("A-ASSOCIATE rejected");
    layer.closeTransport();
    return 1;
  },
  "AE-5": (layer) => {
    layer.startArtim();
    return 2;
  },
  "AE-6": (layer, event) => {
    layer.stopArtim();
    const refusal = layer.refusal(event.request);
    if (refusal === undefined) {
      layer.indicate("A-ASSOCIATE indication");
      return 3;
    }
    layer.sendRejection(refusal);
    layer.startArtim();
    return 13;
  },
  "AE-7": sendAndStay(6),
  "AE-8": (layer, event) => {
    layer.send(event.send);
    layer.startArtim();
    return 13;
  },
  "DT-1": sendAndStay(6),
  "DT-2": indicateAndStay("P-DATA indication", 6),
  "AR-1": (layer) => {
    layer.sendReleaseRequest();
    return 7;
  },
  "AR-2": indicateAndStay("A-RELEASE indication", 8),
  "AR-3": (layer) => {
    layer.indicate("A-RELEASE confirmation");
    layer.closeTransport();
    return 1;
  },
  "AR-4": (layer) => {
    layer.sendReleaseReply();
    layer.startArtim();
    return 13;
  },
  "AR-5": (layer) => {
    layer.stopArtim();
    return 1;
  },
  "AR-6": indicateAndStay("P-DATA indication", 7),
  "AR-7": sendAndStay(8),
  "AR-8": (layer) => {
    layer.indicate("A-RELEASE indication");
    return layer.role === "requestor" ? 9 : 10;
  },
  "AR-9": (layer) => {
    layer.sendReleaseReply();
    return 11;
  },
  "AR-10": indicateAndStay("A-RELEASE confirmation", 12),
  "AA-1": (layer) => {
    layer.sendAbort("service-user", "not specified");
    layer.startArtim();
    return 13;
  },
  "AA-2": (layer) => {
    layer.stopArtim();
    layer.closeTransport();
    return 1;
  },
  "AA-3": (layer, event) => {
    layer.indicate(event.abort?.source === "service-user" ? "A-ABORT indication" : "A-P-ABORT indication");
    layer.closeTransport();
    return 1;
  },
  "AA-4": indicateAndStay("A-P-ABORT indication", 1),
  "AA-5": (layer) => {
    layer.stopArtim();
    return 1;
  },
  "AA-6": () => 13,
  "AA-7": (layer, event) => {
    layer.sendAbort("service-provider", event.abort?.reason ?? "unexpected PDU");
    return 13;
  },
  "AA-8": (layer, event) => {
    layer.sendAbort("service-provider", event.abort?.reason ?? "unexpected PDU");
    layer.indicate("A-P-ABORT indication");
    layer.startArtim();
    return 13;
  },
};
