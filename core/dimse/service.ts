// What an association asks of the services behind it: one operation at a time, each taking the dataset that comes with
// its command and answering once (PS3.7 7.5; the asynchronous window is not negotiated, so one is outstanding).
import type { CommandSet } from "./commandSet.ts";
import type { AbortedBecause, Flow } from "./datasetStream.ts";
import type { OpenContext } from "./negotiate.ts";
import type { Outcome } from "./status.ts";

/** Whose association it is, as `authorize` said: ids. */
export type Who = { readonly practice: string; readonly peer: string };

/** One request message and how to answer it. */
export type Exchange = {
  readonly who: Who;
  /** Id of the association. */
  readonly association: string;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly context: OpenContext;
  readonly command: CommandSet;
  readonly flow: Flow;
  /** Answers and ends the operation. */
  readonly respond: (outcome: Outcome) => void;
  /** Ends the association: the peer does what no answer can mend. */
  readonly abort: (fault: string) => void;
};

/** An operation that is running. */
export interface Operation {
  dataset(bytes: Uint8Array): void;
  /** The dataset is whole; also called, with nothing before it, when the command said there is none. */
  datasetEnd(): void;
  /** The association ended; no answer can be given any more. */
  abandoned(because: AbortedBecause): void;
}

/** Begins the operation that a command asks for. */
export type Service = (exchange: Exchange) => Operation;

/** Reads and forgets a dataset, up to a bound, and answers at its end. */
export function answerAfterDataset(exchange: Exchange, outcome: Outcome, most: number): Operation {
  let bytes = 0;
  return {
    dataset: (slice) => {
      bytes += slice.length;
      if (bytes > most) exchange.abort("dataset of a refused operation too long");
    },
    datasetEnd: () => exchange.respond(outcome),
    abandoned: () => {},
  };
}
