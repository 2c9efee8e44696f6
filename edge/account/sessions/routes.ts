// The session: signing in, who is there, going on for another practice, proving again, signing out.
import { Hono } from "hono";
import type { Context } from "hono";
import { PasskeyOptions, PasskeySignIn } from "#core/contract/accounts.ts";
import { isRefused } from "#core/contract/problem.ts";
import { Me, ProveAgain, SignIn, SwitchPractice } from "#core/contract/sessions.ts";
import { sharedLimit } from "../../guard/allowance.ts";
import { cookieOf } from "../../guard/cookies.ts";
import type { EdgeEnv } from "../../guard/env.ts";
import { body } from "../../guard/input.ts";
import type { Identify, Self } from "../../guard/may.ts";
import { answer, problemAnswer, refusal } from "../../guard/refusal.ts";
import { does, open } from "../../guard/route.ts";
import type { EdgeParts } from "../../parts.ts";
import { enterSession, takeSession } from "../identify.ts";
import { accountOfPasskey, passkeysWork, signInOptions } from "../signIn/passkeys.ts";
import { admit, signIn } from "../signIn/signIn.ts";
import { openSession } from "../tokens/sessionCookie.ts";
import { me } from "./me.ts";
import { proveByPasskey, proveByPassword } from "./prove.ts";
import { endSession } from "./session.ts";
import type { Standing } from "./session.ts";
import { switchPractice } from "./switchPractice.ts";

/** Routes at /api/session. */
export function session(parts: EdgeParts, identify: Identify, self: Self) {
  const limit = () => sharedLimit(parts, "session", parts.limits.signIn);
  const begin = async <E extends EdgeEnv>(c: Context<E>, standing: Standing) =>
    answer(c, await me(parts, await enterSession(parts, c, standing)));
  return new Hono<EdgeEnv>()
    .post(
      "/",
      open("signing in is how one gets a session"),
      does("Sign in", { status: 200, schema: Me }),
      limit(),
      body(SignIn),
      async (c) => {
        const standing = await signIn(parts, c.req.valid("json"), c.var.request);
        return isRefused(standing) ? problemAnswer(c, standing.refused) : await begin(c, standing);
      },
    )
    .post(
      "/passkey-options",
      open("signing in is how one gets a session"),
      does("What the browser is asked to sign in with", { status: 200, schema: PasskeyOptions }),
      limit(),
      async (c) => answer(c, passkeysWork(parts) ?? { options: await signInOptions(parts) }),
    )
    .post(
      "/passkey",
      open("signing in is how one gets a session"),
      does("Sign in with a passkey", { status: 200, schema: Me }),
      limit(),
      body(PasskeySignIn),
      async (c) => {
        const found = await accountOfPasskey(parts, c.req.valid("json"));
        if (isRefused(found)) return problemAnswer(c, found.refused);
        return await begin(c, await admit(parts, found.accountId, { request: c.var.request }));
      },
    )
    .get(
      "/",
      open("everyone may ask who they are"),
      does("Who is signed in", { status: 200, schema: Me }),
      async (c) => {
        const someone = await identify(c, "account");
        return someone?.kind === "account"
          ? answer(c, await me(parts, someone))
          : refusal(c, "unauthenticated");
      },
    )
    .put(
      "/practice",
      self("account:manage"),
      does("Go on for another practice of the account", { status: 200, schema: Me }),
      body(SwitchPractice),
      async (c) => {
        const standing = await switchPractice(parts, c.var.self, c.req.valid("json").practiceId);
        if (isRefused(standing)) return problemAnswer(c, standing.refused);
        return await begin(c, standing);
      },
    )
    .post(
      "/proof",
      self("account:manage"),
      does("Prove again who sits there, by password", { status: 200, schema: Me }),
      limit(),
      body(ProveAgain),
      async (c) => {
        const standing = await proveByPassword(parts, c.var.self, c.req.valid("json"), c.var.request);
        return isRefused(standing) ? problemAnswer(c, standing.refused) : await begin(c, standing);
      },
    )
    .post(
      "/proof/passkey",
      self("account:manage"),
      does("Prove again who sits there, by passkey", { status: 200, schema: Me }),
      limit(),
      body(PasskeySignIn),
      async (c) => {
        const standing = await proveByPasskey(parts, c.var.self, c.req.valid("json"));
        return isRefused(standing) ? problemAnswer(c, standing.refused) : await begin(c, standing);
      },
    )
    .delete(
      "/",
      open("everyone may end their own session, even one that is over"),
      does("Sign out", { status: 204 }),
      async (c) => {
        await signOut(parts, identify, c);
        takeSession(c);
        // The browser keeps staff's pictures for good (studies/instance.ts); who sits there next must not find them.
        c.header("clear-site-data", '"cache"');
        return c.body(null, 204);
      },
    );
}

/** Ends what the request brings: the session of its token, or of its cookie without using that up. */
async function signOut(parts: EdgeParts, identify: Identify, c: Context<EdgeEnv>): Promise<void> {
  const cookie = cookieOf(c, "session");
  const brought = cookie === undefined ? undefined : await openSession(parts.tokenKeys, cookie, parts.now());
  if (brought) return void await endSession(parts, brought.accountId, brought.sessionId);
  const someone = await identify(c, "account") ?? await identify(c, "vetpacs");
  if (someone?.kind === "account") await endSession(parts, someone.id, someone.sessionId);
}
