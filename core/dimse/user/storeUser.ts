// C-STORE as service user (PS3.4 Annex B, PS3.7 9.1.1): an association on which instances are sent one after another.
import { commandFields, withDataset } from "../commandSet.ts";
import { type Outcome, statuses } from "../status.ts";
import type { PeerAddress } from "./connection.ts";
import { Requestor } from "./requestor.ts";

/** A SOP class in one transfer syntax. */
export type StoredAs = { readonly sopClassUID: string; readonly transferSyntaxUID: string };

export type StoreCalling = PeerAddress & {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  /** What is to be sent; each pair is proposed in a context of its own, at most 128 pairs. */
  readonly instances: readonly StoredAs[];
  readonly signal?: AbortSignal;
};

/** One instance; the bytes of its dataset in the transfer syntax, without file meta information. */
export type SentInstance = StoredAs & {
  readonly sopInstanceUID: string;
  readonly dataset: AsyncIterable<Uint8Array>;
};

export type StoreUser = {
  /** Whether the peer takes this class in this syntax. */
  accepts(kind: StoredAs): boolean;
  /**
   * Sends one instance; the peer's status. What it does not accept is refused without sending (0x0122).
   * @throws AssociationFailed, or what `dataset` throws; the association is over then.
   */
  send(instance: SentInstance): Promise<Outcome>;
  release(): Promise<void>;
  abort(): void;
};

/** The most contexts of one association (PS3.8 9.3.2.2: odd ids 1 to 255). */
export const mostContexts = 128;

/** Opens an association for storing. @throws AssociationFailed; RangeError for more than 128 pairs. */
export async function openStoreUser({ instances, ...calling }: StoreCalling): Promise<StoreUser> {
  const requestor = await Requestor.open({ ...calling, contexts: contextsOf(instances) });
  const contextOf = ({ sopClassUID, transferSyntaxUID }: StoredAs) =>
    requestor.contextFor(sopClassUID, transferSyntaxUID);
  return {
    accepts: (kind) => contextOf(kind) !== undefined,
    async send({ sopInstanceUID, dataset, ...kind }) {
      const context = contextOf(kind);
      if (context === undefined) return notAccepted;
      const { Status, ErrorComment } = await requestor.request(context, {
        AffectedSOPClassUID: kind.sopClassUID,
        CommandField: commandFields.storeRequest,
        Priority: 0,
        CommandDataSetType: withDataset,
        AffectedSOPInstanceUID: sopInstanceUID,
      }, dataset);
      return { status: Status ?? statuses.processingFailure, comment: ErrorComment };
    },
    release: () => requestor.release(),
    abort: () => requestor.abort(),
  };
}

const notAccepted: Outcome = {
  status: statuses.sopClassNotSupported,
  comment: "not accepted by the peer in this transfer syntax",
};

function contextsOf(instances: readonly StoredAs[]) {
  const kinds = [...new Set(instances.map((one) => `${one.sopClassUID} ${one.transferSyntaxUID}`))];
  if (kinds.length > mostContexts) {
    throw new RangeError("more kinds of instances than one association has contexts");
  }
  return kinds.map((kind, index) => {
    const [abstractSyntax = "", transferSyntax = ""] = kind.split(" ");
    return { id: 2 * index + 1, abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
}
