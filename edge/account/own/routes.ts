// The person's own account, at /api/account.
import { Hono } from "hono";
import type { Context } from "hono";
import {
  ChangeAccount,
  ChangeEmail,
  ChangePassword,
  ConfirmTotp,
  MailOnItsWay,
  NewPasskey,
  NewTotp,
  OwnAccount,
  PasskeyOptions,
  RecoveryCodes,
} from "#core/contract/accounts.ts";
import { isRefused } from "#core/contract/problem.ts";
import type { Refused } from "#core/contract/problem.ts";
import { SessionList } from "#core/contract/sessions.ts";
import type { EdgeEnv } from "../../guard/env.ts";
import { body, ids } from "../../guard/input.ts";
import type { Self } from "../../guard/may.ts";
import { proved } from "../../guard/proof.ts";
import { answer, problemAnswer } from "../../guard/refusal.ts";
import { does } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { takeSession } from "../identify.ts";
import { askEmailChange } from "../mailed/emailChange.ts";
import { endAllSessions, endOwnSession, listSessions } from "../sessions/own.ts";
import { passkeysWork, registrationOptions } from "../signIn/passkeys.ts";
import { leavePractice, ownAccount, rename } from "./account.ts";
import {
  addPasskey,
  beginTotp,
  confirmTotp,
  removePasskey,
  removeTotp,
  renewRecoveryCodes,
} from "./factors.ts";
import { changePassword } from "./password.ts";

/** Routes at /api/account. */
export function ownRoutes(parts: EdgeParts, self: Self) {
  const recent = proved(parts.now);
  const nothing = { status: 204 } as const;
  return new Hono<EdgeEnv>()
    .get(
      "/",
      self("account:read"),
      does("The own account", { status: 200, schema: OwnAccount }),
      async (c) => answer(c, await ownAccount(parts, c.var.self)),
    )
    .patch(
      "/",
      self("account:manage"),
      does("Correct the own name", { status: 200, schema: OwnAccount }),
      body(ChangeAccount),
      async (c) => answer(c, await rename(parts, c.var.self, c.req.valid("json").name)),
    )
    .post(
      "/password",
      self("account:manage"),
      does("Change the password; other sessions end", nothing),
      body(ChangePassword),
      async (c) => done(c, await changePassword(parts, c.var.self, c.req.valid("json"), c.var.request)),
    )
    .post(
      "/email",
      self("account:manage"),
      recent,
      does("Ask for another address; the old and the new one prove it", {
        status: 202,
        schema: MailOnItsWay,
      }),
      body(ChangeEmail),
      async (c) =>
        answer(c, await askEmailChange(parts, c.var.self, c.req.valid("json").email, c.var.request), 202),
    )
    .get(
      "/sessions",
      self("account:read"),
      does("The own sessions", { status: 200, schema: SessionList }),
      async (c) => answer(c, await listSessions(parts, c.var.self)),
    )
    .delete(
      "/sessions",
      self("account:manage"),
      does("End all own sessions, this one too", nothing),
      async (c) => {
        await endAllSessions(parts, c.var.self);
        takeSession(c);
        return c.body(null, 204);
      },
    )
    .delete(
      "/sessions/:id",
      self("account:manage"),
      does("End one of the own sessions", nothing),
      ids("id"),
      async (c) => done(c, await endOwnSession(parts, c.var.self, c.req.valid("param").id)),
    )
    .post(
      "/totp",
      self("account:manage"),
      recent,
      does("Make a secret for an authenticator", { status: 200, schema: NewTotp }),
      async (c) => answer(c, await beginTotp(parts, c.var.self, c.var.request)),
    )
    .post(
      "/totp/confirm",
      self("account:manage"),
      does("Make the authenticator count; gives recovery codes", { status: 200, schema: RecoveryCodes }),
      body(ConfirmTotp),
      async (c) => answer(c, await confirmTotp(parts, c.var.self, c.req.valid("json").code, c.var.request)),
    )
    .delete(
      "/totp",
      self("account:manage"),
      recent,
      does("Take the authenticator away", nothing),
      async (c) => done(c, await removeTotp(parts, c.var.self, c.var.request)),
    )
    .post(
      "/recovery-codes",
      self("account:manage"),
      recent,
      does("Ten new recovery codes; the old ones are void", { status: 200, schema: RecoveryCodes }),
      async (c) => answer(c, await renewRecoveryCodes(parts, c.var.self)),
    )
    .post(
      "/passkeys/options",
      self("account:manage"),
      recent,
      does("What the browser is asked to make a passkey", { status: 200, schema: PasskeyOptions }),
      async (c) => {
        const person = await ownAccount(parts, c.var.self);
        if (isRefused(person)) return problemAnswer(c, person.refused);
        return answer(c, passkeysWork(parts) ?? { options: await registrationOptions(parts, person) });
      },
    )
    .post(
      "/passkeys",
      self("account:manage"),
      recent,
      does("Keep a passkey that the browser made", { status: 201, schema: OwnAccount }),
      body(NewPasskey),
      async (c) => {
        const refused = await addPasskey(parts, c.var.self, c.req.valid("json"), c.var.request);
        return answer(c, refused ?? await ownAccount(parts, c.var.self), 201);
      },
    )
    .delete(
      "/passkeys/:id",
      self("account:manage"),
      recent,
      does("Take a passkey away", nothing),
      ids("id"),
      async (c) => done(c, await removePasskey(parts, c.var.self, c.req.valid("param").id, c.var.request)),
    )
    .delete(
      "/practices/:id",
      self("account:manage"),
      recent,
      does("Leave a practice", nothing),
      ids("id"),
      async (c) => done(c, await leavePractice(parts, c.var.self, c.req.valid("param").id, c.var.request)),
    );
}

/** 204, or the refusal. */
function done<E extends EdgeEnv>(c: Context<E>, refused: Refused | undefined): Response {
  return refused ? problemAnswer(c, refused.refused) : c.body(null, 204);
}
