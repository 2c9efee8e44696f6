// The parts of a real edge, opened from its settings: which implementation serves is chosen here.
import { uuidv7 } from "uuidv7";
import type { Log } from "#core/contract/log.ts";
import { openMetrics } from "#core/contract/metrics.ts";
import { openCore, openDoors, systemRandom } from "#core/rpc/mod.ts";
import { openDatabase } from "#db/mod.ts";
import { importTokenKeys, openRevocations, pullFrom } from "./account/mod.ts";
import { openRequestLog } from "./guard/requestLog.ts";
import { openUsage } from "./guard/usage.ts";
import { openAssets } from "./pages/mod.ts";
import type { ReadFile } from "./pages/mod.ts";
import { usualLimits } from "./parts.ts";
import type { EdgeParts } from "./parts.ts";
import type { EdgeSettings } from "./settings.ts";

/** The name under which the core takes signatures. */
const audience = "core";

/** Opens the parts. Nothing is sent before the first request. */
export async function openParts(
  settings: EdgeSettings,
  { readPage, log, closing }: {
    readonly readPage: ReadFile;
    readonly log: Log;
    readonly closing: AbortSignal;
  },
): Promise<EdgeParts> {
  const { keyId, jwk } = settings.RPC_PRIVATE_KEY;
  const now = () => new Date();
  const core = {
    url: settings.CORE_URL,
    key: JSON.stringify(jwk),
    keyId,
    audience,
    fetch: globalThis.fetch,
    now: Date.now,
    random: systemRandom,
  };
  const db = openDatabase(settings.DATABASE_URL_EDGE);
  return {
    publicUrl: settings.PUBLIC_URL,
    trustedProxies: settings.TRUSTED_PROXIES,
    db,
    core: openCore(core),
    doors: openDoors(core),
    coreAlive: () => answersAt(new URL("/healthz", settings.CORE_URL)),
    tokenKeys: await importTokenKeys(settings.TOKEN_KEY),
    revocations: openRevocations(pullFrom(db), now, log),
    usage: openUsage({ db, now, newId: uuidv7, log }),
    requestLog: openRequestLog(db, log),
    metrics: openMetrics(),
    assets: openAssets(readPage),
    services: settings.SERVICES,
    webhookSecret: settings.RESEND_WEBHOOK_SECRET,
    limits: usualLimits,
    closing,
    now,
    random: systemRandom,
    newId: uuidv7,
    log,
  };
}

async function answersAt(url: URL): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the core answers ${answer.status}`);
}
