// Routes at /api/team and /api/invitations.
import { Hono } from "hono";
import { isRefused } from "#core/contract/problem.ts";
import { Me } from "#core/contract/sessions.ts";
import { MailedSecret } from "#core/contract/accounts.ts";
import {
  AcceptInvitation,
  ChangeRole,
  Invitation,
  InvitationOffer,
  Invite,
  Team,
} from "#core/contract/team.ts";
import { enterSession, me } from "../account/mod.ts";
import { sharedLimit } from "../guard/allowance.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body, ids } from "../guard/input.ts";
import type { Identify, May } from "../guard/may.ts";
import { proved } from "../guard/proof.ts";
import { answer, problemAnswer } from "../guard/refusal.ts";
import { does, open } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { acceptInvitation, lookAtInvitation } from "./accept.ts";
import { invite, inviteAgain, revokeInvitation } from "./invite.ts";
import { changeRole, readTeam, removeMember } from "./team.ts";

/** Routes at /api/team. */
export function team(parts: EdgeParts, may: May) {
  const recent = proved(parts.now);
  return new Hono<EdgeEnv>()
    .get(
      "/",
      may("team:read"),
      does("The people of the practice, and who is invited", { status: 200, schema: Team }),
      async (c) => answer(c, await readTeam(parts, c.var.actor.practiceId)),
    )
    .post(
      "/invitations",
      may("team:manage"),
      does("Invite someone by mail", { status: 201, schema: Invitation }),
      body(Invite),
      async (c) => answer(c, await invite(parts, c.var.actor, c.req.valid("json"), c.var.request), 201),
    )
    .post(
      "/invitations/:id/resend",
      may("team:manage"),
      does("Send an invitation again; the earlier link is void", { status: 200, schema: Invitation }),
      ids("id"),
      async (c) => answer(c, await inviteAgain(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    )
    .delete(
      "/invitations/:id",
      may("team:manage"),
      does("Revoke an invitation", { status: 200, schema: Invitation }),
      ids("id"),
      async (c) =>
        answer(c, await revokeInvitation(parts, c.var.actor, c.req.valid("param").id, c.var.request)),
    )
    .patch(
      "/members/:id",
      may("team:manage"),
      recent,
      does("Change a member's role", { status: 200, schema: Team }),
      ids("id"),
      body(ChangeRole),
      async (c) => {
        const change = { actor: c.var.actor, accountId: c.req.valid("param").id, request: c.var.request };
        return answer(c, await changeRole(parts, change, c.req.valid("json").role));
      },
    )
    .delete(
      "/members/:id",
      may("team:manage"),
      recent,
      does("Take a member out of the practice", { status: 200, schema: Team }),
      ids("id"),
      async (c) => {
        const change = { actor: c.var.actor, accountId: c.req.valid("param").id, request: c.var.request };
        return answer(c, await removeMember(parts, change));
      },
    );
}

/** Routes at /api/invitations, for who was invited. */
export function invitations(parts: EdgeParts, identify: Identify) {
  const limit = sharedLimit(parts, "invitation", parts.limits.signIn);
  return new Hono<EdgeEnv>()
    .post(
      "/look",
      open("the secret in the mail is the permission"),
      does("What one is invited to; takes nothing", { status: 200, schema: InvitationOffer }),
      limit,
      body(MailedSecret),
      async (c) => answer(c, await lookAtInvitation(parts, c.req.valid("json").token)),
    )
    .post(
      "/accept",
      open("the secret in the mail is the permission; an account that exists must be signed in"),
      does("Accept an invitation, and act for the practice", { status: 201, schema: Me }),
      limit,
      body(AcceptInvitation),
      async (c) => {
        const someone = await identify(c, "account");
        const self = someone?.kind === "account" ? someone : undefined;
        const accepting = { asked: c.req.valid("json"), self, request: c.var.request };
        const standing = await acceptInvitation(parts, accepting);
        if (isRefused(standing)) return problemAnswer(c, standing.refused);
        return answer(c, await me(parts, await enterSession(parts, c, standing)), 201);
      },
    );
}
