// Cuts the byte stream of a peer into PDUs (PS3.8 9.3). P-DATA-TF bodies pass through as slices of what the socket
// handed over, piece by piece and never copied; the small PDUs are gathered. No declared length is allocated, none
// above the bound is even waited for.
import type { AbortReason } from "./abortReasons.ts";
import { Gather } from "./gather.ts";

/** PDU types of PS3.8 9.3.1. */
export const pduTypes = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseReply: 6,
  abort: 7,
} as const;

/** A piece of a presentation data value (PS3.8 9.3.5.1, Annex E.2). */
export type Fragment = {
  readonly contextId: number;
  readonly kind: "command" | "dataset";
  readonly bytes: Uint8Array;
  /** The piece ends its message part: the last fragment, wholly read. */
  readonly last: boolean;
};

/** Who is told. Each may call `stop()`; then nothing more of the current chunk is read. */
export interface PduSink {
  pdu(type: number, body: Uint8Array): void;
  /** A P-DATA-TF begins; its fragments follow. */
  data(): void;
  fragment(fragment: Fragment): void;
  fault(reason: AbortReason): void;
}

type Expecting = "PDU header" | "body" | "PDV header" | "PDV";

/** Reads one connection. */
export class PduReader {
  readonly #sink: PduSink;
  readonly #most: number;
  readonly #header = new Uint8Array(6);
  readonly #body: Gather;
  #expecting: Expecting = "PDU header";
  #headerLength = 0;
  #type = 0;
  #pduLeft = 0;
  #pdvLeft = 0;
  #contextId = 0;
  #control = 0;
  #stopped = false;

  constructor(sink: PduSink, most: number) {
    this.#sink = sink;
    this.#most = most;
    this.#body = new Gather(most);
  }

  /** True between two PDUs. */
  get atRest(): boolean {
    return this.#expecting === "PDU header" && this.#headerLength === 0;
  }

  /** Nothing that comes from now on is read. */
  stop(): void {
    this.#stopped = true;
  }

  /** Takes what the socket handed over; the sink keeps slices of it, so the caller must not reuse it. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) at += this.#step(chunk.subarray(at));
  }

  #step(rest: Uint8Array): number {
    if (this.#expecting === "PDU header" || this.#expecting === "PDV header") return this.#fillHeader(rest);
    if (this.#expecting === "body") return this.#fillBody(rest);
    return this.#passFragment(rest);
  }

  #fillHeader(rest: Uint8Array): number {
    const taken = Math.min(6 - this.#headerLength, rest.length);
    this.#header.set(rest.subarray(0, taken), this.#headerLength);
    this.#headerLength += taken;
    if (this.#headerLength < 6) return taken;
    this.#headerLength = 0;
    if (this.#expecting === "PDU header") this.#beginPdu();
    else this.#beginPdv();
    return taken;
  }

  #beginPdu(): void {
    this.#type = this.#header[0] ?? 0;
    this.#pduLeft = new DataView(this.#header.buffer).getUint32(2);
    const fault = this.#headerFault();
    if (fault) return this.#sink.fault(fault);
    if (this.#type === pduTypes.data) {
      this.#expecting = "PDV header";
      return this.#sink.data();
    }
    this.#expecting = "body";
  }

  #headerFault(): AbortReason | undefined {
    if (this.#type < pduTypes.associateRequest || this.#type > pduTypes.abort) return "unrecognized PDU";
    if (this.#pduLeft > this.#most) return "invalid PDU parameter value";
    if (this.#type === pduTypes.data) return this.#pduLeft < 6 ? "invalid PDU parameter value" : undefined;
    const proposal = this.#type === pduTypes.associateRequest || this.#type === pduTypes.associateAccept;
    if (proposal) return this.#pduLeft < 68 ? "invalid PDU parameter value" : undefined;
    return this.#pduLeft === 4 ? undefined : "invalid PDU parameter value";
  }

  #fillBody(rest: Uint8Array): number {
    const taken = Math.min(this.#pduLeft, rest.length);
    this.#body.add(rest.subarray(0, taken));
    this.#pduLeft -= taken;
    if (this.#pduLeft > 0) return taken;
    this.#expecting = "PDU header";
    this.#sink.pdu(this.#type, this.#body.take());
    return taken;
  }

  #beginPdv(): void {
    const length = new DataView(this.#header.buffer).getUint32(0);
    // the length counts context id and control header; the item must fit into its PDU (PS3.8 9.3.5.1)
    if (length < 2 || length > this.#pduLeft - 4) return this.#sink.fault("invalid PDU parameter value");
    this.#contextId = this.#header[4] ?? 0;
    this.#control = this.#header[5] ?? 0;
    this.#pduLeft -= 4 + length;
    if (this.#pduLeft > 0 && this.#pduLeft < 6) return this.#sink.fault("invalid PDU parameter value");
    this.#pdvLeft = length - 2;
    this.#expecting = "PDV";
    if (this.#pdvLeft === 0) this.#emit(new Uint8Array(0));
  }

  #passFragment(rest: Uint8Array): number {
    const taken = Math.min(this.#pdvLeft, rest.length);
    this.#pdvLeft -= taken;
    this.#emit(rest.subarray(0, taken));
    return taken;
  }

  #emit(bytes: Uint8Array): void {
    const ended = this.#pdvLeft === 0;
    if (ended) this.#expecting = this.#pduLeft > 0 ? "PDV header" : "PDU header";
    this.#sink.fragment({
      contextId: this.#contextId,
      kind: (this.#control & 1) === 1 ? "command" : "dataset",
      bytes,
      last: ended && (this.#control & 2) === 2,
    });
  }
}
