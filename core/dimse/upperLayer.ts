// One association's upper layer (PS3.8): a socket, the state, the ARTIM timer. Bytes and local primitives become
// events, the table names the action, the action's effects happen here. What is said over the association is the
// user's business. The peer is not trusted: nothing it sends is kept but what PduReader bounds.
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { AbortReason, AbortSource, Rejection } from "./abortReasons.ts";
import { actions, type Effects, type Indication, type UpperLayerEvent } from "./actions.ts";
import { type AssociateRequest, writeAssociateReject } from "./associate.ts";
import type { DimseLimits } from "./limits.ts";
import { type Fragment, PduReader, type PduSink } from "./pduReader.ts";
import { readPdu, releaseReply, releaseRequest, writeAbort } from "./pdus.ts";
import { actionOf, type State } from "./stateTable.ts";

/** Who uses the layer: an association of ours, as provider or as user. */
export interface UpperLayerUser {
  /** A primitive arrived; the event carries what came with it. Called after the state has changed. */
  indicate(indication: Indication, event: UpperLayerEvent): void;
  /** A piece of a message; called only while the association stands. */
  fragment(fragment: Fragment): void;
  /** Bytes arrived, whatever they are: for idle timers. */
  heard(): void;
  /** The socket is gone; nothing follows. */
  gone(): void;
}

/** An acceptor has its socket; a requestor says how to open one. */
export type UpperLayerOptions =
  & { readonly limits: DimseLimits; readonly user: UpperLayerUser }
  & ({ readonly role: "acceptor"; readonly socket: Socket } | {
    readonly role: "requestor";
    readonly open: () => Socket;
    readonly request: Uint8Array;
  });

export class UpperLayer {
  readonly #options: UpperLayerOptions;
  readonly #reader: PduReader;
  readonly #effects: Effects;
  #state: State = 1;
  #socket: Socket | undefined;
  #artim: NodeJS.Timeout | undefined;
  #hungUp = false;
  #discarded = 0;
  #linger: NodeJS.Timeout | undefined;
  #indications: { indication: Indication; event: UpperLayerEvent }[] = [];
  #event: UpperLayerEvent | undefined;

  constructor(options: UpperLayerOptions) {
    this.#options = options;
    this.#reader = new PduReader(this.#sink(), options.limits.pduBytes);
    this.#effects = this.#makeEffects();
  }

  get state(): State {
    return this.#state;
  }

  /** True when the peer is not in the middle of a PDU. */
  get atRest(): boolean {
    return this.#reader.atRest;
  }

  /** Begins: the acceptor awaits A-ASSOCIATE-RQ, the requestor connects and proposes. */
  start(): void {
    if (this.#options.role === "acceptor") {
      this.#attach(this.#options.socket);
      this.occur({ name: "transport connection indication" });
      return;
    }
    this.occur({ name: "A-ASSOCIATE request" });
  }

  /** Runs one event through the table; false when it cannot happen in this state, and then nothing changed. */
  occur(event: UpperLayerEvent): boolean {
    const action = actionOf(event.name, this.#state);
    if (action === undefined) return false;
    this.#event = event;
    this.#state = actions[action](this.#effects, event);
    this.#tell();
    return true;
  }

  /** Holds the peer back: no more is read from the socket until `resume()`. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Resolves when the peer has taken what was written, or is gone. */
  drained(): Promise<void> {
    const socket = this.#socket;
    if (!socket?.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        socket.off("drain", go).off("close", go);
        resolve();
      };
      socket.on("drain", go).on("close", go);
    });
  }

  /** Ends the transport at once, saying nothing. */
  destroy(): void {
    this.#reader.stop();
    this.#socket?.destroy();
  }

  // Indications wait until the state has changed: their receivers answer with primitives at once.
  #tell(): void {
    const waiting = this.#indications;
    this.#indications = [];
    for (const { indication, event } of waiting) this.#options.user.indicate(indication, event);
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => {
      this.#options.user.heard();
      if (this.#hungUp) this.#discard(chunk.length);
      else this.#reader.push(chunk);
    });
    // the cause of a broken transport is of no use to the table; "close" follows every error
    socket.on("error", () => this.#transportClosed());
    socket.on("end", () => this.#transportClosed());
    socket.on("close", () => {
      this.#transportClosed();
      clearTimeout(this.#linger);
      this.#options.user.gone();
    });
  }

  #transportClosed(): void {
    this.#reader.stop();
    this.occur({ name: "transport closed" });
  }

  #sink(): PduSink {
    return {
      pdu: (type, body) => this.#received(type, body),
      data: () => void this.occur({ name: "P-DATA-TF received" }),
      fragment: (fragment) => {
        if (this.#state === 6 || this.#state === 7) this.#options.user.fragment(fragment);
      },
      fault: (reason) => this.invalid(reason),
    };
  }

  /** A PDU was read that no conforming peer sends (event 19). */
  invalid(reason: AbortReason): void {
    this.occur({ name: "invalid PDU received", abort: { source: "service-provider", reason } });
  }

  #received(type: number, body: Uint8Array): void {
    const event = readPdu(type, body, this.#options.limits);
    if (event) this.occur(event);
    else this.invalid("invalid PDU parameter value");
  }

  #makeEffects(): Effects {
    return {
      role: this.#options.role,
      connect: () => this.#connect(),
      send: (bytes) => this.#write(bytes),
      sendAbort: (source, reason) => this.#hangUp(source, reason),
      sendRejection: (rejection) => this.#write(writeAssociateReject(rejection)),
      refusal: protocolRefusal,
      sendReleaseReply: () => this.#write(releaseReply),
      sendReleaseRequest: () => this.#write(releaseRequest),
      startArtim: () => this.#startArtim(),
      stopArtim: () => clearTimeout(this.#artim),
      closeTransport: () => this.#close(),
      indicate: (indication) => this.#queue(indication),
    };
  }

  #queue(indication: Indication): void {
    if (this.#event) this.#indications.push({ indication, event: this.#event });
  }

  #connect(): void {
    if (this.#options.role !== "requestor") return;
    const { open, request } = this.#options;
    const socket = open();
    this.#attach(socket);
    const ready = socket instanceof TLSSocket ? "secureConnect" : "connect";
    socket.once(ready, () => socket.destroyed || this.occur({ name: "transport connected", send: request }));
  }

  #write(bytes: Uint8Array | undefined): void {
    if (bytes && this.#socket?.writable) this.#socket.write(bytes);
  }

  // After A-ABORT nothing the peer says matters. We close our side at once, so that it learns of the end now, but keep
  // throwing away what it still sends: closing outright would make the kernel drop the A-ABORT unread.
  #hangUp(source: AbortSource, reason: AbortReason): void {
    this.#hungUp = true;
    this.#reader.stop();
    this.#write(writeAbort(source, reason));
    this.#socket?.end();
    this.#socket?.resume();
    this.#linger ??= setTimeout(() => this.#socket?.destroy(), this.#options.limits.lingerMs);
  }

  #discard(bytes: number): void {
    this.#discarded += bytes;
    if (this.#discarded > this.#options.limits.lingerBytes) this.#socket?.destroy();
  }

  #close(): void {
    this.#reader.stop();
    this.#socket?.destroySoon();
    this.#socket?.resume();
    this.#linger ??= setTimeout(() => this.#socket?.destroy(), this.#options.limits.lingerMs);
  }

  #startArtim(): void {
    clearTimeout(this.#artim);
    this.#artim = setTimeout(() => this.occur({ name: "ARTIM expired" }), this.#options.limits.artimMs);
  }
}

function protocolRefusal(request: AssociateRequest | undefined): Rejection | undefined {
  return ((request?.protocolVersion ?? 0) & 1) === 1 ? undefined : "protocol version not supported";
}
