// Why an association of ours did not come about, or ended before its time.
import { type AssociateReject } from "../associate.ts";
import { rejections } from "../abortReasons.ts";

/**
 * `unreachable` nobody answers at the address · `certificate` the peer's certificate is not the expected one ·
 * `rejected` the peer answers A-ASSOCIATE-RJ · `aborted` A-ABORT, or the connection broke · `timeout` it fell silent ·
 * `cancelled` we gave up.
 */
export type AssociationFailure =
  | "unreachable"
  | "certificate"
  | "rejected"
  | "aborted"
  | "timeout"
  | "cancelled";

/** An association that failed; the message says in plain words what the peer did. */
export class AssociationFailed extends Error {
  override readonly name = "AssociationFailed";
  readonly code: AssociationFailure;

  constructor(code: AssociationFailure, words: string) {
    super(words);
    this.code = code;
  }
}

/** An A-ASSOCIATE-RJ in words (PS3.8 Table 9-21). */
export function rejectionWords({ source, reason }: AssociateReject): string {
  const known = Object.entries(rejections).find(([, one]) => one.source === source && one.reason === reason);
  return `The peer rejected the association: ${known?.[0] ?? `source ${source}, reason ${reason}`}.`;
}
