// The PDUs that are read whole, as events of the state table, and the short ones as bytes (PS3.8 9.3).
import { type AbortReason, abortReasons, type AbortSource, abortSources } from "./abortReasons.ts";
import type { UpperLayerEvent } from "./actions.ts";
import { readAssociateAccept, readAssociateReject, readAssociateRequest } from "./associate.ts";
import type { DimseLimits } from "./limits.ts";
import { pduTypes } from "./pduReader.ts";

/** The event that a received PDU is; undefined when its body is not what the standard says. */
export function readPdu(type: number, body: Uint8Array, limits: DimseLimits): UpperLayerEvent | undefined {
  switch (type) {
    case pduTypes.associateRequest: {
      const request = readAssociateRequest(body, limits);
      return request && { name: "A-ASSOCIATE-RQ received", request };
    }
    case pduTypes.associateAccept: {
      const accept = readAssociateAccept(body, limits);
      return accept && { name: "A-ASSOCIATE-AC received", accept };
    }
    case pduTypes.associateReject:
      return { name: "A-ASSOCIATE-RJ received", reject: readAssociateReject(body) };
    case pduTypes.releaseRequest:
      return { name: "A-RELEASE-RQ received" };
    case pduTypes.releaseReply:
      return { name: "A-RELEASE-RP received" };
    case pduTypes.abort:
      return { name: "A-ABORT received", abort: readAbort(body) };
    default:
      return undefined;
  }
}

function readAbort(body: Uint8Array): { source: AbortSource; reason: AbortReason } {
  const source = body[2] === abortSources["service-user"] ? "service-user" : "service-provider";
  return { source, reason: reasonNames.get(body[3] ?? 0) ?? "not specified" };
}

const reasonNames = new Map<number, AbortReason>([
  [abortReasons["unrecognized PDU"], "unrecognized PDU"],
  [abortReasons["unexpected PDU"], "unexpected PDU"],
  [abortReasons["unrecognized PDU parameter"], "unrecognized PDU parameter"],
  [abortReasons["unexpected PDU parameter"], "unexpected PDU parameter"],
  [abortReasons["invalid PDU parameter value"], "invalid PDU parameter value"],
]);

/** A whole A-ABORT PDU (PS3.8 9.3.8). */
export function writeAbort(source: AbortSource, reason: AbortReason): Uint8Array {
  return Uint8Array.of(7, 0, 0, 0, 0, 4, 0, 0, abortSources[source], abortReasons[reason]);
}

/** A whole A-RELEASE-RQ PDU (PS3.8 9.3.6). */
export const releaseRequest: Uint8Array = Uint8Array.of(pduTypes.releaseRequest, 0, 0, 0, 0, 4, 0, 0, 0, 0);

/** A whole A-RELEASE-RP PDU (PS3.8 9.3.7). */
export const releaseReply: Uint8Array = Uint8Array.of(pduTypes.releaseReply, 0, 0, 0, 0, 4, 0, 0, 0, 0);
