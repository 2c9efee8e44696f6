// DIMSE messages out of fragments and back (PS3.7 6.3, PS3.8 Annex E and F): a command set, then perhaps a dataset,
// both cut into presentation data values on one presentation context, never interleaved with another message.
import { type CommandSet, noDataset, readCommandSet } from "./commandSet.ts";
import { Gather } from "./gather.ts";
import { join } from "./items.ts";
import { type Fragment, pduTypes } from "./pduReader.ts";

/** Who takes a message apart. */
export interface MessageReceiver {
  /** A command set is whole. A dataset follows when it says so. */
  command(contextId: number, command: CommandSet): void;
  dataset(bytes: Uint8Array): void;
  datasetEnd(): void;
}

/** What is wrong with a fragment. */
export type MessageFault =
  | "unexpected fragment"
  | "context changed"
  | "command too long"
  | "not a command set";

/** Puts the messages of one association together. */
export class MessageReader {
  readonly #receiver: MessageReceiver;
  readonly #command: Gather;
  #expecting: "command" | "dataset" = "command";
  #contextId: number | undefined;

  constructor(receiver: MessageReceiver, commandSetBytes: number) {
    this.#receiver = receiver;
    this.#command = new Gather(commandSetBytes);
  }

  /** True between two messages. */
  get atRest(): boolean {
    return this.#contextId === undefined;
  }

  /** Takes the next piece; a fault means that the peer does not speak DIMSE and the association cannot go on. */
  fragment(fragment: Fragment): MessageFault | undefined {
    if (fragment.kind !== this.#expecting) return "unexpected fragment";
    this.#contextId ??= fragment.contextId;
    if (fragment.contextId !== this.#contextId) return "context changed";
    return fragment.kind === "command" ? this.#takeCommand(fragment) : this.#takeDataset(fragment);
  }

  #takeCommand(fragment: Fragment): MessageFault | undefined {
    if (!this.#command.add(fragment.bytes)) return "command too long";
    if (!fragment.last) return undefined;
    const command = readCommandSet(this.#command.take());
    if (!command) return "not a command set";
    const { contextId } = fragment;
    if (command.CommandDataSetType === noDataset) this.#contextId = undefined;
    else this.#expecting = "dataset";
    this.#receiver.command(contextId, command);
    return undefined;
  }

  #takeDataset(fragment: Fragment): undefined {
    if (fragment.bytes.length > 0) this.#receiver.dataset(fragment.bytes);
    if (!fragment.last) return;
    this.#expecting = "command";
    this.#contextId = undefined;
    this.#receiver.datasetEnd();
  }
}

/**
 * Command bytes as P-DATA-TF PDUs, one after the other in one array, each at most `maximumLength` bytes behind its header
 * (the peer's Maximum Length Received; 0 means no limit, PS3.8 D.1.1).
 */
export function writeCommandPdus(contextId: number, command: Uint8Array, maximumLength: number): Uint8Array {
  const room = maximumLength === 0 ? command.length : Math.max(1, maximumLength - 6);
  const pdus: Uint8Array[] = [];
  for (let at = 0; at < command.length; at += room) {
    const piece = command.subarray(at, at + room);
    const last = at + room >= command.length;
    pdus.push(dataHeader(contextId, piece.length, last ? 3 : 1), piece);
  }
  return join(pdus);
}

/** One P-DATA-TF with one fragment of a dataset (PS3.8 Annex E.2). */
export function dataPdu(
  contextId: number,
  bytes: Uint8Array,
  { last }: { readonly last: boolean },
): Uint8Array {
  return join([dataHeader(contextId, bytes.length, last ? 2 : 0), bytes]);
}

function dataHeader(contextId: number, length: number, control: number): Uint8Array {
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  header[0] = pduTypes.data;
  view.setUint32(2, length + 6);
  view.setUint32(6, length + 2);
  header[10] = contextId;
  header[11] = control;
  return header;
}
