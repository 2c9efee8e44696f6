// The dataset of a Storage Commitment result (PS3.4 table J.3-2), implicit VR little endian.
import type { Commitment, CommittedInstance } from "./request.ts";
import { commitmentTags } from "./request.ts";

/** Why an instance is not committed (PS3.3 C.14.1.1). */
export const failureReasons = {
  processingFailure: 0x0110,
  noSuchObjectInstance: 0x0112,
  classInstanceConflict: 0x0119,
} as const;

export type FailureReason = (typeof failureReasons)[keyof typeof failureReasons];

/** What is kept for good of a transaction, and what is not. */
export type CommitmentReport = Pick<Commitment, "transactionUID"> & {
  readonly held: readonly CommittedInstance[];
  readonly failed: readonly (CommittedInstance & { readonly reason: FailureReason })[];
};

/** The bytes of a result; a sequence without items is left out, as the table wants. */
export function reportDataset({ transactionUID, held, failed }: CommitmentReport): Uint8Array {
  const failedItems = failed.map(({ reason, ...one }) => [
    ...references(one),
    element(commitmentTags.FailureReason, Uint8Array.of(reason & 0xff, reason >> 8)),
  ]);
  return Buffer.concat([
    element(commitmentTags.TransactionUID, uid(transactionUID)),
    ...(failed.length > 0 ? [element(commitmentTags.FailedSOPSequence, items(failedItems))] : []),
    ...(held.length > 0 ? [element(commitmentTags.ReferencedSOPSequence, items(held.map(references)))] : []),
  ]);
}

function references({ sopClassUID, sopInstanceUID }: CommittedInstance): Uint8Array[] {
  return [
    element(commitmentTags.ReferencedSOPClassUID, uid(sopClassUID)),
    element(commitmentTags.ReferencedSOPInstanceUID, uid(sopInstanceUID)),
  ];
}

const item = 0xfffee000;

function items(all: readonly (readonly Uint8Array[])[]): Uint8Array {
  return Buffer.concat(all.map((elements) => element(item, Buffer.concat(elements))));
}

function element(tag: number, value: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

/** UIDs have even length, padded with NUL (PS3.5 9.4). */
function uid(text: string): Uint8Array {
  return Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, "latin1");
}
