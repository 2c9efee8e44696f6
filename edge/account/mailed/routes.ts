// What people do with links out of their mail, and what has such a mail sent.
import { Hono } from "hono";
import {
  AskReset,
  EmailChanged,
  MailedSecret,
  MailOnItsWay,
  SetPassword,
  SignUp,
} from "#core/contract/accounts.ts";
import { isRefused } from "#core/contract/problem.ts";
import { Me } from "#core/contract/sessions.ts";
import { sharedLimit } from "../../guard/allowance.ts";
import type { EdgeEnv } from "../../guard/env.ts";
import { body } from "../../guard/input.ts";
import { answer, problemAnswer } from "../../guard/refusal.ts";
import { does, open } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { enterSession } from "../identify.ts";
import { me } from "../sessions/me.ts";
import { confirmEmailChange } from "./emailChange.ts";
import { askReset, resetPassword } from "./reset.ts";
import { confirmSignUp, signUp } from "./signUp.ts";

const bySecret = "the secret in the mail is the permission";

/** Routes at /api/sign-ups, /api/password-resets and /api/email-changes. */
export function mailedRoutes(parts: EdgeParts) {
  const limit = sharedLimit(parts, "mailed", parts.limits.signIn);
  return new Hono<EdgeEnv>()
    .post(
      "/sign-ups",
      open("signing up is how one gets an account"),
      does("Sign up; a mail with a link follows", { status: 202, schema: MailOnItsWay }),
      limit,
      body(SignUp),
      async (c) => answer(c, await signUp(parts, c.req.valid("json"), c.var.request), 202),
    )
    .post(
      "/sign-ups/confirm",
      open(bySecret),
      does("Make the account of a sign-up, and sign in", { status: 201, schema: Me }),
      limit,
      body(MailedSecret),
      async (c) => {
        const standing = await confirmSignUp(parts, c.req.valid("json").token, c.var.request);
        if (isRefused(standing)) return problemAnswer(c, standing.refused);
        return answer(c, await me(parts, await enterSession(parts, c, standing)), 201);
      },
    )
    .post(
      "/password-resets",
      open("who has lost the password has no session"),
      does("Have a link for a new password mailed", { status: 202, schema: MailOnItsWay }),
      limit,
      body(AskReset),
      async (c) => answer(c, await askReset(parts, c.req.valid("json").email, c.var.request), 202),
    )
    .post(
      "/password-resets/confirm",
      open(bySecret),
      does("Set a new password; every session ends", { status: 204 }),
      limit,
      body(SetPassword),
      async (c) => {
        const refused = await resetPassword(parts, c.req.valid("json"), c.var.request);
        return refused ? problemAnswer(c, refused.refused) : c.body(null, 204);
      },
    )
    .post(
      "/email-changes/confirm",
      open(bySecret),
      does("Prove one of the two addresses of a change", { status: 200, schema: EmailChanged }),
      limit,
      body(MailedSecret),
      async (c) => answer(c, await confirmEmailChange(parts, c.req.valid("json").token, c.var.request)),
    );
}
