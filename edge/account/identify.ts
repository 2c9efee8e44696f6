// Who acts: a key or token in the Authorization header, else the product's token cookie, else the session cookie,
// whose use makes a new token. What the header says counts alone; cookies are then not looked at.
import type { Context } from "hono";
import type { Product } from "#core/contract/sessions.ts";
import { rolePermissions } from "#core/domain/permissions.ts";
import { cookieOf, giveCookie, takeCookie } from "../guard/cookies.ts";
import type { Actor, EdgeEnv, Person } from "../guard/env.ts";
import type { Identify } from "../guard/may.ts";
import type { EdgeParts } from "../parts.ts";
import { isApiKey, programOf } from "./apiKey.ts";
import { cookieSeconds, renewSession } from "./session.ts";
import type { Standing } from "./session.ts";
import { openSession, sealSession } from "./sessionCookie.ts";
import { openTokens, signToken, tokenLife } from "./token.ts";
import type { Claims, ReadToken } from "./token.ts";

const product: Product = "vetpacs";

/** Opens the way to know who acts at this edge. */
export function openIdentify(parts: EdgeParts): Identify {
  const readToken = openTokens(parts.tokenKeys, product);
  return async (c) => {
    const bearer = bearerOf(c);
    if (bearer !== undefined) return await byBearer(parts, readToken, bearer);
    return await byToken(parts, readToken, cookieOf(c, "vetpacs")) ?? await bySession(parts, c);
  };
}

/** Gives the cookies of a session: a token, and the new secret where there is one. */
export async function giveSession<E extends EdgeEnv>(
  parts: EdgeParts,
  c: Context<E>,
  standing: Standing,
): Promise<Person> {
  const now = parts.now();
  const { sessionId, accountId, practiceId, role, renewed } = standing;
  const claims = { sub: accountId, sid: sessionId, prc: practiceId, role };
  giveCookie(c, "vetpacs", await signToken(parts.tokenKeys, product, claims, now), tokenLife);
  if (renewed) {
    const { secret, expiresAt } = renewed;
    const sealed = await sealSession(parts.tokenKeys, { sessionId, accountId, secret }, expiresAt);
    giveCookie(c, "session", sealed, cookieSeconds(expiresAt, now));
  }
  return personOf(claims);
}

/** Takes the cookies of a session back. */
export function takeSession<E extends EdgeEnv>(c: Context<E>): void {
  takeCookie(c, "vetpacs");
  takeCookie(c, "session");
}

function bearerOf<E extends EdgeEnv>(c: Context<E>): string | undefined {
  const header = c.req.header("authorization");
  if (header === undefined) return undefined;
  return /^Bearer ([\x21-\x7e]+)$/.exec(header)?.[1] ?? "";
}

async function byBearer(parts: EdgeParts, readToken: ReadToken, bearer: string): Promise<Actor | undefined> {
  return isApiKey(bearer) ? await programOf(parts, bearer, product) : await byToken(parts, readToken, bearer);
}

async function byToken(
  { ended, now }: EdgeParts,
  readToken: ReadToken,
  token: string | undefined,
): Promise<Person | undefined> {
  if (!token) return undefined;
  const claims = await readToken(token, now());
  return claims && !ended.has(claims.sid) ? personOf(claims) : undefined;
}

async function bySession<E extends EdgeEnv>(parts: EdgeParts, c: Context<E>): Promise<Person | undefined> {
  const cookie = cookieOf(c, "session");
  if (cookie === undefined) return undefined;
  const brought = await openSession(parts.tokenKeys, cookie, parts.now());
  const standing = brought && await renewSession(parts, brought);
  if (standing) return await giveSession(parts, c, standing);
  takeSession(c);
  return undefined;
}

function personOf({ sub, sid, prc, role }: Omit<Claims, "exp">): Person {
  return {
    kind: "account",
    id: sub,
    practiceId: prc,
    sessionId: sid,
    role,
    permissions: rolePermissions[role],
  };
}
