// One association of ours as service user: proposes, sends one request at a time with its dataset, awaits the response.
// The peer is not trusted: what it sends passes the same bounded reader as on the listener, and every wait has an end.
import type { Socket } from "node:net";
import { implementationClassUID, implementationVersionName } from "#core/dicom/mod.ts";
import type { Indication, UpperLayerEvent } from "../actions.ts";
import { dicomApplicationContext, type ProposedContext, writeAssociateRequest } from "../associate.ts";
import { type CommandSet, writeCommandSet } from "../commandSet.ts";
import { defaultLimits, type DimseLimits } from "../limits.ts";
import { MessageReader, writeCommandPdus } from "../messages.ts";
import type { OpenContext } from "../negotiate.ts";
import type { Fragment } from "../pduReader.ts";
import { UpperLayer, type UpperLayerUser } from "../upperLayer.ts";
import { AssociationFailed, rejectionWords } from "./associationFailed.ts";
import { failureOf, openConnection, type PeerAddress } from "./connection.ts";
import { datasetPdus } from "./datasetPdus.ts";

/** Whom we call, as whom, and about what. `signal` gives up: A-ABORT. */
export type Calling = PeerAddress & {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly contexts: readonly ProposedContext[];
  /** SOP classes in which we are the SCP though we call (PS3.7 D.3.3.4). */
  readonly providerOf?: readonly string[];
  readonly limits?: Partial<DimseLimits>;
  readonly signal?: AbortSignal;
};

type Waiting<Result> = { resolve: (result: Result) => void; reject: (fault: unknown) => void };

export class Requestor implements UpperLayerUser {
  readonly #limits: DimseLimits;
  readonly #layer: UpperLayer;
  readonly #messages: MessageReader;
  readonly #proposed: readonly ProposedContext[];
  readonly #forget: () => void;
  #contexts: ReadonlyMap<number, OpenContext> = new Map();
  #peerMaximum = 0;
  #socket: Socket | undefined;
  #fault: unknown;
  #failure: AssociationFailed | undefined;
  #over = Promise.withResolvers<void>();
  #established = Promise.withResolvers<void>();
  #response: Waiting<CommandSet> | undefined;
  #messageId = 0;
  #heardAt = performance.now();

  private constructor(calling: Calling) {
    this.#limits = { ...defaultLimits, ...calling.limits };
    this.#proposed = calling.contexts;
    this.#messages = new MessageReader({
      command: (_, command) => this.#received(command),
      dataset: () => {},
      datasetEnd: () => {},
    }, this.#limits.commandSetBytes);
    this.#layer = new UpperLayer({
      role: "requestor",
      open: () => this.#open(calling),
      request: writeAssociateRequest(requestOf(calling, this.#limits)),
      limits: this.#limits,
      user: this,
    });
    const cancel = () => this.#fail(new AssociationFailed("cancelled", "The association was given up."));
    calling.signal?.addEventListener("abort", cancel, { once: true });
    this.#forget = () => calling.signal?.removeEventListener("abort", cancel);
    this.#established.promise.catch(() => {}); // whoever opens awaits it; a failure before that is no crash
  }

  /** Opens an association. @throws AssociationFailed */
  static async open(calling: Calling): Promise<Requestor> {
    if (calling.signal?.aborted) throw new AssociationFailed("cancelled", "The association was given up.");
    const requestor = new Requestor(calling);
    requestor.#layer.start();
    await requestor.#within(
      requestor.#limits.associateMs,
      requestor.#established.promise,
      "answer the proposal",
    );
    return requestor;
  }

  /** The id of a context that was accepted for this pair, or undefined. */
  contextFor(abstractSyntax: string, transferSyntax: string): number | undefined {
    for (const [id, context] of this.#contexts) {
      if (context.abstractSyntax === abstractSyntax && context.transferSyntax === transferSyntax) return id;
    }
    return undefined;
  }

  /** The context and the transfer syntax that were accepted for a SOP class, whichever it is. */
  anyContextFor(abstractSyntax: string): { id: number; transferSyntax: string } | undefined {
    for (const [id, context] of this.#contexts) {
      if (context.abstractSyntax === abstractSyntax) return { id, transferSyntax: context.transferSyntax };
    }
    return undefined;
  }

  /**
   * Sends a request, with a dataset where one is given, and awaits its response. The message id is set here.
   * @throws AssociationFailed; and what `dataset` throws, after A-ABORT.
   */
  async request(
    contextId: number,
    command: Omit<CommandSet, "MessageID">,
    dataset?: AsyncIterable<Uint8Array>,
  ): Promise<CommandSet> {
    if (this.#failure) throw this.#failure;
    if (this.#response) throw new Error("one operation at a time");
    this.#messageId = this.#messageId % 0xffff + 1;
    const { promise, resolve, reject } = Promise.withResolvers<CommandSet>();
    promise.catch(() => {}); // a failure while the dataset is sent is thrown by the sending
    this.#response = { resolve, reject };
    const bytes = writeCommandSet({ ...command, MessageID: this.#messageId });
    this.#send(writeCommandPdus(contextId, bytes, this.#peerMaximum));
    if (dataset) await this.#sendDataset(contextId, dataset);
    return await this.#within(this.#limits.responseMs, promise, "answer the request");
  }

  /** A-RELEASE; resolves when the connection is closed. */
  async release(): Promise<void> {
    if (this.#failure || !this.#layer.occur({ name: "A-RELEASE request" })) return;
    await this.#within(this.#limits.artimMs, this.#over.promise, "close the association");
  }

  /** A-ABORT. */
  abort(): void {
    this.#fail(new AssociationFailed("cancelled", "The association was given up."));
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  fragment(fragment: Fragment): void {
    const fault = this.#contexts.has(fragment.contextId)
      ? this.#messages.fragment(fragment)
      : "unknown context";
    if (fault) {
      this.#fail(new AssociationFailed("aborted", `The peer does not keep to the protocol: ${fault}.`));
    }
  }

  indicate(indication: Indication, event: UpperLayerEvent): void {
    if (indication === "A-ASSOCIATE accepted" && event.accept) return this.#accepted(event.accept);
    if (indication === "A-ASSOCIATE rejected" && event.reject) {
      return this.#end(new AssociationFailed("rejected", rejectionWords(event.reject)));
    }
    if (indication === "A-RELEASE confirmation") return this.#end(undefined);
    if (indication === "A-RELEASE indication") {
      // a peer that leaves while it owes us an answer will not give it
      this.#end(new AssociationFailed("aborted", "The peer released the association."));
      return void this.#layer.occur({ name: "A-RELEASE response" });
    }
    if (indication === "A-ABORT indication") {
      return this.#end(new AssociationFailed("aborted", "The peer aborted the association."));
    }
    if (indication !== "A-P-ABORT indication") return;
    if (event.name === "transport closed") return this.#end(this.#transportFailure());
    this.#end(
      new AssociationFailed("aborted", `The association broke: ${event.abort?.reason ?? "unknown"}.`),
    );
  }

  gone(): void {
    this.#end(this.#transportFailure());
    this.#forget();
    this.#over.resolve();
  }

  #open(calling: Calling): Socket {
    const socket = openConnection(calling);
    this.#socket = socket;
    socket.once("error", (fault) => this.#fault = fault);
    return socket;
  }

  #accepted({ contexts, userInformation }: NonNullable<UpperLayerEvent["accept"]>): void {
    const open = new Map<number, OpenContext>();
    for (const { id, result, transferSyntax } of contexts) {
      const proposed = this.#proposed.find((one) => one.id === id);
      if (result !== "accepted" || !proposed?.transferSyntaxes.includes(transferSyntax)) continue;
      open.set(id, { abstractSyntax: proposed.abstractSyntax, transferSyntax });
    }
    this.#contexts = open;
    this.#peerMaximum = userInformation.maximumLength;
    this.#established.resolve();
  }

  #received(command: CommandSet): void {
    const waiting = this.#response;
    if (!waiting || command.MessageIDBeingRespondedTo !== this.#messageId) {
      return this.#fail(new AssociationFailed("aborted", "The peer answered what was not asked."));
    }
    this.#response = undefined;
    waiting.resolve(command);
  }

  async #sendDataset(contextId: number, dataset: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const pdu of datasetPdus(contextId, dataset, this.#peerMaximum)) {
        if (this.#failure) break;
        this.#send(pdu);
        await this.#within(this.#limits.stallMs, this.#layer.drained(), "take what is sent");
      }
    } catch (fault) {
      this.abort();
      throw fault;
    }
    if (this.#failure) throw this.#failure;
  }

  #send(send: Uint8Array): void {
    this.#layer.occur({ name: "P-DATA request", send });
  }

  /** The result, unless the association fails first or the peer has been silent for so long. */
  async #within<Result>(milliseconds: number, result: Promise<Result>, doing: string): Promise<Result> {
    this.#heardAt = performance.now();
    const clock = setInterval(() => {
      if (performance.now() - this.#heardAt < milliseconds) return;
      this.#fail(new AssociationFailed("timeout", `The peer did not ${doing} in time.`));
    }, Math.max(10, milliseconds / 20));
    try {
      return await Promise.race([result, this.#failed()]);
    } finally {
      clearInterval(clock);
    }
  }

  async #failed(): Promise<never> {
    await this.#over.promise;
    throw this.#failure ?? new AssociationFailed("aborted", "The association is over.");
  }

  #fail(failure: AssociationFailed): void {
    this.#end(failure);
    if (!this.#layer.occur({ name: "A-ABORT request" })) this.#socket?.destroy();
    this.#over.resolve();
  }

  #end(failure: AssociationFailed | undefined): void {
    this.#failure ??= failure;
    this.#established.reject(this.#failure);
    const waiting = this.#response;
    this.#response = undefined;
    waiting?.reject(this.#failure);
  }

  #transportFailure(): AssociationFailed {
    if (this.#fault !== undefined) return failureOf(this.#fault);
    return new AssociationFailed("aborted", "The peer closed the connection.");
  }
}

function requestOf({ calledAeTitle, callingAeTitle, contexts, providerOf }: Calling, limits: DimseLimits) {
  return {
    protocolVersion: 1,
    calledAeTitle,
    callingAeTitle,
    applicationContext: dicomApplicationContext,
    contexts,
    userInformation: {
      maximumLength: limits.pduBytes,
      implementationClassUID,
      implementationVersionName,
      userIdentityResponse: false,
      roles: providerOf?.map((sopClassUID) => ({ sopClassUID, user: false, provider: true })),
    },
  };
}
