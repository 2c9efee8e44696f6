// The core's side of the bench of calls: one process, the product's HTTP server twice, once with the gate of
// signatures and once with a gate that lets everything in.
import { openMetrics } from "#core/contract/metrics.ts";
import { listenHttp } from "#core/http.ts";
import type { CoreHttp } from "#core/http.ts";
import {
  importVerifyingKeys,
  openDispatch,
  rememberNonces,
  rememberWrites,
  rpcGate,
  serve,
  systemRandom,
} from "#core/rpc/mod.ts";
import type { Gate, Nonces } from "#core/rpc/mod.ts";
import { echo } from "./rpcEcho.ts";

const now = Date.now;
const open: Gate = () => Promise.resolve({ nonce: "", expires: 0, hasBody: () => Promise.resolve(true) });
const careless: Nonces = { spend: () => Promise.resolve(true) };

async function listen(gate: Gate, nonces: Nonces): Promise<string> {
  const log = () => {};
  const shut = () => Promise.resolve(new Response(null, { status: 404 }));
  const dispatch = openDispatch({
    calls: [serve(echo, ({ text }) => ({ text }))],
    gate,
    nonces: { reads: nonces, writes: nonces },
    idempotency: rememberWrites(now),
    random: systemRandom,
    log,
  });
  const doors = { ingest: shut, bytes: shut, events: shut };
  const core: CoreHttp = {
    dispatch,
    doors,
    checks: {},
    metrics: openMetrics(),
    log,
    now,
    random: systemRandom,
  };
  return (await listenHttp(core, { host: "127.0.0.1", port: 0 })).url;
}

const keys = await importVerifyingKeys({ "edge-1": process.argv[2] ?? "" });
const signed = await listen(
  rpcGate({ keys, audience: "core", now }),
  rememberNonces({ now, most: 2_000_000 }),
);
const unsigned = await listen(open, careless);
process.send?.({ signed, unsigned });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once("disconnect", () => process.exit());
