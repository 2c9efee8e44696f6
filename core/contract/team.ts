// The people of a practice: members, roles and invitations (PL-2).
import { z } from "zod";
import { Line, NewPassword } from "./accounts.ts";
import { Id, Secret } from "./identifiers.ts";
import { MailState } from "./mail.ts";
import { MailAddress, Role } from "./sessions.ts";

/** Days that an invitation is good for. */
export const invitationDays = 7;

export const Member = z.object({
  accountId: Id,
  name: z.string(),
  email: z.string(),
  role: Role,
  joinedAt: z.iso.datetime(),
  hasSecondFactor: z.boolean(),
  lastSeenAt: z.iso.datetime().nullable(),
});
export type Member = z.infer<typeof Member>;

export const InvitationState = z.enum(["open", "accepted", "expired", "revoked"]);
export const Invitation = z.object({
  id: Id,
  email: z.string(),
  role: Role,
  state: InvitationState,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** How the last mail of it fared. */
  mail: MailState.nullable(),
});
export type Invitation = z.infer<typeof Invitation>;

/** Members in the order in which they joined, and the invitations that are open or lapsed, newest first. */
export const Team = z.object({ members: z.array(Member), invitations: z.array(Invitation) });
export type Team = z.infer<typeof Team>;

export const Invite = z.object({ email: MailAddress, role: Role });
export type Invite = z.infer<typeof Invite>;
export const ChangeRole = z.object({ role: Role });

/** What the bearer of an invitation's secret is told before they accept. */
export const InvitationOffer = z.object({
  practice: z.string(),
  location: z.string(),
  invitedBy: z.string(),
  email: z.string(),
  role: Role,
  expiresAt: z.iso.datetime(),
  /** Whether the address has an account already; then one signs in to accept, else one gives name and password. */
  hasAccount: z.boolean(),
});
export type InvitationOffer = z.infer<typeof InvitationOffer>;

/** Accepts. Who has no account yet gives a name and a password; who has one must be signed in with its address. */
export const AcceptInvitation = z.object({
  token: Secret,
  newAccount: z.object({ name: Line(200), password: NewPassword }).optional(),
});
export type AcceptInvitation = z.infer<typeof AcceptInvitation>;
