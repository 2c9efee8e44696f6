// Who may: the middleware that stands first in every route line (PL-6).
import type { MiddlewareHandler } from "hono";
import type { Permission } from "#core/domain/permissions.ts";
import type { ActedEnv, Actor, EdgeEnv } from "./env.ts";
import { refusal } from "./refusal.ts";
import { noted } from "./route.ts";
import type { Context } from "hono";

/** Finds out who acts; may set renewed cookies on the answer. Undefined is nobody we know. */
export type Identify = <E extends EdgeEnv>(c: Context<E>) => Promise<Actor | undefined>;

/** Makes `may`: it asks who acts, refuses strangers (401) and those without the permission (403). */
export function guardBy(identify: Identify): (permission: Permission) => MiddlewareHandler<ActedEnv> {
  return (permission) =>
    noted({ permission }, async (c, next) => {
      const actor = await identify(c);
      if (!actor) return refusal(c, "unauthenticated", {}, { "www-authenticate": 'Bearer realm="vetpacs"' });
      if (!actor.permissions.includes(permission)) {
        return refusal(c, "forbidden", { detail: `This needs the permission ${permission}.` });
      }
      c.set("actor", actor);
      return await next();
    });
}

/** The guard of a route, as handed to each capability. */
export type May = ReturnType<typeof guardBy>;
