// What a request carries through the edge: who sent it, and, behind `may`, who acts.
import type { RequestId, Trace } from "#core/contract/trace.ts";
import type { Permission } from "#core/domain/permissions.ts";
import type { Role } from "#core/contract/sessions.ts";

/** The facts of one request. `address` is the client's after trusted proxies, null where the runtime knows none. */
export type RequestFacts = {
  readonly id: RequestId;
  readonly trace: Trace;
  readonly address: string | null;
  readonly userAgent: string | null;
};

/** A person of a practice, known by a session token. */
export type Person = {
  readonly kind: "account";
  readonly id: string;
  readonly practiceId: string;
  readonly sessionId: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
};

/** A program of a practice, known by an API key. */
export type Program = {
  readonly kind: "api_key";
  readonly id: string;
  readonly practiceId: string;
  readonly permissions: readonly Permission[];
};

/** Who acts for a practice. */
export type Actor = Person | Program;

/** `address` is the socket's, given by whatever listens. */
export type EdgeEnv = {
  Bindings: { address?: string };
  Variables: { request: RequestFacts };
};

/** The environment of a handler behind `may`. */
export type ActedEnv = EdgeEnv & { Variables: { actor: Actor } };
