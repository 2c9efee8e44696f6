// What the core is told with everything it is asked: in whose name, and on which journey.
import type { Acting, Permission } from "#core/contract/call.ts";
import type { Actor, RequestFacts } from "./env.ts";

/** In whose name the core is asked: the actor, their practice, and the permission that was checked. */
export function actingAs(actor: Actor, permission: Permission): Acting {
  const scope = { practice: actor.practiceId, permission };
  return actor.kind === "account" ? { account: actor.id, ...scope } : { apiKey: actor.id, ...scope };
}

/** The request on whose behalf the core is asked, so that the logs of both halves tell one journey (PL-20). */
export function journeyOf({ id, trace }: RequestFacts) {
  return { requestId: id, trace };
}

/** From where a request came, as the core's audit takes it. */
export function whenceOf({ address, userAgent }: RequestFacts) {
  return { ip: address, userAgent: userAgent?.slice(0, 400) ?? null };
}
