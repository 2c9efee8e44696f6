// The only way of an invitation out to JSON.
import { MailState } from "#core/contract/mail.ts";
import type { Invitation, InvitationState } from "#core/contract/team.ts";
import type { invitation } from "#db/schema/mod.ts";
import type { z } from "zod";

/** An invitation as its row holds it. */
export type InvitationRow = typeof invitation.$inferSelect;

/** What an invitation has come to. */
export function invitationState(
  { acceptedAt, revokedAt, expiresAt }: Pick<InvitationRow, "acceptedAt" | "revokedAt" | "expiresAt">,
  now: Date,
): z.infer<typeof InvitationState> {
  if (acceptedAt) return "accepted";
  if (revokedAt) return "revoked";
  return expiresAt <= now ? "expired" : "open";
}

/** An invitation for the team's page; `mail` is the state of its newest mail. */
export function presentInvitation(row: InvitationRow, mail: string | null, now: Date): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    state: invitationState(row, now),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    mail: MailState.safeParse(mail).data ?? null,
  };
}
