// What a request carries through the edge: who sent it, and, behind `may` or `self`, who acts.
import type { Role } from "#core/contract/sessions.ts";
import type { RequestId, Trace } from "#core/contract/trace.ts";
import type { Permission } from "#core/domain/permissions.ts";

/** The facts of one request. `address` is the client's after trusted proxies, null where the runtime knows none. */
export type RequestFacts = {
  readonly id: RequestId;
  readonly trace: Trace;
  readonly address: string | null;
  readonly userAgent: string | null;
};

/** Someone signed in, known by a token. Without a practice they act for none, and hold no role. */
export type SignedIn = {
  readonly kind: "account";
  readonly id: string;
  readonly sessionId: string;
  readonly practiceId: string | null;
  readonly role: Role | null;
  readonly hasSecondFactor: boolean;
  readonly isOperator: boolean;
  /** When they last proved who they are. */
  readonly provedAt: Date;
  readonly permissions: readonly Permission[];
  /** What of their token may be revoked: session, account and practice with their epochs. */
  readonly token: {
    readonly sid: string;
    readonly sub: string;
    readonly ep: number;
    readonly prc: string | null;
    readonly pep: number;
  };
};

/** Someone signed in who acts for a practice. */
export type Person = SignedIn & { readonly practiceId: string; readonly role: Role };

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

/** The environment of a handler behind `self`. */
export type SelfEnv = EdgeEnv & { Variables: { self: SignedIn } };
