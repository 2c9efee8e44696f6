// Who acts: a key or token in the Authorization header, else the product's token cookie, else the session cookie,
// whose use makes a new token. What the header says counts alone; cookies are then not looked at.
import type { Context } from "hono";
import { Product } from "#core/contract/sessions.ts";
import { operatorPermissions, personPermissions } from "#core/domain/permissions.ts";
import { cookieOf, giveCookie, takeCookie } from "../guard/cookies.ts";
import type { EdgeEnv, Program, SignedIn } from "../guard/env.ts";
import type { Identify } from "../guard/may.ts";
import type { EdgeParts } from "../parts.ts";
import { isApiKey, programOf } from "./apiKey.ts";
import { tellReuse } from "./sessions/notices.ts";
import { cookieSeconds, renewSession } from "./sessions/session.ts";
import type { Standing } from "./sessions/session.ts";
import { openSession, sealSession } from "./tokens/sessionCookie.ts";
import { openTokens, signToken, tokenLife } from "./tokens/token.ts";
import type { Claims, ReadToken, TokenRefusal } from "./tokens/token.ts";

/** The products that there are cookies of. */
const products = Product.options;

/** Opens the way to know who acts at this edge. */
export function openIdentify(parts: EdgeParts): Identify {
  const readers = new Map(products.map((product) => [product, openTokens(parts.tokenKeys, product)]));
  const refused = parts.metrics.counter(
    "vetware_tokens_refused_total",
    "Tokens not taken, by reason and product.",
  );
  return async (c, product) => {
    const read = readers.get(product);
    if (!read) throw new Error("a product without tokens");
    const count = (reason: TokenRefusal) => refused.add({ reason, product });
    const bearer = bearerOf(c);
    if (bearer !== undefined && isApiKey(bearer)) return await programOf(parts, bearer, product);
    if (bearer !== undefined) return await byToken(parts, read, bearer, count);
    const cookie = cookieOf(c, product);
    return (cookie === undefined ? undefined : await byToken(parts, read, cookie, count)) ??
      await bySession(parts, c, product);
  };
}

/** Gives the cookies of a session: a product's token, and the new secret where there is one. */
async function giveSession<E extends EdgeEnv>(
  parts: EdgeParts,
  c: Context<E>,
  standing: Standing,
  product: Product,
): Promise<SignedIn> {
  const now = parts.now();
  const claims = claimsOf(standing);
  giveCookie(c, product, await signToken(parts.tokenKeys, product, claims, now), tokenLife);
  if (standing.renewed) {
    const { secret, expiresAt } = standing.renewed;
    const { sessionId, accountId } = standing;
    const sealed = await sealSession(parts.tokenKeys, { sessionId, accountId, secret }, expiresAt);
    giveCookie(c, "session", sealed, cookieSeconds(expiresAt, now));
  }
  return signedInBy(claims);
}

/** Goes on as a session says from now on: tokens that say something else are taken back. */
export async function enterSession<E extends EdgeEnv>(
  parts: EdgeParts,
  c: Context<E>,
  standing: Standing,
): Promise<SignedIn> {
  takeTokens(c, "account");
  return await giveSession(parts, c, standing, "account");
}

function takeTokens<E extends EdgeEnv>(c: Context<E>, except?: Product): void {
  for (const product of products) {
    if (product !== except && cookieOf(c, product) !== undefined) takeCookie(c, product);
  }
}

/** Takes the cookies of a session back. */
export function takeSession<E extends EdgeEnv>(c: Context<E>): void {
  takeTokens(c);
  takeCookie(c, "session");
}

function bearerOf<E extends EdgeEnv>(c: Context<E>): string | undefined {
  const header = c.req.header("authorization");
  if (header === undefined) return undefined;
  return /^Bearer ([\x21-\x7e]+)$/.exec(header)?.[1] ?? "";
}

async function byToken(
  { revocations, now }: EdgeParts,
  readToken: ReadToken,
  token: string,
  count: (reason: TokenRefusal) => void,
): Promise<SignedIn | undefined> {
  const claims = await readToken(token, now());
  if (typeof claims !== "string" && !revocations.isRevoked(claims)) return signedInBy(claims);
  count(typeof claims === "string" ? claims : "revoked");
  return undefined;
}

async function bySession<E extends EdgeEnv>(
  parts: EdgeParts,
  c: Context<E>,
  product: Product,
): Promise<SignedIn | Program | undefined> {
  const cookie = cookieOf(c, "session");
  if (cookie === undefined) return undefined;
  const brought = await openSession(parts.tokenKeys, cookie, parts.now());
  const standing = brought ? await renewSession(parts, brought, c.var.request) : "over";
  if (typeof standing !== "string") return await giveSession(parts, c, standing, product);
  if (standing === "reused" && brought) await tellReuse(parts, brought.accountId, c.var.request);
  takeSession(c);
  return undefined;
}

function claimsOf(standing: Standing): Omit<Claims, "exp"> {
  const { accountId, sessionId, epoch, member, hasSecondFactor, provedAt, isOperator } = standing;
  return {
    sub: accountId,
    sid: sessionId,
    ep: epoch,
    prc: member?.practiceId ?? null,
    pep: member?.practiceEpoch ?? 0,
    role: member?.role ?? null,
    sf: hasSecondFactor,
    prv: Math.floor(provedAt.getTime() / 1000),
    op: isOperator,
  };
}

function signedInBy({ sub, sid, ep, prc, pep, role, sf, prv, op }: Omit<Claims, "exp">): SignedIn {
  return {
    kind: "account",
    id: sub,
    sessionId: sid,
    practiceId: prc,
    role,
    hasSecondFactor: sf,
    isOperator: op,
    provedAt: new Date(prv * 1000),
    token: { sid, sub, ep, prc, pep },
    // An operator without a second factor is nobody in particular.
    permissions: op && sf ? operatorPermissions : personPermissions(role, sf),
  };
}
