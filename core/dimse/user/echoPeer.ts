// C-ECHO as service user (PS3.4 Annex A): is there a DICOM peer, and does it take us?
import { explicitVRLittleEndian, implicitVRLittleEndian } from "#core/dicom/mod.ts";
import { commandFields, noDataset } from "../commandSet.ts";
import { verificationClass } from "../sopClasses.ts";
import { type Outcome, statuses } from "../status.ts";
import { AssociationFailed } from "./associationFailed.ts";
import { type Calling, Requestor } from "./requestor.ts";

/** Asks a peer to echo; its status. @throws AssociationFailed */
export async function echoPeer(calling: Omit<Calling, "contexts" | "providerOf">): Promise<Outcome> {
  const requestor = await Requestor.open({
    ...calling,
    contexts: [{
      id: 1,
      abstractSyntax: verificationClass,
      transferSyntaxes: [implicitVRLittleEndian, explicitVRLittleEndian],
    }],
  });
  const context = requestor.anyContextFor(verificationClass);
  if (!context) {
    await requestor.release();
    throw new AssociationFailed("rejected", "The peer does not take C-ECHO.");
  }
  const { Status } = await requestor.request(context.id, {
    AffectedSOPClassUID: verificationClass,
    CommandField: commandFields.echoRequest,
    CommandDataSetType: noDataset,
  });
  await requestor.release();
  return { status: Status ?? statuses.processingFailure };
}
