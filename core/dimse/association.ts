// One association as acceptor: who may have it, which contexts it has, one operation at a time, and how it ends.
// Everything from the peer has passed the upper layer's bounds; who it is, is `authorize`'s word.
import { faultFields } from "#core/contract/log.ts";
import type { Rejection } from "./abortReasons.ts";
import type { Indication, UpperLayerEvent } from "./actions.ts";
import { type Place, plainAddress } from "./admission.ts";
import {
  type AssociateRequest,
  dicomApplicationContext,
  writeAssociateAccept,
  writeAssociateReject,
} from "./associate.ts";
import { commandFields, type CommandSet, noDataset, writeCommandSet } from "./commandSet.ts";
import type { AbortedBecause } from "./datasetStream.ts";
import { implementationClassUID, implementationVersionName } from "#core/dicom/mod.ts";
import { MessageReader, writeCommandPdus } from "./messages.ts";
import { negotiate, type OpenContext } from "./negotiate.ts";
import type { Fragment } from "./pduReader.ts";
import type { Provider } from "./provider.ts";
import { answerAfterDataset, type Exchange, type Operation, type Who } from "./service.ts";
import { type Outcome, statuses } from "./status.ts";
import { isUid } from "./uid.ts";
import { UpperLayer, type UpperLayerUser } from "./upperLayer.ts";
import type { Socket } from "node:net";

/** What is settled when the association stands. */
type Established = {
  readonly who: Who;
  readonly request: AssociateRequest;
  readonly contexts: ReadonlyMap<number, OpenContext>;
};

/** A connection that may become an association; with TLS the SHA-256 of the certificate its peer has shown. */
export type Connection = {
  readonly place: Place;
  readonly socket: Socket;
  readonly certificateFingerprint: string | undefined;
  readonly onGone: () => void;
};

export class Association implements UpperLayerUser {
  readonly id: string;
  readonly #provider: Provider;
  readonly #place: Place;
  readonly #layer: UpperLayer;
  readonly #address: string;
  readonly #certificateFingerprint: string | undefined;
  readonly #messages: MessageReader;
  readonly #clock: NodeJS.Timeout;
  readonly #began: number;
  readonly #onGone: () => void;
  #lastHeard: number;
  #established: Established | undefined;
  #operation: Operation | undefined;
  #paused = false;
  #releasing = false;
  #closing = false;
  #over = false;
  #fault: string | undefined;

  constructor(provider: Provider, { place, socket, certificateFingerprint, onGone }: Connection) {
    const { limits } = provider;
    this.id = provider.newId();
    this.#provider = provider;
    this.#place = place;
    this.#onGone = onGone;
    this.#certificateFingerprint = certificateFingerprint;
    this.#address = plainAddress(socket.remoteAddress ?? "");
    this.#began = this.#lastHeard = provider.now();
    this.#layer = new UpperLayer({ role: "acceptor", socket, limits, user: this });
    this.#messages = new MessageReader(this.#receiver(), limits.commandSetBytes);
    this.#clock = setInterval(() => this.#checkSilence(), Math.min(limits.idleMs, limits.stallMs) / 4);
  }

  start(): void {
    this.#layer.start();
  }

  heard(): void {
    this.#lastHeard = this.#provider.now();
  }

  /** Ends for the shutdown of the listener: at once when nothing runs, else after the running operation. */
  close(): void {
    this.#closing = true;
    if (!this.#operation) this.abort("shutting down");
  }

  /** A-ABORT as service user (PS3.8 7.3); before there is an association the socket is just closed. */
  abort(fault: string): void {
    this.#fault ??= fault;
    if (!this.#layer.occur({ name: "A-ABORT request" })) this.#layer.destroy();
    this.#end(fault === "shutting down" || fault === "stalled" ? fault : "protocol error");
  }

  indicate(indication: Indication, event: UpperLayerEvent): void {
    if (indication === "A-ASSOCIATE indication" && event.request) return void this.#consider(event.request);
    if (indication === "A-RELEASE indication") return this.#release();
    if (indication === "A-ABORT indication") return this.#end("aborted by peer");
    if (indication !== "A-P-ABORT indication") return;
    this.#fault ??= event.abort?.reason;
    this.#end(event.name === "transport closed" ? "transport closed" : "protocol error");
  }

  gone(): void {
    this.#end("transport closed");
    clearInterval(this.#clock);
    this.#place.leave();
    this.#onGone();
  }

  fragment(fragment: Fragment): void {
    // PS3.8 9.3.5.1 knows only contexts that were accepted
    if (!this.#established?.contexts.has(fragment.contextId)) {
      this.#fault ??= "unknown presentation context";
      return this.#layer.invalid("invalid PDU parameter value");
    }
    const fault = this.#messages.fragment(fragment);
    if (fault) this.abort(fault);
  }

  async #consider(request: AssociateRequest): Promise<void> {
    const who = await this.#whoIs(request);
    if (typeof who === "string") return this.#reject(who);
    const place = this.#layer.state === 3 ? this.#place.associate() : "gone";
    if (place === "gone") return;
    if (place === "address limit") return this.#reject("local limit exceeded");
    if (place === "total limit") return this.#reject("temporary congestion");
    this.#accept(request, who);
  }

  async #whoIs(request: AssociateRequest): Promise<Who | Rejection> {
    if (request.applicationContext !== dicomApplicationContext) return "application context not supported";
    // a peer that takes less than one byte of a message cannot be answered
    const { maximumLength } = request.userInformation;
    if (maximumLength !== 0 && maximumLength < 7) return "no reason given";
    const { calledAeTitle, callingAeTitle } = request;
    const peer = {
      address: this.#address,
      calledAeTitle,
      callingAeTitle,
      certificateFingerprint: this.#certificateFingerprint,
    };
    const answer = this.#provider.authorize(peer).catch((fault: unknown) => {
      this.#provider.log("authorize_failed", { association: this.id, ...faultFields(fault) }, "error");
      return { reject: "temporary congestion" as const };
    });
    const verdict = await within(this.#provider.limits.authorizeMs, answer);
    if (verdict === undefined) return "temporary congestion";
    return "reject" in verdict ? verdict.reject : verdict;
  }

  #accept(request: AssociateRequest, who: Who): void {
    const { answers, open } = negotiate(request.contexts, this.#provider.alsoTaken);
    const { calledAeTitle, callingAeTitle, applicationContext } = request;
    const userInformation = {
      maximumLength: this.#provider.limits.pduBytes,
      implementationClassUID,
      implementationVersionName,
      userIdentityResponse: request.userInformation.userIdentityResponse,
    };
    const accept = { calledAeTitle, callingAeTitle, applicationContext, contexts: answers, userInformation };
    this.#established = { who, request, contexts: open };
    this.#layer.occur({ name: "A-ASSOCIATE accept", send: writeAssociateAccept(accept) });
    this.#provider.counts.accepted++;
    const refused = answers.length - open.size;
    const fields = { association: this.id, ...who, contexts: open.size, refused };
    this.#provider.log("association_accepted", fields);
    if (this.#closing) this.close();
  }

  #reject(rejection: Rejection): void {
    this.#provider.counts.rejected++;
    this.#provider.log("association_rejected", { association: this.id, rejection });
    this.#layer.occur({ name: "A-ASSOCIATE reject", send: writeAssociateReject(rejection) });
  }

  #receiver() {
    return {
      command: (contextId: number, command: CommandSet) => this.#command(contextId, command),
      dataset: (bytes: Uint8Array) => this.#operation?.dataset(bytes),
      datasetEnd: () => this.#operation?.datasetEnd(),
    };
  }

  #command(contextId: number, command: CommandSet): void {
    const context = this.#established?.contexts.get(contextId);
    if (!context || !this.#established) return;
    // nothing that could be cancelled runs here; a late C-CANCEL is no fault (PS3.7 9.3.2.3)
    if (command.CommandField === commandFields.cancelRequest) return;
    if (command.MessageID === undefined || command.CommandField & commandFields.response) {
      return this.abort("response without a request");
    }
    if (this.#operation) return this.abort("second operation outstanding");
    const exchange = this.#exchange(this.#established, contextId, context, command);
    const service = this.#provider.services.get(command.CommandField);
    this.#operation = service?.(exchange) ??
      answerAfterDataset(exchange, unrecognized, this.#provider.limits.drainBytes);
    if (command.CommandDataSetType === noDataset) this.#operation.datasetEnd();
  }

  #exchange(
    established: Established,
    contextId: number,
    context: OpenContext,
    command: CommandSet,
  ): Exchange {
    const { who, request } = established;
    return {
      who,
      association: this.id,
      calledAeTitle: request.calledAeTitle,
      callingAeTitle: request.callingAeTitle,
      context,
      command,
      flow: {
        ...this.#provider.limits,
        shared: this.#provider.backlog,
        pause: () => this.#hold(true),
        resume: () => this.#hold(false),
      },
      respond: (outcome) => this.#respond(contextId, command, outcome),
      abort: (fault) => this.abort(fault),
    };
  }

  #hold(paused: boolean): void {
    if (paused) this.#provider.counts.pauses++;
    this.#paused = paused;
    this.heard();
    if (paused) this.#layer.pause();
    else this.#layer.resume();
  }

  #respond(contextId: number, command: CommandSet, outcome: Outcome): void {
    const send = writeCommandPdus(
      contextId,
      writeCommandSet(responseTo(command, outcome)),
      this.#established?.request.userInformation.maximumLength ?? 0,
    );
    this.#operation = undefined;
    this.heard();
    this.#layer.occur({ name: "P-DATA request", send });
    if (this.#releasing) this.#release();
    else if (this.#closing) this.close();
  }

  // A peer may ask for the release while we still work; the answer to its operation goes first (PS3.8 7.2.2).
  #release(): void {
    this.#releasing = true;
    if (this.#operation) return;
    this.#layer.occur({ name: "A-RELEASE response" });
    this.#end(undefined);
  }

  #checkSilence(): void {
    if (this.#over || !this.#established || this.#paused) return;
    const midway = !this.#messages.atRest || !this.#layer.atRest;
    if (this.#operation && !midway) return;
    const silence = this.#provider.now() - this.#lastHeard;
    if (silence > (midway ? this.#provider.limits.stallMs : this.#provider.limits.idleMs)) {
      this.abort("stalled");
    }
  }

  #end(because: AbortedBecause | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#operation?.abandoned(because ?? "transport closed");
    this.#place.dissociate();
    // a socket that never got an association leaves no line: anyone can open those by the thousand
    if (!this.#established) return;
    if (because) this.#provider.counts.aborted++;
    const ms = Math.round(this.#provider.now() - this.#began);
    const how = because ?? "released";
    this.#provider.log("association_ended", { association: this.id, how, fault: this.#fault, ms });
  }
}

const unrecognized: Outcome = { status: statuses.unrecognizedOperation };

function responseTo(command: CommandSet, outcome: Outcome): CommandSet {
  const echoed = (uid: string | undefined) => isUid(uid) ? uid : undefined;
  return {
    AffectedSOPClassUID: echoed(command.AffectedSOPClassUID ?? command.RequestedSOPClassUID),
    CommandField: command.CommandField | commandFields.response,
    MessageIDBeingRespondedTo: command.MessageID,
    CommandDataSetType: noDataset,
    Status: outcome.status,
    ErrorComment: outcome.comment?.slice(0, 64),
    AffectedSOPInstanceUID: echoed(command.AffectedSOPInstanceUID ?? command.RequestedSOPInstanceUID),
    ActionTypeID: command.ActionTypeID,
  };
}

async function within<Answer>(milliseconds: number, answer: Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) =>
    timer = setTimeout(() => resolve(undefined), milliseconds)
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
