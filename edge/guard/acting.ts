import type { Acting, Permission } from "#core/contract/call.ts";
import type { Actor } from "./env.ts";

/** In whose name the core is asked: the actor, their practice, and the permission that was checked. */
export function actingAs(actor: Actor, permission: Permission): Acting {
  const scope = { practice: actor.practiceId, permission };
  return actor.kind === "account" ? { account: actor.id, ...scope } : { apiKey: actor.id, ...scope };
}
