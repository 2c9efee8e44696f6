// Who may: the middleware that stands first in every route line (PL-6).
import type { Context, MiddlewareHandler } from "hono";
import type { Product } from "#core/contract/sessions.ts";
import { needsSecondFactor, productOf } from "#core/domain/permissions.ts";
import type { Permission } from "#core/domain/permissions.ts";
import type { ActedEnv, EdgeEnv, Person, Program, SelfEnv, SignedIn } from "./env.ts";
import { refusal } from "./refusal.ts";
import { noted } from "./route.ts";
import type { UsageCounts } from "./usage.ts";

/** Finds out who acts with a product's token; may set renewed cookies. Undefined is nobody we know. */
export type Identify = <E extends EdgeEnv>(
  c: Context<E>,
  product: Product,
) => Promise<SignedIn | Program | undefined>;

/** The guards of routes: `may` for what is done for a practice, `self` for what concerns the asker alone. */
export type Guards = {
  /** Refuses strangers (401) and those without the permission (403); the handler finds `c.var.actor`. */
  readonly may: (permission: Permission) => MiddlewareHandler<ActedEnv>;
  /** As `may`, for people with or without a practice; the handler finds `c.var.self`. */
  readonly self: (permission: Permission) => MiddlewareHandler<SelfEnv>;
};

/** The guard of a practice's route, as handed to each capability. */
export type May = Guards["may"];
/** The guard of a person's own route. */
export type Self = Guards["self"];

/** Makes the guards. What was answered well is counted as a use of the feature that the permission names. */
export function guardsBy(identify: Identify, usage: UsageCounts): Guards {
  const known = async <E extends EdgeEnv>(c: Context<E>, permission: Permission) => {
    const product = productOf(permission);
    const someone = await identify(c, product);
    if (someone?.permissions.includes(permission)) return someone;
    if (someone) return refusal(c, "forbidden", { detail: lacking(someone, permission) });
    return refusal(c, "unauthenticated", {}, { "www-authenticate": `Bearer realm="${product}"` });
  };
  return {
    may: (permission) =>
      noted({ permission }, async (c, next) => {
        const someone = await known(c, permission);
        if (someone instanceof Response) return someone;
        const actor = someone.kind === "api_key" || isPerson(someone) ? someone : undefined;
        if (!actor) return refusal(c, "forbidden", { detail: lacking(someone, permission) });
        c.set("actor", actor);
        await next();
        if (c.res.ok) usage.count(actor.practiceId, permission);
      }),
    self: (permission) =>
      noted({ permission }, async (c, next) => {
        const someone = await known(c, permission);
        if (someone instanceof Response) return someone;
        if (someone.kind === "api_key") {
          return refusal(c, "forbidden", { detail: "This is for people, not for API keys." });
        }
        c.set("self", someone);
        return await next();
      }),
  };
}

function isPerson(someone: SignedIn): someone is Person {
  return someone.practiceId !== null && someone.role !== null;
}

function lacking(someone: SignedIn | Program, permission: Permission): string {
  if (
    someone.kind === "account" && someone.role && !someone.hasSecondFactor && needsSecondFactor(someone.role)
  ) {
    return `This needs the permission ${permission}, which your role has once you have set up a second factor.`;
  }
  return `This needs the permission ${permission}.`;
}
