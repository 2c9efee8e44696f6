import { kindOf } from "#core/contract/problem.ts";
import type { Problem, ProblemKind } from "#core/contract/problem.ts";

/** The core said no. `problem` is fit to be passed on; `kind` is what to decide by. */
export class CallRefused extends Error {
  override name = "CallRefused";
  readonly problem: Problem;
  readonly kind: ProblemKind | undefined;
  constructor(call: string, problem: Problem) {
    super(`${call} was refused: ${problem.title}`);
    this.problem = problem;
    this.kind = kindOf(problem);
  }
}

/** Why there is no answer: the core was not reached, was too slow, or answered in another shape than promised. */
export type FailureReason = "unreachable" | "too-slow" | "misshapen";

/** There is no answer to use. Only `unreachable` may have left a write undone or done. */
export class CallFailed extends Error {
  override name = "CallFailed";
  readonly reason: FailureReason;
  constructor(call: string, reason: FailureReason, cause?: unknown) {
    super(`${call}: ${reason}`, { cause });
    this.reason = reason;
  }
}
