// What the edge may ask of the core, said once: name, shapes, permission, deadline and whether it writes.
// Both halves import the same value; the registry of the core and the client of the edge are in core/rpc.
import { z } from "zod";
import { Id } from "./identifiers.ts";

/** A right that the caller's guard has checked, e.g. `share:create`. */
export type Permission = `${string}:${string}`;

const PermissionText = z.templateLiteral([
  z.string().regex(/^[a-z][a-z-]*$/),
  ":",
  z.string().regex(/^[a-z-]+$/),
]);

const scope = { practice: Id.optional(), permission: PermissionText };

/**
 * In whose name a call is made: exactly one of an account, an API key, a share session or the platform itself
 * (`system`), the practice it concerns, and the permission that was checked. It travels inside the signed part.
 */
export const Acting = z.union([
  z.strictObject({ account: Id, ...scope }),
  z.strictObject({ apiKey: Id, ...scope }),
  z.strictObject({ shareSession: Id, ...scope }),
  z.strictObject({ system: z.literal(true), ...scope }),
]);
export type Acting = z.infer<typeof Acting>;

/** The key under which a write may be sent again without happening twice. */
export const IdempotencyKey = z.string().regex(/^[A-Za-z0-9_.:-]{8,60}$/);

/** The signed body of a call. `asks` is parsed by the call's own schema. */
export const Envelope = z.strictObject({
  who: Acting,
  asks: z.unknown(),
  idempotencyKey: IdempotencyKey.optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/** A length of time as it is said in a definition: `"500ms"`, `"30s"`, `"2m"`. */
export type Duration = `${number}ms` | `${number}s` | `${number}m`;

/** What a definition says. `writes` asks for an idempotency key and a nonce that is unique in the database. */
export type CallTerms<Asks extends z.ZodType, Answers extends z.ZodType> = {
  readonly asks: Asks;
  readonly answers: Answers;
  readonly writes: boolean;
  readonly within: Duration;
  readonly permission: Permission;
};

/** One thing the core answers. `withinMs` is the deadline in milliseconds. */
export type Call<Asks extends z.ZodType = z.ZodType, Answers extends z.ZodType = z.ZodType> =
  & CallTerms<Asks, Answers>
  & { readonly name: string; readonly withinMs: number };

const made = new WeakSet<object>();

/**
 * Defines a call, e.g. `call("archive.prepareAgain", { asks, answers, writes: true, within: "30s", permission: "study:repair" })`.
 * @throws when the name is not `capability.verb` or the deadline is not between 1 ms and 10 minutes.
 */
export function call<Asks extends z.ZodType, Answers extends z.ZodType>(
  name: string,
  terms: CallTerms<Asks, Answers>,
): Call<Asks, Answers> {
  if (!/^[a-z][a-zA-Z]*\.[a-z][a-zA-Z]*$/.test(name)) {
    throw new Error(`call name ${name}: capability.verb wanted`);
  }
  const withinMs = milliseconds(terms.within);
  if (!(withinMs >= 1 && withinMs <= 600_000)) throw new Error(`call ${name}: within ${terms.within}`);
  const definition = Object.freeze({ ...terms, name, withinMs });
  made.add(definition);
  return definition;
}

/** Whether a value was made by `call`; the walk test finds definitions by it. */
export function isCall(value: unknown): value is Call {
  return typeof value === "object" && value !== null && made.has(value);
}

function milliseconds(within: Duration): number {
  const [, amount, unit] = /^(\d+)(ms|s|m)$/.exec(within) ?? [];
  return Number(amount) * (unit === "m" ? 60_000 : unit === "s" ? 1000 : 1);
}
