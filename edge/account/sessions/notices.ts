// Mails about sign-ins that their owner should know of: from a device not seen before, and a session that was ended
// because a secret that had been used came back.
import { and, eq, gt, or, sql } from "drizzle-orm";
import { account, session } from "#db/schema/mod.ts";
import type { RequestFacts } from "../../guard/env.ts";
import { outgoing } from "../../mail/mod.ts";
import type { Outgoing } from "../../mail/mod.ts";
import type { EdgeParts } from "../../parts.ts";
import { addressedPerson } from "../person.ts";

const rememberedFor = 90 * 86_400_000;

/** The mail about a sign-in from a device that the account was not seen at in ninety days; none for its first. */
export async function newDeviceMail(
  parts: EdgeParts,
  accountId: string,
  request: RequestFacts,
): Promise<Outgoing | undefined> {
  const since = new Date(parts.now().getTime() - rememberedFor);
  const seenHere = or(
    request.userAgent === null ? undefined : eq(session.userAgent, request.userAgent),
    request.address === null ? undefined : eq(session.ip, request.address),
  );
  const [[person], [seen]] = await parts.db.readAsAccount(accountId, (q) => [
    q.select({ name: account.name, email: account.email }).from(account).where(eq(account.id, accountId)),
    q.select({
      any: sql<number>`count(*)::int`,
      here: sql<number>`count(*) filter (where ${seenHere ?? sql`false`})::int`,
    }).from(session).where(and(eq(session.accountId, accountId), gt(session.lastSeenAt, since))),
  ]);
  if (!person || !seen || seen.any === 0 || seen.here > 0) return undefined;
  const content = {
    kind: "new-device",
    name: person.name,
    at: parts.now().toISOString(),
    userAgent: request.userAgent,
    securityLink: `${parts.publicUrl}/security`,
  } as const;
  return await outgoing(parts, [{ to: person.email, content, owner: { account: accountId } }], request);
}

/** Tells a person that a copied secret of theirs came back and their session was ended for it. */
export async function tellReuse(parts: EdgeParts, accountId: string, request: RequestFacts): Promise<void> {
  const person = await addressedPerson(parts, accountId);
  if (!person) return;
  const content = {
    kind: "session-ended",
    name: person.name,
    at: parts.now().toISOString(),
    reason: "reused",
    securityLink: `${parts.publicUrl}/security`,
  } as const;
  const mails = await outgoing(
    parts,
    [{ to: person.email, content, owner: { account: accountId } }],
    request,
  );
  await parts.db.writeAsAccount(accountId, (tx) => mails.post(tx));
}
