// N-EVENT-REPORT of Storage Commitment (PS3.4 J.3.3): we call the peer and are the provider all the same, which the
// role selection says (PS3.7 D.3.3.4).
import { implicitVRLittleEndian } from "#core/dicom/mod.ts";
import { commandFields, withDataset } from "../commandSet.ts";
import { type Outcome, statuses } from "../status.ts";
import { AssociationFailed } from "../user/associationFailed.ts";
import { type Calling, Requestor } from "../user/requestor.ts";
import { type CommitmentReport, reportDataset } from "./report.ts";
import { storageCommitmentClass, storageCommitmentInstance } from "./request.ts";

const [allCommitted, someFailed] = [1, 2];

/** Tells a peer what is committed; its status. @throws AssociationFailed */
export async function reportCommitment(
  calling: Omit<Calling, "contexts" | "providerOf">,
  report: CommitmentReport,
): Promise<Outcome> {
  const requestor = await Requestor.open({
    ...calling,
    // every implementation takes the default transfer syntax (PS3.5 10.1)
    contexts: [{ id: 1, abstractSyntax: storageCommitmentClass, transferSyntaxes: [implicitVRLittleEndian] }],
    providerOf: [storageCommitmentClass],
  });
  const context = requestor.anyContextFor(storageCommitmentClass);
  if (!context) {
    await requestor.release();
    throw new AssociationFailed("rejected", "The peer does not take the answer to its storage commitment.");
  }
  const { Status, ErrorComment } = await requestor.request(context.id, {
    AffectedSOPClassUID: storageCommitmentClass,
    CommandField: commandFields.eventReportRequest,
    CommandDataSetType: withDataset,
    AffectedSOPInstanceUID: storageCommitmentInstance,
    EventTypeID: report.failed.length === 0 ? allCommitted : someFailed,
  }, once(reportDataset(report)));
  await requestor.release();
  return { status: Status ?? statuses.processingFailure, comment: ErrorComment };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
