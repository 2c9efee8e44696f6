// What the edge is made of: everything outside a handler that it needs, handed in once by main.ts or by a test.
import type { ServicesInForce } from "#core/contract/environment.ts";
import type { Log } from "#core/contract/log.ts";
import type { Metrics } from "#core/contract/metrics.ts";
import type { RandomBytes } from "#core/contract/trace.ts";
import type { Core, Doors } from "#core/rpc/mod.ts";
import type { Database } from "#db/mod.ts";
import type { Revocations, TokenKeys } from "./account/mod.ts";
import type { AddressRange } from "./guard/addressRange.ts";
import type { Allowance } from "./guard/limit.ts";
import type { RequestLog } from "./guard/requestLog.ts";
import type { UsageCounts } from "./guard/usage.ts";
import type { Assets } from "./pages/assets.ts";

/** The parts of an edge. `newId` makes UUIDv7; the clock and chance are parts too. */
export type EdgeParts = {
  /** Where people reach this edge, without a slash at its end. */
  readonly publicUrl: string;
  readonly trustedProxies: readonly AddressRange[];
  readonly db: Database;
  readonly core: Core;
  readonly doors: Doors;
  /** Asks the core whether it is alive; throws when it is not. */
  readonly coreAlive: () => Promise<unknown>;
  readonly tokenKeys: TokenKeys;
  readonly revocations: Revocations;
  readonly usage: UsageCounts;
  readonly requestLog: RequestLog;
  readonly metrics: Metrics;
  readonly assets: Assets;
  readonly services: ServicesInForce;
  /** The secret of the mail provider's webhooks, where they are taken. */
  readonly webhookSecret: string | undefined;
  readonly limits: Limits;
  /** Aborted when this edge closes, for streams that would go on for long. */
  readonly closing: AbortSignal;
  readonly now: () => Date;
  readonly random: RandomBytes;
  readonly newId: () => string;
  readonly log: Log;
};

/** What one sender may do. */
export type Limits = { readonly signIn: Allowance; readonly openShare: Allowance };

/** The limits people meet: slow for a guesser, out of the way of a clinic behind one address. */
export const usualLimits: Limits = {
  signIn: { burst: 20, everyMs: 6000 },
  openShare: { burst: 100, everyMs: 1000 },
};
