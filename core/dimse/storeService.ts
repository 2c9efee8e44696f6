// C-STORE as provider (PS3.7 9.1.1, PS3.4 Annex B): hands the dataset on as it comes and answers when the consumer says
// what became of it. The consumer decides what durable means; nothing is answered before.
import { faultFields, type Log } from "#core/contract/log.ts";
import { noDataset } from "./commandSet.ts";
import { DatasetAborted, DatasetStream } from "./datasetStream.ts";
import type { DimseLimits } from "./limits.ts";
import { answerAfterDataset, type Exchange, type Operation, type Service, type Who } from "./service.ts";
import { isStorageClass } from "./sopClasses.ts";
import { type Outcome, statuses } from "./status.ts";
import { isUid } from "./uid.ts";

/** One C-STORE-RQ. */
export type StoreRequest = {
  readonly who: Who;
  /** Id of the association it came over. */
  readonly association: string;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly sopClassUID: string;
  /** A valid UID; it is what the command says, the dataset may differ. */
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  /**
   * The bytes of the dataset in its transfer syntax, without file meta information, in batches of slices that share
   * memory with what the socket handed over: use them before asking for the next batch, or copy. To be iterated once.
   * Throws DatasetAborted when the dataset does not arrive whole. While it is not taken the peer is held back.
   */
  readonly dataset: AsyncIterable<Uint8Array[]>;
};

/** Keeps a dataset; resolves when it is durable, or with the status that refuses it. */
export type Store = (request: StoreRequest) => Promise<Outcome>;

/** What is counted of the stores of a listener; `broken` are those whose dataset did not arrive whole. */
export type StoreCounts = { stored: number; refused: number; broken: number; bytes: number };

type Behind = {
  readonly store: Store;
  readonly limits: DimseLimits;
  readonly log: Log;
  readonly counts: StoreCounts;
};

/** The service for C-STORE-RQ. */
export function storeService(behind: Behind): Service {
  return (exchange) => {
    const refusal = refuse(exchange);
    const most = behind.limits.datasetBytes + behind.limits.drainBytes;
    if (!refusal) return new StoreOperation(exchange, behind);
    behind.counts.refused++;
    return answerAfterDataset(exchange, refusal, most);
  };
}

function refuse({ command }: Exchange): Outcome | undefined {
  if (!isStorageClass(command.AffectedSOPClassUID ?? "")) {
    return { status: statuses.sopClassNotSupported, comment: "not a storage SOP class" };
  }
  if (!isUid(command.AffectedSOPInstanceUID)) {
    return { status: statuses.invalidObjectInstance, comment: "SOP Instance UID is not a UID" };
  }
  if (command.CommandDataSetType === noDataset) {
    return { status: statuses.cannotUnderstand, comment: "C-STORE without a dataset" };
  }
  return undefined;
}

class StoreOperation implements Operation {
  readonly #exchange: Exchange;
  readonly #behind: Behind;
  readonly #stream: DatasetStream;
  #bytes = 0;
  #ended = false;
  #over = false;
  #outcome: Outcome | undefined;

  constructor(exchange: Exchange, behind: Behind) {
    this.#exchange = exchange;
    this.#behind = behind;
    this.#stream = new DatasetStream(exchange.flow);
    void this.#store();
  }

  dataset(slice: Uint8Array): void {
    this.#bytes += slice.length;
    this.#behind.counts.bytes += slice.length;
    const { datasetBytes, drainBytes } = this.#behind.limits;
    if (this.#bytes > datasetBytes + drainBytes) return this.#exchange.abort("dataset too long");
    if (this.#bytes > datasetBytes) this.#stream.abort("too long");
    else this.#stream.push(slice);
  }

  datasetEnd(): void {
    this.#ended = true;
    this.#stream.end();
    this.#answer();
  }

  abandoned(because: DatasetAborted["because"]): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#ended) this.#behind.counts.broken++;
    this.#stream.abort(because);
  }

  async #store(): Promise<void> {
    const outcome = await this.#ask();
    this.#outcome = this.#checked(outcome);
    this.#stream.abandon();
    this.#answer();
  }

  async #ask(): Promise<Outcome> {
    const { command, context, who, association, calledAeTitle, callingAeTitle } = this.#exchange;
    try {
      return await this.#behind.store({
        who,
        association,
        calledAeTitle,
        callingAeTitle,
        sopClassUID: command.AffectedSOPClassUID ?? "",
        sopInstanceUID: command.AffectedSOPInstanceUID ?? "",
        transferSyntaxUID: context.transferSyntax,
        dataset: this.#stream,
      });
    } catch (fault) {
      return this.#failed(fault);
    }
  }

  #failed(fault: unknown): Outcome {
    if (fault instanceof DatasetAborted) {
      return { status: statuses.outOfResources, comment: `dataset ${fault.because}` };
    }
    this.#behind.log(
      "store_failed",
      { association: this.#exchange.association, ...faultFields(fault) },
      "error",
    );
    return { status: statuses.outOfResources, comment: "could not be stored, try again later" };
  }

  // A store that says it kept what it has not read is mistaken; the sender must not delete its copy on that word.
  #checked(outcome: Outcome): Outcome {
    if (outcome.status !== statuses.success || this.#stream.takenWhole || this.#over) return outcome;
    this.#behind.log("store_left_bytes", { association: this.#exchange.association }, "error");
    return { status: statuses.processingFailure, comment: "dataset was not read to its end" };
  }

  #answer(): void {
    if (!this.#ended || !this.#outcome || this.#over) return;
    this.#over = true;
    if (this.#outcome.status === statuses.success) this.#behind.counts.stored++;
    else this.#behind.counts.refused++;
    this.#exchange.respond(this.#outcome);
  }
}
