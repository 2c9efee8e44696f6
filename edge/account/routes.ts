// The session: signing in, who is there, signing out.
import { Hono } from "hono";
import type { Context } from "hono";
import { isRefused } from "#core/contract/problem.ts";
import { Me, SignIn } from "#core/contract/sessions.ts";
import { cookieOf } from "../guard/cookies.ts";
import type { EdgeEnv } from "../guard/env.ts";
import { body } from "../guard/input.ts";
import { limited } from "../guard/limit.ts";
import type { Identify } from "../guard/may.ts";
import { answer, problemAnswer, refusal } from "../guard/refusal.ts";
import { does, open } from "../guard/route.ts";
import type { EdgeParts } from "../parts.ts";
import { giveSession, takeSession } from "./identify.ts";
import { me } from "./me.ts";
import { endSession } from "./session.ts";
import { openSession } from "./sessionCookie.ts";
import { signIn } from "./signIn.ts";

/** Routes at /api/session. */
export function session(parts: EdgeParts, identify: Identify) {
  return new Hono<EdgeEnv>()
    .post(
      "/",
      open("signing in is how one gets a session"),
      does("Sign in", { status: 200, schema: Me }),
      limited(parts.limits.signIn, parts.now),
      body(SignIn),
      async (c) => {
        const standing = await signIn(parts, c.req.valid("json"), c.var.request);
        if (isRefused(standing)) return problemAnswer(c, standing.refused);
        return answer(c, await me(parts, await giveSession(parts, c, standing)));
      },
    )
    .get(
      "/",
      open("everyone may ask who they are"),
      does("Who is signed in", { status: 200, schema: Me }),
      async (c) => {
        const actor = await identify(c);
        return actor ? answer(c, await me(parts, actor)) : refusal(c, "unauthenticated");
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
  if (brought) return await endSession(parts, brought.accountId, brought.sessionId);
  const actor = await identify(c);
  if (actor?.kind === "account") await endSession(parts, actor.id, actor.sessionId);
}
