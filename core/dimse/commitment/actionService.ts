// N-ACTION "Request Storage Commitment" as provider (PS3.4 J.3.2): takes the request and answers that it was taken;
// what is committed is told later by N-EVENT-REPORT.
import { faultFields, type Log } from "#core/contract/log.ts";
import { noDataset } from "../commandSet.ts";
import { Gather } from "../gather.ts";
import { answerAfterDataset, type Exchange, type Operation, type Service, type Who } from "../service.ts";
import { type Outcome, statuses } from "../status.ts";
import {
  type Commitment,
  readCommitment,
  storageCommitmentClass,
  storageCommitmentInstance,
} from "./request.ts";

/** A request for commitment, and whose it is. */
export type CommitmentRequest = Commitment & { readonly who: Who; readonly callingAeTitle: string };

/** Takes a request; resolves when it is durable that it will be answered, or with the status that refuses it. */
export type Commit = (request: CommitmentRequest) => Promise<Outcome>;

/** Bytes of a request: what 20,000 instances take, twice over. */
const requestBytes = 8 * 1024 * 1024;

const requestCommitment = 1;

/** The service for N-ACTION-RQ. */
export function commitmentService(commit: Commit, log: Log): Service {
  return (exchange) => {
    const refusal = refuse(exchange);
    if (refusal) return answerAfterDataset(exchange, refusal, requestBytes);
    return new CommitmentOperation(exchange, commit, log);
  };
}

function refuse({ command, context }: Exchange): Outcome | undefined {
  const { RequestedSOPClassUID, RequestedSOPInstanceUID, ActionTypeID, CommandDataSetType } = command;
  const isOurs = RequestedSOPClassUID === storageCommitmentClass &&
    context.abstractSyntax === storageCommitmentClass;
  if (!isOurs) return { status: statuses.noSuchSopClass };
  if (RequestedSOPInstanceUID !== storageCommitmentInstance) return { status: statuses.noSuchInstance };
  if (ActionTypeID !== requestCommitment) return { status: statuses.noSuchActionType };
  return CommandDataSetType === noDataset ? { status: statuses.missingAttribute } : undefined;
}

class CommitmentOperation implements Operation {
  readonly #exchange: Exchange;
  readonly #commit: Commit;
  readonly #log: Log;
  readonly #gathered = new Gather(requestBytes);
  #over = false;

  constructor(exchange: Exchange, commit: Commit, log: Log) {
    this.#exchange = exchange;
    this.#commit = commit;
    this.#log = log;
  }

  dataset(bytes: Uint8Array): void {
    if (!this.#gathered.add(bytes)) this.#exchange.abort("request for storage commitment too long");
  }

  datasetEnd(): void {
    void this.#answer();
  }

  abandoned(): void {
    this.#over = true;
  }

  async #answer(): Promise<void> {
    const outcome = await this.#taken();
    if (!this.#over) this.#exchange.respond(outcome);
  }

  async #taken(): Promise<Outcome> {
    const { who, callingAeTitle, context, association } = this.#exchange;
    const commitment = readCommitment(this.#gathered.take(), context.transferSyntax);
    if (!commitment) {
      return { status: statuses.invalidAttributeValue, comment: "no transaction, or no list of instances" };
    }
    try {
      return await this.#commit({ ...commitment, who, callingAeTitle });
    } catch (fault) {
      this.#log("commitment_failed", { association, ...faultFields(fault) }, "error");
      return { status: statuses.processingFailure, comment: "try again later" };
    }
  }
}
