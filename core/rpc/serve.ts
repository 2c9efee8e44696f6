// The core's side of a definition: a handler bound to its call, with the shapes checked on both ends.
import type { Acting, Call } from "#core/contract/call.ts";
import { invalid, isRefused } from "#core/contract/problem.ts";
import type { Problem, Refused } from "#core/contract/problem.ts";
import type { Trace } from "#core/contract/trace.ts";
import type { z } from "zod";

/** What a handler may know beside asks and actor. `signal` ends with the caller's patience or the deadline. */
export type CallContext = {
  readonly requestId: string;
  readonly trace: Trace;
  readonly signal: AbortSignal;
  readonly idempotencyKey?: string | undefined;
};

/** Answers a call, or refuses as a value: `return refuse("not-found")`. What it throws becomes a 500. */
export type Handler<Asks extends z.ZodType, Answers extends z.ZodType> = (
  asks: z.output<Asks>,
  who: Acting,
  context: CallContext,
) => Promise<z.input<Answers> | Refused> | z.input<Answers> | Refused;

/** How a handled call ended: an answer that fits its shape, a refusal, or a fault of our own. */
export type Outcome =
  | { readonly answer: unknown }
  | { readonly refused: Problem }
  | { readonly fault: unknown };

/** Asks that fit, ready to be handled; `text` is what is hashed of them under a write's key. */
export type Prepared = {
  text(): string;
  handle(who: Acting, context: CallContext): Promise<Outcome>;
};

/** A call and the work behind it; made by `serve`, looked up by name. */
export type Served = {
  readonly call: Call;
  prepare(asks: unknown): Prepared | Refused;
};

/** Binds a handler to its call: `serve(screenStudy, (asks, who) => screen(asks.study, who))`. */
export function serve<Asks extends z.ZodType, Answers extends z.ZodType>(
  call: Call<Asks, Answers>,
  handler: Handler<Asks, Answers>,
): Served {
  const prepare = (raw: unknown): Prepared | Refused => {
    const asks = call.asks.safeParse(raw);
    if (!asks.success) return { refused: invalid(asks.error, "asks") };
    return {
      text: () => JSON.stringify(asks.data) ?? "null",
      handle: async (who, context) => checked(call, await handler(asks.data, who, context)),
    };
  };
  return { call, prepare };
}

/** Calls by name. @throws when two handlers claim one name. */
export function registerCalls(served: readonly Served[]): ReadonlyMap<string, Served> {
  const byName = new Map(served.map((entry) => [entry.call.name, entry]));
  if (byName.size !== served.length) throw new Error("two handlers serve one call");
  return byName;
}

function checked(call: Call, value: unknown): Outcome {
  if (isRefused(value)) return { refused: value.refused };
  const answers = call.answers.safeParse(value);
  if (answers.success) return { answer: value };
  return { fault: new MisshapenAnswer(call.name, invalid(answers.error, "answers")) };
}

/** A handler's answer that is not of the shape its call promises; the message names fields, never values. */
export class MisshapenAnswer extends Error {
  override name = "MisshapenAnswer";
  constructor(call: string, fields: Problem) {
    super(`${call} answered in a wrong shape: ${fields.detail ?? ""}`);
  }
}
