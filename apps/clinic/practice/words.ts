// Roles, products, mails and acts in the words of the practice.
import type { MailState } from "#core/contract/mail.ts";
import type { ActivityLine } from "#core/contract/practice.ts";
import { roleNames } from "#core/domain/roleWords.ts";
import type { z } from "zod";

/** Roles as a choice, the strongest first. */
export const roleOptions = Object.entries(roleNames).map(([value, label]) => ({ value, label }));

export const mailStateWords: Readonly<Record<MailState, string>> = {
  waiting: "mail on its way",
  sent: "mail sent",
  delivered: "mail arrived",
  bounced: "mail came back",
  complained: "reported as unwanted",
  suppressed: "not sent: this address refused mail before",
  failed: "mail could not be sent",
};

/** What a mail of the practice was about. */
export const mailKindWords: Readonly<Record<string, string>> = {
  "invitation": "an invitation",
  "share-to-client": "a study shared with a client",
  "share-to-clinic": "a study shared with a clinic",
  "first-opening": "a link was opened for the first time",
};

/** States that somebody should look at. */
export const badMailStates: readonly MailState[] = ["bounced", "complained", "suppressed", "failed"];

const acts: Readonly<Record<string, string>> = {
  "session.begun": "signed in",
  "study.received": "sent a study",
  "study.versioned": "sent other bytes under a known SOP Instance UID",
  "study.prepared": "had pictures made again",
  "study.sent": "sent a study to a DICOM peer",
  "study.deleted": "put a study into the bin",
  "study.purged": "removed a study for good",
  "transfer.cancelled": "cancelled a transfer",
  "study.restored": "took a study out of the bin",
  "practice.made": "set the practice up",
  "practice.changed": "changed the practice's profile",
  "invitation.made": "invited someone",
  "invitation.sent_again": "sent an invitation again",
  "invitation.revoked": "revoked an invitation",
  "invitation.accepted": "accepted an invitation",
  "member.role_changed": "changed a role",
  "member.removed": "took a member out",
  "member.left": "left the practice",
  "api_key.made": "made an API key",
  "api_key.revoked": "took an API key back",
  "peer.added": "registered a DICOM peer",
  "peer.removed": "took a DICOM peer out",
  "share.created": "shared a study",
  "share.opened": "opened a link",
  "share.refused": "was refused at a link",
  "share.revoked": "took a link back",
  "share.downloaded": "downloaded by a link",
  "operator.access_opened": "looked at the practice's state",
  "operator.looked": "looked again at the practice's state",
};

const nobodies: Readonly<Record<z.infer<typeof ActivityLine>["actorKind"], string>> = {
  account: "Somebody who has left",
  api_key: "An API key",
  share: "A visitor",
  dicom_peer: "A DICOM peer",
  system: "Vetware itself",
  operator: "An operator of Vetware",
};

/** Who acted. */
export function actorWords(
  { actor, actorKind }: Pick<z.infer<typeof ActivityLine>, "actor" | "actorKind">,
): string {
  return actor ?? nobodies[actorKind];
}

/** What they did. An act without words of its own is told by its name. */
export function actWords(
  { action, outcome }: Pick<z.infer<typeof ActivityLine>, "action" | "outcome">,
): string {
  const words = acts[action] ?? action.replace(/[._]/g, " ");
  return outcome === "done" ? words : `${words} (${outcome})`;
}
