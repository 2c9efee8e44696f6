// What a Storage Commitment request asks for, and what is answered: transaction and SOP instances (PS3.4 J.3.2, J.3.3).
import { itemsOf, readPart10, textOf } from "#core/dicom/mod.ts";
import { isUid } from "../uid.ts";

/** Storage Commitment Push Model (PS3.4 J.3), and the one instance that it has. */
export const storageCommitmentClass = "1.2.840.10008.1.20.1";
export const storageCommitmentInstance = "1.2.840.10008.1.20.1.1";

/** One instance that a peer wants to be rid of once we say that we keep it. */
export type CommittedInstance = { readonly sopClassUID: string; readonly sopInstanceUID: string };

/** The instances of one transaction. */
export type Commitment = {
  readonly transactionUID: string;
  readonly instances: readonly CommittedInstance[];
};

/** Most instances of one request. */
export const mostCommitted = 20_000;

/** Elements of the requests and answers (PS3.4 tables J.3-1 and J.3-2). */
export const commitmentTags = {
  ReferencedSOPClassUID: 0x00081150,
  ReferencedSOPInstanceUID: 0x00081155,
  TransactionUID: 0x00081195,
  FailureReason: 0x00081197,
  FailedSOPSequence: 0x00081198,
  ReferencedSOPSequence: 0x00081199,
} as const;

/** Reads the dataset of an N-ACTION request; undefined when it is not one. */
export function readCommitment(bytes: Uint8Array, transferSyntaxUID: string): Commitment | undefined {
  const { dataset, fault } = readPart10(bytes, { transferSyntaxUID });
  const transactionUID = textOf(dataset, commitmentTags.TransactionUID, 128) ?? "";
  const items = itemsOf(dataset, commitmentTags.ReferencedSOPSequence);
  if (fault || !isUid(transactionUID) || items.length === 0 || items.length > mostCommitted) return undefined;
  const instances = items.map((item) => ({
    sopClassUID: textOf(item, commitmentTags.ReferencedSOPClassUID, 128) ?? "",
    sopInstanceUID: textOf(item, commitmentTags.ReferencedSOPInstanceUID, 128) ?? "",
  }));
  const areUids = instances.every((one) => isUid(one.sopClassUID) && isUid(one.sopInstanceUID));
  return areUids ? { transactionUID, instances } : undefined;
}
