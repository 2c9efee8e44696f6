// Alive, ready, and numbers: what an operator's watch asks for (PL-20).
import { metricsType } from "#core/contract/metrics.ts";
import type { Metrics } from "#core/contract/metrics.ts";

/** One thing that must work before work is taken: resolves when it does, rejects when it does not. */
export type ReadyCheck = () => Promise<unknown>;

/** Checks by the name that `/readyz` shows. */
export type ReadyChecks = Readonly<Record<string, ReadyCheck>>;

const patienceMs = 2000;

/** `/healthz`: the process answers; nothing behind it is asked. */
export function alive(): Response {
  return Response.json({ status: "alive" });
}

/** `/readyz`: 200 when every check holds, else 503 naming the ones that fail or take longer than 2 s. */
export async function ready(checks: ReadyChecks): Promise<Response> {
  const names = Object.keys(checks);
  const held = await Promise.all(Object.values(checks).map(holds));
  const notReady = names.filter((_, index) => !held[index]);
  const status = notReady.length === 0 ? "ready" : "not ready";
  return Response.json({ status, notReady }, { status: notReady.length === 0 ? 200 : 503 });
}

/** `/metrics` */
export function numbers(metrics: Metrics): Response {
  return new Response(metrics.text(), { headers: { "content-type": metricsType } });
}

async function holds(check: ReadyCheck): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), patienceMs);
  try {
    return await Promise.race([check().then(() => true, () => false), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
